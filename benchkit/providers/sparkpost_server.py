"""SparkPost's receiving half: a transmission's recipients and content, and its errors with their codes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from benchkit.batch import from_mime
from benchkit.batch.addresses import normalise
from benchkit.model.exchange import ApiRefusal, Credentials, Received, Request, Response
from benchkit.model.message import Address, Attachment, Content, canonical_text
from benchkit.providers.handlebars import filled
from benchkit.providers.json_reading import (
    Table,
    address_in,
    bytes_in,
    own_fields,
    recipients_of,
    rows_in,
    same,
    table_in,
    text_in,
)
from benchkit.providers.mailboxes import read_mailboxes
from benchkit.providers.named_answers import AnsweredRequest, Refuses, refusing, written
from benchkit.providers.routed_server import JSON, Route, RoutedServer, template_route
from benchkit.providers.shared_template import TEXTS
from benchkit.providers.template_store import stored_table, uuid_of, with_templates

MOST_RECIPIENTS = 10_000  # of one request; SparkPost states no number, and asks for no more
_INVALID, _MISSING, _NO_TEMPLATE = "1300", "1400", "1603"
_TEMPLATES = "/api/v1/templates"


def read(request: Request) -> tuple[Received, ...]:
    document = table_in(request, 422, "invalid data format/type", _INVALID)
    content, rows = _template_of(request, document["content"]), rows_in(document, "recipients")
    if not rows:
        raise ApiRefusal(400, "At least one valid recipient is required", "5002")
    people = tuple(_person(row["address"]) for row in rows)
    path = text_in(document, "return_path")
    sender = normalise(path) if path else None
    if "email_rfc822" in content:
        mime = text_in(content, "email_rfc822").encode("utf-8")
        return (Received(from_mime(mime), recipients_of(people), sender, mime),)
    if _has_own_data(document, rows):
        common = document.get("substitution_data") or {}
        return tuple(_own_mail(content, row, common, sender) for row in rows)
    return (Received(_content(content, rows), recipients_of(people), sender),)


def _template_of(request: Request, content: Table) -> Table:
    """The content of the template that it names, where that was stored here."""
    if "template_id" not in content:
        return content
    if content.get("attachments") or content.get("text") or content.get("html"):
        raise ApiRefusal(422, "content.template_id excludes inline content", _INVALID)
    found = (stored_table(request, content["template_id"]) or {}).get("content")
    if not isinstance(found, dict):
        raise ApiRefusal(422, "Subresource not found: template", _NO_TEMPLATE)
    return found


def _template_id(request: Request) -> str:
    if request.target.partition("?")[0].rstrip("/") != _TEMPLATES or request.method != "POST":
        return ""
    template = table_in(request, 422, "invalid data format/type", _INVALID)
    if not isinstance(template.get("content"), dict):
        raise ApiRefusal(422, "required field is missing: content", _MISSING)
    return text_in(template, "id") or uuid_of(text_in(template, "name"))


def _created(request: Request, _identities: Sequence[bytes]) -> Response:
    return Response(200, JSON, json.dumps({"results": {"id": _template_id(request)}}).encode())


def _has_own_data(document: Table, rows: list[Table]) -> bool:
    substituted = (document.get("options") or {}).get("perform_substitutions", True)
    return bool(substituted) and any(row.get("substitution_data") for row in rows)


def _own_mail(content: Table, row: Table, common: Table, sender: str | None) -> Received:
    """What one recipient of a transmission with variables is sent."""
    values = {**common, **(row.get("substitution_data") or {})}
    texts = {name: filled(text_in(content, name), values) for name in TEXTS if content.get(name) is not None}
    headers = {name: filled(str(value), values) for name, value in (content.get("headers") or {}).items()}
    person = _person(row["address"])
    return Received(_content({**content, **texts, "headers": headers}, [row]), (person.addr,), sender)


def _person(found: object) -> Address:
    if isinstance(found, str):
        found = {"email": found}
    return address_in(found, fault="invalid recipient address", status=422)


def _content(content: Table, rows: list[Table]) -> Content:
    for name in ("from", "subject"):
        if content.get(name) is None:
            raise ApiRefusal(422, f"required field is missing: content.{name}", _MISSING)
    if not (content.get("text") or content.get("html")):
        raise ApiRefusal(422, "At least one of text or html must exist in content", _MISSING)
    first = rows[0]["address"]
    header_to = text_in(first, "header_to") if isinstance(first, dict) else ""
    headers = dict(content.get("headers") or {})
    cc = next((str(headers.pop(name)) for name in tuple(headers) if name.lower() == "cc"), "")
    to = _mailboxes(header_to) if header_to else tuple(_person(row["address"]) for row in rows)
    sender = content["from"]
    return Content(
        subject=text_in(content, "subject"),
        sender=_mailboxes(sender)[0] if isinstance(sender, str) else address_in(sender, status=422),
        to=to,
        cc=_mailboxes(cc),
        text=canonical_text(text_in(content, "text")),
        html=canonical_text(text_in(content, "html")),
        reply_to=_mailboxes(text_in(content, "reply_to")),
        attachments=(*(_file(row, inline=True) for row in rows_in(content, "inline_images")),
                     *(_file(row, inline=False) for row in rows_in(content, "attachments"))),
        headers=own_fields(headers.items()),
    )  # fmt: skip


def _mailboxes(written: str) -> tuple[Address, ...]:
    return read_mailboxes(written, status=422, fault="invalid address", code=_INVALID)


def _file(row: Table, *, inline: bool) -> Attachment:
    name = text_in(row, "name")
    return Attachment(name, text_in(row, "type"), bytes_in(row, "data"), name if inline else "")


def _authorised(request: Request, account: Credentials) -> bool:
    """No word of a scheme before the key."""
    return same(request.header("authorization"), account.secret)


def _accepted(request: Request, identities: Sequence[bytes]) -> Response:
    number = len(rows_in(table_in(request), "recipients"))
    results = {"id": identities[0].decode(), "total_accepted_recipients": number, "total_rejected_recipients": 0}
    return Response(200, JSON, json.dumps({"results": results}).encode())


def _body(_status: int, text: str, code: str) -> bytes:
    return json.dumps({"errors": [{"message": text, **({"code": code} if code else {})}]}).encode()


def _some_rejected(answered: AnsweredRequest) -> Response:
    """Numbers, and errors that name no recipient: nothing says which it was."""
    taken, rejected = len(answered.accepted_recipients), len(answered.rejected_recipients)
    error = {"message": "Message generation rejected", "code": "1902",
            "description": "recipient address suppressed due to customer policy"}  # fmt: skip
    answer = {
        "errors": [{"message": "transmission created, but with validation errors", "code": "2000"}],
        "results": {
            "rcpt_to_errors": [error] * rejected,
            "id": answered.identities[0].decode(),
            "total_accepted_recipients": taken,
            "total_rejected_recipients": rejected,
        },
    }
    return Response(200, JSON, json.dumps(answer).encode())


SERVER = RoutedServer(
    routes=(
        Route(re.compile("/api/v1/transmissions/?"), read, _accepted),
        template_route(f"{_TEMPLATES}/?", _created),
    ),
    authorised_by=_authorised,
    names_upload=_template_id,
    joins_uploads=with_templates,
    body_of=_body,
    challenge="",
    limit_status=420,
    error_texts={
        401: ("Unauthorized.", ""),
        403: ("Forbidden.", ""),
        420: ("Exceed Sending Limit (hourly)", "2101"),
        422: ("Invalid domain", "7001"),
        429: ("Too many requests", ""),
    },
    answers={
        "missing_field": refusing(422, "required field is missing", _MISSING),
        "invalid_domain": refusing(422),
        "wrong_key": refusing(401),
        "forbidden": refusing(403),
        "sending_limit": refusing(420),
        "rate_limit": refusing(429),
        "all_rejected": written(200, _some_rejected, Refuses.ALL, "200 that accepts no recipient"),
        "some_rejected": written(200, _some_rejected, text="200 with errors beside results"),
    },
)
