"""Cloudflare's receiving half: fields or MIME with an envelope, an answer for each recipient, and its envelope of errors."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from benchkit.batch import from_mime
from benchkit.model.exchange import ApiRefusal, Received, Request, Response
from benchkit.model.message import Address, Attachment, Content, canonical_text
from benchkit.providers.json_reading import (
    Table,
    address_in,
    bytes_in,
    has_bearer,
    own_fields,
    recipients_of,
    rows_in,
    table_in,
    text_in,
    texts_in,
)
from benchkit.providers.mailboxes import read_mailboxes
from benchkit.providers.named_answers import AnsweredRequest, NamedAnswer, Refuses, refusing, written
from benchkit.providers.routed_server import JSON, Route, RoutedServer

MOST_RECIPIENTS = 50
LARGEST = 5 * 1024 * 1024
_INVALID = "10001"


def read_fields(request: Request) -> tuple[Received, ...]:
    document = table_in(request, code=_INVALID)
    to, cc, bcc, reply_to = (_group(document, role) for role in ("to", "cc", "bcc", "reply_to"))
    if not to:
        raise ApiRefusal(400, "email.sending.error.invalid_request_schema: to is required", _INVALID)
    if not (document.get("text") or document.get("html")):
        raise ApiRefusal(400, "email.sending.error.email.invalid: text or html is required", _INVALID)
    content = Content(
        subject=text_in(document, "subject"),
        sender=_sender(document.get("from")),
        to=to,
        cc=cc,
        text=canonical_text(text_in(document, "text")),
        html=canonical_text(text_in(document, "html")),
        reply_to=reply_to,
        attachments=tuple(_attachment(row) for row in rows_in(document, "attachments")),
        headers=own_fields((document.get("headers") or {}).items()),
    )
    return (_checked(Received(content, recipients_of(to, cc, bcc))),)


def read_mime(request: Request) -> tuple[Received, ...]:
    document = table_in(request, code=_INVALID)
    recipients = tuple(address.addr for address in _group(document, "recipients"))
    if not recipients:
        raise ApiRefusal(400, "email.sending.error.invalid_request_schema: recipients is required", _INVALID)
    mime = text_in(document, "mime_message").encode("utf-8")
    return (_checked(Received(from_mime(mime), recipients, _sender(document.get("from")).addr, mime)),)


def _checked(mail: Received) -> Received:
    if len(mail.recipients) > MOST_RECIPIENTS:
        raise ApiRefusal(400, f"email.sending.error.email.too_many_recipients: at most {MOST_RECIPIENTS}", _INVALID)
    return mail


def _sender(found: object) -> Address:
    fault = "email.sending.error.email.invalid: from"
    if isinstance(found, str):
        return (read_mailboxes(found, fault=fault, code=_INVALID) or (Address("", ""),))[0]
    return address_in(found, "address", fault=fault)


def _group(document: Table, role: str) -> tuple[Address, ...]:
    fault = f"email.sending.error.email.invalid: {role}"
    found = document.get(role)
    if isinstance(found, dict):
        return (address_in(found, "address", fault=fault),)
    return tuple(a for one in texts_in(document, role) for a in read_mailboxes(one, fault=fault, code=_INVALID))


def _attachment(row: Table) -> Attachment:
    kind = text_in(row, "type") or "application/octet-stream"
    return Attachment(text_in(row, "filename"), kind, bytes_in(row, "content"), text_in(row, "content_id"))


def _accepted(request: Request, _identities: Sequence[bytes]) -> Response:
    document = table_in(request)
    named = [one for role in ("to", "cc", "bcc", "recipients") for one in texts_in(document, role)]
    result = {"delivered": named, "permanent_bounces": [], "queued": []}
    return Response(200, JSON, json.dumps({"success": True, "errors": [], "messages": [], "result": result}).encode())


def _body(status: int, text: str, code: str) -> bytes:
    error = {"code": int(code or 10000 + status), "message": text}
    return json.dumps({"success": False, "errors": [error], "messages": [], "result": None}).encode()


def _some_bounced(answered: AnsweredRequest) -> Response:
    result = {
        "delivered": [*answered.accepted_recipients],
        "permanent_bounces": [*answered.rejected_recipients],
        "queued": [],
    }
    return Response(200, JSON, json.dumps({"success": True, "errors": [], "messages": [], "result": result}).encode())


_PATH = r"/client/v4/accounts/[^/?]+/email/sending/send"
SERVER = RoutedServer(
    routes=(
        Route(re.compile(_PATH), read_fields, _accepted),
        Route(re.compile(f"{_PATH}_raw"), read_mime, _accepted),
    ),
    authorised_by=has_bearer,
    body_of=_body,
    retry_after=True,
    error_texts={
        401: ("Authentication error", "10000"),
        403: ("email.sending.error.email.sending_disabled", "10203"),
        404: ("email.sending.error.zone.not_found", "10100"),
        429: ("email.sending.error.throttled", "10004"),
        500: ("email.sending.error.internal_server", "10002"),
    },
    answers={
        "wrong_token": refusing(401),
        "sending_disabled": refusing(403),
        "unknown_zone": refusing(404),
        "throttled": refusing(429),
        "internal_error": refusing(500),
        "not_sent": NamedAnswer(
            status=200,
            body=b'{"success":false,"errors":[{"code":10001,"message":"email.sending.error.invalid_request_schema"}],"result":null}',
        ),
        "all_bounced": written(200, _some_bounced, Refuses.ALL, "200 in which every recipient bounced"),
        "some_bounced": written(200, _some_bounced, text="200 in which some recipients bounced"),
    },
)
