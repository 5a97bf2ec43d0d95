"""Mailtrap's receiving half: single and batch sends, an id for each recipient, and its lists of errors."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from benchkit.model.exchange import ApiRefusal, Credentials, Received, Request, Response
from benchkit.model.message import Attachment, Content, canonical_text
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
    same,
    table_in,
    text_in,
)
from benchkit.providers.named_answers import AnsweredRequest, NamedAnswer, Refuses, refusing, written
from benchkit.providers.routed_server import JSON, Route, RoutedServer, template_route
from benchkit.providers.shared_template import TEXTS
from benchkit.providers.template_store import stored_table, uuid_of, with_templates

MOST_IN_BATCH = 500
_MOST_RECIPIENTS = 1000
_BAD_TO = "'to' address is invalid"
PARTS = dict(zip(TEXTS, ("subject", "body_text", "body_html"), strict=True))  # of a stored template
_TEMPLATES = re.compile("/api(?:/accounts/[0-9]+)?/email_templates")


def read_one(request: Request) -> tuple[Received, ...]:
    return (_mail(_filled(request, table_in(request))),)


def read_batch(request: Request) -> tuple[Received, ...]:
    document = table_in(request)
    rows, base = rows_in(document, "requests"), document.get("base") or {}
    if not 0 < len(rows) <= MOST_IN_BATCH:
        raise ApiRefusal(400, f"'requests' should have 1 to {MOST_IN_BATCH} items")
    return tuple(_mail(_filled(request, {**base, **row})) for row in rows)


def _filled(request: Request, document: Table) -> Table:
    """With the texts of its template, where that was stored here."""
    if not document.get("template_uuid"):
        return document
    if any(document.get(name) for name in TEXTS):
        raise ApiRefusal(400, "'subject', 'text' and 'html' are not allowed with 'template_uuid'")
    template = (stored_table(request, document["template_uuid"]) or {}).get("email_template")
    if not isinstance(template, dict):
        return document
    values = document.get("template_variables") or {}
    return {**document, **{name: filled(text_in(template, part), values) for name, part in PARTS.items()}}


def _template_uuid(request: Request) -> str:
    """Mailtrap has its templates at another host, mailtrap.io."""
    if not _TEMPLATES.fullmatch(request.target.partition("?")[0]) or request.method != "POST":
        return ""
    template = table_in(request).get("email_template")
    if not isinstance(template, dict) or not text_in(template, "name"):
        raise ApiRefusal(422, "'name' can't be blank")
    return uuid_of(text_in(template, "name"))


def _created(request: Request, _identities: Sequence[bytes]) -> Response:
    times = dict.fromkeys(("created_at", "updated_at"), "2026-01-01T09:00:00.000Z")
    template = {**table_in(request)["email_template"], "id": 1, "uuid": _template_uuid(request), **times}
    return Response(201, JSON, json.dumps(template).encode())


def _mail(document: Table) -> Received:
    to, cc, bcc = (addresses_in(document, role) for role in ("to", "cc", "bcc"))
    recipients = recipients_of(to, cc, bcc)
    if not recipients:
        raise ApiRefusal(400, "'to', 'cc' or 'bcc' is required")
    if len(recipients) > _MOST_RECIPIENTS:
        raise ApiRefusal(400, f"'to', 'cc' and 'bcc' should have at most {_MOST_RECIPIENTS} recipients")
    if not document.get("from"):
        raise ApiRefusal(400, "'from' is required")
    if not (document.get("text") or document.get("html") or document.get("template_uuid")):
        raise ApiRefusal(400, "must specify either text or html body")
    content = Content(
        subject=text_in(document, "subject"),
        sender=address_in(document["from"], fault="'from' is invalid"),
        to=to,
        cc=cc,
        text=canonical_text(text_in(document, "text")),
        html=canonical_text(text_in(document, "html")),
        reply_to=(address_in(document["reply_to"]),) if document.get("reply_to") else (),
        attachments=tuple(_attachment(row) for row in rows_in(document, "attachments")),
        headers=own_fields((document.get("headers") or {}).items()),
    )
    return Received(content, recipients)


def _attachment(row: Table) -> Attachment:
    name, kind = text_in(row, "filename"), text_in(row, "type") or "application/octet-stream"
    if not name:
        raise ApiRefusal(400, "'filename' is required in attachments")
    return Attachment(name, kind, bytes_in(row, "content"), text_in(row, "content_id"))


def _authorised(request: Request, account: Credentials) -> bool:
    return same(request.header("api-token"), account.secret) or has_bearer(request, account)


def _ids(document: Table, identity: bytes) -> list[str]:
    """In the order of to, cc, bcc."""
    number = sum(len(rows_in(document, role)) for role in ("to", "cc", "bcc"))
    return [f"{identity.decode()}-{place}" for place in range(max(1, number))]


def _accepted(request: Request, identities: Sequence[bytes]) -> Response:
    document = {"success": True, "message_ids": _ids(table_in(request), identities[0])}
    return Response(200, JSON, json.dumps(document).encode())


def _accepted_batch(request: Request, identities: Sequence[bytes]) -> Response:
    rows = zip(rows_in(table_in(request), "requests"), identities, strict=False)
    results = [{"success": True, "message_ids": _ids(row, identity)} for row, identity in rows]
    return Response(200, JSON, json.dumps({"success": True, "responses": results}).encode())


def _body(_status: int, text: str, _code: str) -> bytes:
    return json.dumps({"success": False, "errors": [text]}).encode()


def _some_refused(answered: AnsweredRequest) -> Response:
    """A single mail is 400; of a batch each request has a success of its own within 200."""
    if len(answered.mails) == 1 and "/batch" not in answered.request.target:
        return Response(400, JSON, _body(400, _BAD_TO, ""))
    rows = rows_in(table_in(answered.request), "requests")
    results = [
        {"success": False, "errors": [_BAD_TO]}
        if place in answered.refused_mails
        else {"success": True, "message_ids": _ids(row, identity)}
        for place, (row, identity) in enumerate(zip(rows, answered.identities, strict=False))
    ]
    return Response(200, JSON, json.dumps({"success": True, "responses": results}).encode())


SERVER = RoutedServer(
    routes=(
        Route(re.compile("/api/send(?:/[0-9]+)?"), read_one, _accepted),
        Route(re.compile("/api/batch(?:/[0-9]+)?"), read_batch, _accepted_batch),
        template_route(_TEMPLATES.pattern, _created),
    ),
    authorised_by=_authorised,
    names_upload=_template_uuid,
    joins_uploads=with_templates,
    body_of=_body,
    error_texts={401: ("Unauthorized", ""), 403: ("Forbidden", ""), 429: ("Too many emails per second", "")},
    answers={
        "invalid_recipient": refusing(400, _BAD_TO),
        "wrong_token": refusing(401),
        "unverified_domain": refusing(403, "The domain shop.example is not verified."),
        "rate_limit": refusing(429),
        "not_sent": NamedAnswer(status=200, body=b'{"success":false,"errors":["The mail was not sent."]}'),
        "some_refused": written(200, _some_refused, Refuses.LAST_MAIL, "200 with requests of a batch that failed"),
    },
)
