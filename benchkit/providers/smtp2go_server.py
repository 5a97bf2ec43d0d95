"""SMTP2GO's receiving half: fields or MIME, an answer that counts recipients, and its error codes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from benchkit.model.exchange import ApiRefusal, Credentials, Received, Request, Response
from benchkit.model.message import Address, Attachment, Content, canonical_text
from benchkit.providers.handlebars import filled
from benchkit.providers.json_reading import (
    Table,
    bytes_in,
    own_fields,
    recipients_of,
    rows_in,
    same,
    table_in,
    text_in,
    texts_in,
)
from benchkit.providers.mailboxes import read_mailboxes
from benchkit.providers.mime_recipients import received_mime
from benchkit.providers.named_answers import AnsweredRequest, Refuses, refusing, written
from benchkit.providers.routed_server import JSON, Route, RoutedServer, template_route
from benchkit.providers.shared_template import TEXTS
from benchkit.providers.template_store import stored_table, with_templates

MOST_EACH = 100
MOST_IN_BATCH = 100  # SMTP2GO states no number
FIELDS = dict(zip(TEXTS, ("subject", "text_body", "html_body"), strict=True))
_TEMPLATES = "/v3/template/add"
_INVALID = "E_ApiResponseCodes.NON_VALIDATING_IN_PAYLOAD"


def read_fields(request: Request) -> tuple[Received, ...]:
    return (_mail(_filled(request, table_in(request, code=_INVALID))),)


def read_batch(request: Request) -> tuple[Received, ...]:
    rows = rows_in(table_in(request, code=_INVALID), "emails")
    if not 0 < len(rows) <= MOST_IN_BATCH:
        raise ApiRefusal(400, f"emails must hold 1 to {MOST_IN_BATCH} objects", _INVALID)
    return tuple(_mail(_filled(request, row)) for row in rows)


def _filled(request: Request, document: Table) -> Table:
    """With the texts of its template, where that was stored here: the mail's own are ignored."""
    template = stored_table(request, document.get("template_id") or "")
    if template is None:
        return document
    values = document.get("template_data") or {}
    if isinstance(values, str):
        values = json.loads(values)
    return {**document, **{field: filled(text_in(template, field), values) for field in FIELDS.values()}}


def _template_id(request: Request) -> str:
    if request.target.partition("?")[0] != _TEMPLATES:
        return ""
    template = table_in(request, code=_INVALID)
    if missing := [name for name in ("template_name", "id", *FIELDS.values()) if name not in template]:
        raise ApiRefusal(400, f"{missing[0]} is required", _INVALID)
    if not 5 <= len(text_in(template, "id")) <= 24:
        raise ApiRefusal(400, "id must have 5 to 24 characters", _INVALID)
    return text_in(template, "id")


def _mail(document: Table) -> Received:
    senders, to, cc, bcc = (_group(document, role) for role in ("sender", "to", "cc", "bcc"))
    for name, found in (("sender", senders), ("to", to)):
        if not found:
            raise ApiRefusal(400, f"An email {name} is required", _INVALID)
    if not (document.get("text_body") or document.get("html_body") or document.get("template_id")):
        raise ApiRefusal(400, "A text_body or an html_body is required", _INVALID)
    headers = [(str(row["header"]), row["value"]) for row in rows_in(document, "custom_headers")]
    reply_to = next((str(value) for name, value in headers if name.lower() == "reply-to"), "")
    content = Content(
        subject=text_in(document, "subject"),
        sender=senders[0],
        to=to,
        cc=cc,
        text=canonical_text(text_in(document, "text_body")),
        html=canonical_text(text_in(document, "html_body")),
        reply_to=read_mailboxes(reply_to, code=_INVALID),
        attachments=(*(_file(row, inline=True) for row in rows_in(document, "inlines")),
                     *(_file(row, inline=False) for row in rows_in(document, "attachments"))),
        headers=own_fields(headers),
    )  # fmt: skip
    return Received(content, recipients_of(to, cc, bcc))


