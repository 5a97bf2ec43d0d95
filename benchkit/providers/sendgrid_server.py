"""SendGrid's receiving half: personalizations with their substitutions, its limits, and its errors (OpenAPI document)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchkit.model.exchange import ApiRefusal, Received, Request, Response
from benchkit.model.message import Address, Attachment, Content, canonical_text
from benchkit.providers.handlebars import filled
from benchkit.providers.json_reading import (
    Table,
    address_in,
    addresses_in,
    bytes_in,
    has_bearer,
    own_fields,
    recipients_of,
    rows_in,
    table_in,
    text_in,
)
from benchkit.providers.named_answers import refusing
from benchkit.providers.routed_server import JSON, Route, RoutedServer, template_route
from benchkit.providers.template_store import stored_table, uuid_of, with_templates

MOST_PERSONALIZATIONS = 1000
_EXHAUSTED_QUOTA = (("x-ratelimit-limit", "600"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "30"))
FIXED_HEADERS = frozenset(
    {
        "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding", "to", "from",
        "subject", "reply-to", "cc", "bcc",
    }
)  # fmt: skip
_PEOPLE = "personalizations"
_PARTS = {"plain_content": "text/plain", "html_content": "text/html"}  # of a dynamic template
_VERSIONS = re.compile("/v3/templates/([^/]+)/versions")
_BAD_ADDRESS = "Does not contain a valid address."
_NO_PEOPLE = "The personalizations field is required and must have at least one personalization."
_NO_TO = (
    "The to array is required for all personalization objects, and must have at least one email object with a valid email "
    "address."
)
_UNVERIFIED = (
    "The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved."
)
_NO_VALUE = "The content value must be a string at least one character in length."


def read(request: Request) -> tuple[Received, ...]:
    document = table_in(request, fault="Bad Request")
    people = rows_in(document, _PEOPLE)
    if not people:
        raise ApiRefusal(400, _NO_PEOPLE, _PEOPLE)
    if len(people) > MOST_PERSONALIZATIONS:
        problem = f"The personalizations field must have at most {MOST_PERSONALIZATIONS} personalizations."
        raise ApiRefusal(400, problem, _PEOPLE)
    template = stored_table(request, document.get("template_id") or "")
    mails = tuple(_mail(_filled_in(document, one, template), one, place) for place, one in enumerate(people))
    if sum(len(mail.recipients) for mail in mails) > MOST_PERSONALIZATIONS:
        raise ApiRefusal(400, "The total number of recipients must be no more than 1000.", _PEOPLE)
    return mails


def dynamic_id_of(name: str) -> str:
    """SendGrid makes the id; that of a dynamic template begins with d-."""
    return f"d-{uuid_of(name).replace('-', '')}"


def _filled_in(document: Table, people: Table, template: Table | None) -> Table:
    """With the texts of its dynamic template, where that was stored here: they stand before the mail's own."""
    if template is None:
        return document
    values = people.get("dynamic_template_data") or {}
    texts = {part: filled(text_in(template, part), values) for part in ("subject", *_PARTS) if template.get(part)}
    rows = [{"type": kind, "value": texts[part]} for part, kind in _PARTS.items() if texts.get(part)]
    return {**document, "content": rows, "subject": texts.get("subject", "")}


def _created(request: Request, _identities: Sequence[bytes]) -> Response:
    document = table_in(request, fault="Bad Request")
    name = text_in(document, "name")
    if not name:
        raise ApiRefusal(400, "The name parameter is required.", "name")
    template = {"id": dynamic_id_of(name), "name": name, "generation": "dynamic", "versions": []}
    return Response(201, JSON, json.dumps(template).encode())


def _version_of(request: Request) -> str:
    """A template has its texts in a version of it."""
    found = _VERSIONS.fullmatch(request.target.partition("?")[0])
    return found[1] if found and request.method == "POST" else ""


def _version(request: Request, _identities: Sequence[bytes]) -> Response:
    version = {**table_in(request, fault="Bad Request"), "id": uuid_of("version"), "template_id": _version_of(request)}
    return Response(201, JSON, json.dumps(version).encode())


