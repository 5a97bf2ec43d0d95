"""MailerSend's receiving half: single and bulk sends, an empty 202, and its errors by field."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from mimetypes import guess_type

from benchkit.model.exchange import ApiRefusal, Received, Request, Response
from benchkit.model.message import Attachment, Content, canonical_text
from benchkit.providers.json_reading import (
    Table,
    address_in,
    addresses_in,
    bytes_in,
    document_of,
    encodable,
    has_bearer,
    own_fields,
    recipients_of,
    rows_in,
    table_in,
    text_in,
)
from benchkit.providers.named_answers import AnsweredRequest, Headers, Refuses, refusing, written
from benchkit.providers.routed_server import JSON, Route, RoutedServer
from benchkit.providers.shared_template import TEXTS
from benchkit.providers.template_store import stored_table, with_templates

MOST_IN_BULK = 500
MOST_COPIES = 10
_MOST_TO = 50
_EXHAUSTED_QUOTA = (
    ("retry-after", "30"), ("x-ratelimit-limit", "120"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "30"),
)  # fmt: skip
_VARIABLE = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
_NO_QUOTA = (("retry-after", "3600"), ("x-apiquota-remaining", "0"), ("x-apiquota-reset", "2026-11-28T00:00:00Z"))


def read_one(request: Request) -> tuple[Received, ...]:
    return (_mail(_filled(request, table_in(request, 422, "The given data was invalid."))),)


def read_bulk(request: Request) -> tuple[Received, ...]:
    rows = document_of(request, 422, "The given data was invalid.")
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_IN_BULK or not all(isinstance(r, dict) for r in rows):
        raise ApiRefusal(422, f"The bulk email must have between 1 and {MOST_IN_BULK} items.")
    return tuple(_mail(_filled(request, row)) for row in rows)


def _filled(request: Request, document: Table) -> Table:
    """With the texts of its template, where that was stored here; a subject of the mail's own stands before the template's.

    The first recipient's values are those of the mail.
    """
    template = stored_table(request, document.get("template_id") or "")
    if template is None:
        return document
    values = next((row.get("data") or {} for row in rows_in(document, "personalization")), {})
    written = {**template, **({"subject": document["subject"]} if document.get("subject") else {})}
    texts = {
        name: _VARIABLE.sub(lambda match: encodable(str(values.get(match[1], ""))), text_in(written, name))
        for name in TEXTS
        if written.get(name)
    }
    return {**document, **texts}


def _mail(document: Table) -> Received:
    to, cc, bcc = (addresses_in(document, role) for role in ("to", "cc", "bcc"))
    if not to:
        raise ApiRefusal(422, "The to field is required. #MS42209", "to")
    for role, found, most in (("to", to, _MOST_TO), ("cc", cc, MOST_COPIES), ("bcc", bcc, MOST_COPIES)):
        if len(found) > most:
            raise ApiRefusal(422, f"The {role} may not have more than {most} items.", role)
    if not document.get("from"):
        raise ApiRefusal(422, "The from.email field is required. #MS42207", "from.email")
    if not (document.get("text") or document.get("html") or document.get("template_id")):
        raise ApiRefusal(422, "The text field is required when none of html / template id are present.", "text")
    content = Content(
        subject=text_in(document, "subject"),
        sender=address_in(document["from"], fault="The from.email must be a valid email address.", status=422),
        to=to,
        cc=cc,
        text=canonical_text(text_in(document, "text")),
        html=canonical_text(text_in(document, "html")),
        reply_to=(address_in(document["reply_to"], status=422),) if document.get("reply_to") else (),
        attachments=tuple(_attachment(row) for row in rows_in(document, "attachments")),
        headers=own_fields((row["name"], row["value"]) for row in rows_in(document, "headers")),
    )
    return Received(content, recipients_of(to, cc, bcc))


def _attachment(row: Table) -> Attachment:
    name = text_in(row, "filename")
    if not name:
        raise ApiRefusal(422, "The attachments.0.filename field is required.", "attachments.0.filename")
    kind = guess_type(name)[0] or "application/octet-stream"
    inline = text_in(row, "disposition") == "inline"
    return Attachment(name, kind, bytes_in(row, "content"), text_in(row, "id") if inline else "")


def _accepted(_request: Request, identities: Sequence[bytes]) -> Response:
    headers: Headers = (("content-type", "text/html; charset=UTF-8"), ("x-message-id", identities[0].decode()))
    return Response(202, headers, b"")


def _accepted_bulk(_request: Request, identities: Sequence[bytes]) -> Response:
    document = {"message": "The bulk email is being processed.", "bulk_email_id": identities[0].decode()}
    return Response(202, JSON, json.dumps(document).encode())


def _body(_status: int, text: str, code: str) -> bytes:
    return json.dumps({"message": text} | ({"errors": {code: [text]}} if code else {})).encode()


def _suppressed(kind: str) -> Callable[[AnsweredRequest], Response]:
    """202 with warnings. A list of mails is judged later, whatever becomes of its recipients."""

    def write(answered: AnsweredRequest) -> Response:
        identity = answered.identities[0]
        if "/bulk-email" in answered.request.target:
            return _accepted_bulk(answered.request, answered.identities)
        people = [{"email": addr, "name": "", "reasons": ["blocklisted"]} for addr in answered.rejected_recipients]
        everyone = answered.everything_refused
        warning = {
            "type": "ALL_SUPPRESSED" if everyone else kind,
            "warning": f"{'All' if everyone else 'Some'} of the recipients have been suppressed.",
            "recipients": people,
        }
        document = {"message": "There are some warnings for your request.", "warnings": [warning]}
        return Response(202, (*JSON, ("x-message-id", identity.decode())), json.dumps(document).encode())

    return write


SERVER = RoutedServer(
    routes=(
        Route(re.compile("/v1/email"), read_one, _accepted),
        Route(re.compile("/v1/bulk-email"), read_bulk, _accepted_bulk),
    ),
    authorised_by=has_bearer,
    joins_uploads=with_templates,
    body_of=_body,
    retry_after=True,
    rate_names=("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"),
    error_texts={
        401: ("Unauthenticated.", ""),
        422: ("The from.email domain must be verified in your account to send emails. #MS42207", "from.email"),
        429: ("Too Many Attempts.", ""),
    },
    answers={
        "unverified_domain": refusing(422),
        "invalid_recipient": refusing(422, "The to.0.email must be a valid email address. #MS42202", "to.0.email"),
        "wrong_token": refusing(401),
        "quota": refusing(429, "You have reached your API daily quota limit. #MS42901", headers=_NO_QUOTA),
        "rate_limit": refusing(429, headers=_EXHAUSTED_QUOTA),
        "all_suppressed": written(202, _suppressed("ALL_SUPPRESSED"), Refuses.ALL, "202 that accepts no recipient"),
        "some_suppressed": written(202, _suppressed("SOME_SUPPRESSED"), text="202 with warnings"),
    },
)