def read_mime(request: Request) -> tuple[Received, ...]:
    return (received_mime(bytes_in(table_in(request, code=_INVALID), "mime_email")),)


def _group(document: Table, role: str) -> tuple[Address, ...]:
    found = texts_in(document, role)
    if len(found) > MOST_EACH:
        raise ApiRefusal(400, f"At most {MOST_EACH} addresses are allowed in {role}", _INVALID)
    return tuple(address for one in found for address in read_mailboxes(one, fault=f"Invalid {role}", code=_INVALID))


def _file(row: Table, *, inline: bool) -> Attachment:
    name, kind = text_in(row, "filename"), text_in(row, "mimetype") or "application/octet-stream"
    return Attachment(name, kind, bytes_in(row, "fileblob"), name if inline else "")


def _authorised(request: Request, account: Credentials) -> bool:
    """In a header field or in the body."""
    given = request.header("x-smtp2go-api-key")
    return same(given or str(table_in(request).get("api_key", "")), account.secret)


def _accepted(request: Request, identities: Sequence[bytes]) -> Response:
    document = table_in(request)
    number = sum(len(texts_in(document, role)) for role in ("to", "cc", "bcc")) or 1
    data = {"succeeded": number, "failed": 0, "failures": [], "email_id": identities[0].decode()}
    return Response(200, JSON, json.dumps({"request_id": "benchkit", "data": data}).encode())


def _accepted_batch(_request: Request, identities: Sequence[bytes]) -> Response:
    """An id for each, in order."""
    rows = [{"email_id": identity.decode()} for identity in identities]
    return Response(200, JSON, json.dumps({"request_id": "benchkit", "data": rows}).encode())


def _stored(request: Request, _identities: Sequence[bytes]) -> Response:
    return Response(200, JSON, json.dumps({"request_id": "benchkit", "data": table_in(request)}).encode())


def _body(_status: int, text: str, code: str) -> bytes:
    data = {"error_code": code or "E_ApiResponseCodes.API_EXCEPTION", "error": text}
    return json.dumps({"request_id": "benchkit", "data": data}).encode()


def _some_failed(answered: AnsweredRequest) -> Response:
    if "/batch" in answered.request.target:
        return _accepted_batch(answered.request, answered.identities)
    failures = [f"{addr}: the recipient is suppressed" for addr in answered.rejected_recipients]
    accepted = len(answered.accepted_recipients)
    data: dict[str, object] = {"succeeded": accepted, "failed": len(failures), "failures": failures}
    if accepted:
        data["email_id"] = answered.identities[0].decode()
    return Response(200, JSON, json.dumps({"request_id": "benchkit", "data": data}).encode())


SERVER = RoutedServer(
    routes=(
        Route(re.compile("/v3/email/send"), read_fields, _accepted),
        Route(re.compile("/v3/email/mime"), read_mime, _accepted),
        Route(re.compile("/v3/email/batch"), read_batch, _accepted_batch),
        template_route(_TEMPLATES, _stored),
    ),
    authorised_by=_authorised,
    names_upload=_template_id,
    joins_uploads=with_templates,
    body_of=_body,
    challenge="",
    error_texts={
        401: ("The API key is not valid.", "E_ApiResponseCodes.ENDPOINT_PERMISSION_DENIED"),
        403: (
            "You do not have permission to access this API endpoint.",
            "E_ApiResponseCodes.ENDPOINT_PERMISSION_DENIED",
        ),
        429: ("Too many requests: this address is blocked for at least one minute.", "E_ApiResponseCodes.RATE_LIMITED"),
    },
    answers={
        "invalid_request": refusing(
            400, "An invalid email address was supplied.", "E_ApiResponseCodes.NON_VALIDATING_IN_PAYLOAD"
        ),
        "wrong_key": refusing(401),
        "forbidden": refusing(403),
        "blocked": refusing(429),
        "all_failed": written(200, _some_failed, Refuses.ALL, "200 of which nothing succeeded"),
        "some_failed": written(200, _some_failed, text="200 with failures beside what succeeded"),
    },
)