def _mail(document: Table, people: Table, place: int) -> Received:
    to, cc, bcc = (_group(people, role, place) for role in ("to", "cc", "bcc"))
    if not to:
        raise ApiRefusal(400, _NO_TO, f"{_PEOPLE}.{place}.to")
    named = [address.addr.lower() for address in (*to, *cc, *bcc)]
    if len(set(named)) < len(named):
        problem = "Each email address in the personalization block should be unique between to, cc, and bcc."
        raise ApiRefusal(400, problem, f"personalizations.{place}")
    reply_to = addresses_in(document, "reply_to_list")
    if document.get("reply_to"):
        reply_to = (address_in(document["reply_to"], fault=_BAD_ADDRESS),)
    values = people.get("substitutions") or {}
    headers = {**(document.get("headers") or {}), **(people.get("headers") or {})}
    _check_headers(headers)
    bodies = dict(_bodies(document, values))
    content = Content(
        subject=_filled(text_in(people, "subject") or text_in(document, "subject"), values),
        sender=address_in(document.get("from"), fault="The from email does not contain a valid address."),
        to=to,
        cc=cc,
        text=canonical_text(bodies.get("text/plain", "")),
        html=canonical_text(bodies.get("text/html", "")),
        reply_to=reply_to,
        attachments=tuple(_attachment(row) for row in rows_in(document, "attachments")),
        headers=own_fields(headers.items()),
    )
    return Received(content, recipients_of(to, cc, bcc))


def _group(people: Table, role: str, place: int) -> tuple[Address, ...]:
    rows = enumerate(rows_in(people, role))
    return tuple(_address(row, f"personalizations.{place}.{role}.{number}.email") for number, row in rows)


def _address(row: Any, field: str) -> Address:
    try:
        return address_in(row)
    except ApiRefusal:
        raise ApiRefusal(400, _BAD_ADDRESS, field) from None


def _check_headers(headers: Mapping[str, Any]) -> None:
    for name in headers:
        if str(name).lower() in FIXED_HEADERS:
            raise ApiRefusal(400, f"You cannot set the {name} header.", "headers")


def _bodies(document: Table, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    rows = rows_in(document, "content")
    if not rows and not document.get("template_id"):
        raise ApiRefusal(400, "Unless a valid template_id is provided, the content parameter is required.", "content")
    for place, row in enumerate(rows):
        if not text_in(row, "value"):
            raise ApiRefusal(400, _NO_VALUE, f"content.{place}.value")
        yield text_in(row, "type"), _filled(text_in(row, "value"), values)


def _filled(text: str, values: Mapping[str, Any]) -> str:
    """Every mark once, from left to right."""
    if not values:
        return text
    marks = re.compile("|".join(re.escape(str(mark)) for mark in values))
    return marks.sub(lambda match: str(values[match[0]]), text)


def _attachment(row: Table) -> Attachment:
    name, kind = text_in(row, "filename"), text_in(row, "type") or "application/octet-stream"
    if not name:
        raise ApiRefusal(400, "The attachment filename parameter is required.", "attachments.0.filename")
    if ";" in kind:
        raise ApiRefusal(
            400, "The attachment type parameter cannot contain ';', or CRLF characters.", "attachments.0.type"
        )
    if not row.get("content"):
        raise ApiRefusal(400, "The attachment content parameter is required.", "attachments.0.content")
    return Attachment(name, kind, bytes_in(row, "content"), text_in(row, "content_id"))


def _accepted(_request: Request, identities: Sequence[bytes]) -> Response:
    """202 with nothing in it."""
    return Response(202, (("x-message-id", identities[0].decode()),), b"")


def _body(_status: int, text: str, code: str) -> bytes:
    return json.dumps({"errors": [{"message": text, "field": code or None, "help": None}]}).encode()


SERVER = RoutedServer(
    routes=(
        Route(re.compile("/v3/mail/send"), read, _accepted),
        template_route("/v3/templates", _created),
        template_route(_VERSIONS.pattern, _version),
    ),
    authorised_by=has_bearer,
    names_upload=_version_of,
    joins_uploads=with_templates,
    body_of=_body,
    rate_names=("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"),
    headers_of=lambda _status, _code: JSON,
    error_texts={
        401: ("The provided authorization grant is invalid, expired, or revoked", ""),
        403: (_UNVERIFIED, "from"),
        413: ("The size of the payload is larger than the maximum of 30 MB.", ""),
        429: ("too many requests", ""),
    },
    answers={
        "invalid_recipient": refusing(400, _BAD_ADDRESS, f"{_PEOPLE}.0.to.0.email"),
        "wrong_key": refusing(401),
        "no_credits": refusing(401, "Maximum credits exceeded"),
        "unverified_sender": refusing(403, _UNVERIFIED, "from"),
        "too_large": refusing(413),
        "rate_limit": refusing(429, headers=_EXHAUSTED_QUOTA),
        "internal_error": refusing(500, "An internal server error occurred."),
    },
)
