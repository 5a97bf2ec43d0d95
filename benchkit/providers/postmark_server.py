"""Postmark's receiving half: single and batch sends with an ErrorCode for each, and its error codes (API overview)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from benchkit.model.exchange import ApiRefusal, Credentials, Received, Request, Response
from benchkit.model.message import Address, Attachment, Content, canonical_text
from benchkit.providers.answers import json_of, list_in
from benchkit.providers.handlebars import filled
from benchkit.providers.json_reading import (
    Table,
    bytes_in,
    document_of,
    own_fields,
    recipients_of,
    rows_in,
    same,
    table_in,
    text_in,
)
from benchkit.providers.mailboxes import mailbox, read_mailboxes
from benchkit.providers.named_answers import AnsweredRequest, refusing, written
from benchkit.providers.routed_server import JSON, Route, RoutedServer, template_route
from benchkit.providers.template_store import number_of, stored_table, with_templates

MOST_IN_BATCH = 500
_MOST_RECIPIENTS = 50
_TEXTS = ("Subject", "TextBody", "HtmlBody")
_INVALID, _NO_JSON, _TOO_MANY, _BAD_FILE = "300", "402", "410", "411"
_INACTIVE = "You tried to send to a recipient that has been marked as inactive."
_SUBMITTED = "2026-01-01T09:00:00.0000000Z"


def read_one(request: Request) -> tuple[Received, ...]:
    return (_mail(_filled(request, table_in(request, 422, "Received invalid JSON input.", _NO_JSON))),)


def read_batch(request: Request) -> tuple[Received, ...]:
    rows = document_of(request, 422, "Received invalid JSON input.", _NO_JSON)
    if isinstance(rows, dict):  # with templates
        rows = rows.get("Messages")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise ApiRefusal(422, "Incompatible JSON format.", "403")
    if len(rows) > MOST_IN_BATCH:
        raise ApiRefusal(422, f"Too many messages in batch: at most {MOST_IN_BATCH}.", _TOO_MANY)
    return tuple(_mail(_filled(request, row)) for row in rows)


def _filled(request: Request, row: Table) -> Table:
    """With the texts of its template, where that was stored here."""
    alias, number = text_in(row, "TemplateAlias"), row.get("TemplateId")
    template = stored_table(request, number_of(alias) if alias else number)
    if template is None:
        return row
    values = row.get("TemplateModel") or {}
    return {**row, **{name: filled(text_in(template, name), values) for name in _TEXTS if template.get(name)}}


def _template_id(request: Request) -> str:
    """Requests name a template by its number or by its alias."""
    if request.target.partition("?")[0] != "/templates":
        return ""
    template = table_in(request, 422, "Received invalid JSON input.", _NO_JSON)
    name = text_in(template, "Alias") or text_in(template, "Name")
    if not name or not text_in(template, "Subject"):
        raise ApiRefusal(422, "A template has a Name and a Subject.", _INVALID)
    return str(number_of(name))


def _stored(request: Request, _identities: Sequence[bytes]) -> Response:
    name, alias = (text_in(table_in(request), key) for key in ("Name", "Alias"))
    number = int(_template_id(request))
    answer = {"TemplateId": number, "Name": name, "Active": True, "Alias": alias, "TemplateType": "Standard"}
    return Response(200, JSON, json.dumps(answer).encode())


def _mail(document: Table) -> Received:
    senders, to, cc, bcc, reply_to = (_group(document, name) for name in ("From", "To", "Cc", "Bcc", "ReplyTo"))
    if not senders:
        raise ApiRefusal(422, "Invalid 'From' address: ''.", _INVALID)
    if not (to or cc or bcc):
        raise ApiRefusal(422, "Zero recipients specified", _INVALID)
    if len(to) + len(cc) + len(bcc) > _MOST_RECIPIENTS:
        raise ApiRefusal(422, f"At most {_MOST_RECIPIENTS} recipients are allowed.", _INVALID)
    templated = document.get("TemplateId") or document.get("TemplateAlias")
    if not (document.get("TextBody") or document.get("HtmlBody") or templated):
        raise ApiRefusal(422, "Provide either email TextBody or HtmlBody or both.", _INVALID)
    content = Content(
        subject=text_in(document, "Subject"),
        sender=senders[0],
        to=to,
        cc=cc,
        text=canonical_text(text_in(document, "TextBody")),
        html=canonical_text(text_in(document, "HtmlBody")),
        reply_to=reply_to,
        attachments=tuple(_attachment(row) for row in rows_in(document, "Attachments")),
        headers=own_fields((row["Name"], row["Value"]) for row in rows_in(document, "Headers")),
    )
    return Received(content, recipients_of(to, cc, bcc))


def _group(document: Table, name: str) -> tuple[Address, ...]:
    written = text_in(document, name)
    return read_mailboxes(written, status=422, fault=f"Invalid '{name}' address: '{written}'.", code=_INVALID)


def _attachment(row: Table) -> Attachment:
    name, kind = text_in(row, "Name"), text_in(row, "ContentType")
    if not name or not kind:
        raise ApiRefusal(422, "Attachment names and content types are required.", _INVALID)
    if name.lower().endswith((".exe", ".vbs", ".bat", ".com", ".scr")):
        raise ApiRefusal(422, f"Forbidden attachment type ({name}).", _BAD_FILE)
    content_id = text_in(row, "ContentID").removeprefix("cid:")
    return Attachment(name, kind, bytes_in(row, "Content"), content_id)


def _authorised(request: Request, account: Credentials) -> bool:
    return same(request.header("x-postmark-server-token"), account.secret)


def _accepted_row(to: object, identity: bytes) -> dict[str, object]:
    return {
        "To": str(to or ""), "SubmittedAt": _SUBMITTED, "MessageID": identity.decode(), "ErrorCode": 0, "Message": "OK"
    }  # fmt: skip


def _accepted(request: Request, identities: Sequence[bytes]) -> Response:
    document = json_of(request.body)
    to = document.get("To") if isinstance(document, dict) else ""
    return Response(200, JSON, json.dumps(_accepted_row(to, identities[0])).encode())


def _accepted_batch(request: Request, identities: Sequence[bytes]) -> Response:
    document = json_of(request.body)
    rows = list_in(document.get("Messages") if isinstance(document, dict) else document)
    results = [_accepted_row(row.get("To"), identity) for row, identity in zip(rows, identities, strict=False)]
    return Response(200, JSON, json.dumps(results).encode())


def _body(_status: int, text: str, code: str) -> bytes:
    return json.dumps({"ErrorCode": int(code or 300), "Message": text}).encode()


def _some_inactive(answered: AnsweredRequest) -> Response:
    """A single mail is 422 only where no recipient is left; an item of a batch has its own code within 200."""
    inactive = ", ".join(answered.rejected_recipients)
    if len(answered.mails) == 1:
        if answered.everything_refused:
            return Response(422, JSON, _body(422, _INACTIVE, "406"))
        text = f"Message OK, but will not deliver to these inactive addresses: {inactive}."
        return _answer_of_row(answered, 0, {"Message": text})
    rows = [_row(answered, place, _refused(place in answered.refused_mails)) for place in range(len(answered.mails))]
    return Response(200, JSON, json.dumps(rows).encode())


def _refused(inactive: bool) -> dict[str, object]:
    return (
        {"ErrorCode": 406, "Message": _INACTIVE, "MessageID": "00000000-0000-0000-0000-000000000000"}
        if inactive
        else {}
    )


def _row(answered: AnsweredRequest, place: int, own: dict[str, object]) -> dict[str, object]:
    to = ", ".join(mailbox(address) for address in answered.mails[place].content.to)
    return _accepted_row(to, answered.identities[place]) | own


def _answer_of_row(answered: AnsweredRequest, place: int, own: dict[str, object]) -> Response:
    return Response(200, JSON, json.dumps(_row(answered, place, own)).encode())


SERVER = RoutedServer(
    routes=(
        Route(re.compile("/email(?:/withTemplate/?)?"), read_one, _accepted),
        Route(re.compile("/email/batch(?:WithTemplates/?)?"), read_batch, _accepted_batch),
        template_route("/templates", _stored),
    ),
    authorised_by=_authorised,
    names_upload=_template_id,
    joins_uploads=with_templates,
    body_of=_body,
    challenge="",
    error_texts={
        401: ("The Server Token you provided in the X-Postmark-Server-Token request header was invalid.", "10"),
        422: (_INACTIVE, "406"),
        429: ("Rate Limit Exceeded", "429"),
        500: ("Internal Server Error", "300"),
        503: ("The Postmark API is offline for maintenance.", "100"),
    },
    answers={
        "wrong_token": refusing(401),
        "invalid_request": refusing(422, "Invalid 'To' address: 'a@b@c'.", "300"),
        "unknown_signature": refusing(
            422, "The 'From' address you supplied is not a Sender Signature on your account.", "400"
        ),
        "unconfirmed_signature": refusing(422, "The Sender Signature has not been confirmed.", "401"),
        "invalid_json": refusing(422, "Received invalid JSON input.", "402"),
        "incompatible_json": refusing(422, "Incompatible JSON input: the fields are not those of a mail.", "403"),
        "no_credits": refusing(422, "You ran out of credits.", "405"),
        "inactive_recipient": refusing(422, _INACTIVE, "406"),
        "json_required": refusing(422, "JSON required: give Accept and Content-Type as application/json.", "409"),
        "batch_too_long": refusing(422, "Too many batch messages.", "410"),
        "forbidden_attachment": refusing(422, "Forbidden attachment type.", "411"),
        "account_pending": refusing(422, "Your account is pending approval.", "412"),
        "account_disabled": refusing(422, "Your account may not send.", "413"),
        "rate_limit": refusing(429),
        "maintenance": refusing(503),
        "some_inactive": written(
            200, _some_inactive, text="200 that refuses a part: ErrorCode 406, or inactive addresses"
        ),
    },
)
