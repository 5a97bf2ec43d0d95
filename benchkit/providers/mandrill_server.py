"""Mandrill's receiving half: its key in the body, an answer for each recipient, and errors that are 500 with a name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence

from benchkit.batch import from_mime
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
    texts_in,
)
from benchkit.providers.mailboxes import read_mailboxes
from benchkit.providers.named_answers import AnsweredRequest, Refuses, refusing, written
from benchkit.providers.routed_server import JSON, Route, RoutedServer, template_route
from benchkit.providers.shared_template import TEXTS
from benchkit.providers.template_store import stored_table, with_templates

TAKEN = frozenset({"sent", "queued", "scheduled"})
MOST_RECIPIENTS = 1000  # of one request; Mandrill states no number
_SYNCHRONOUS = 10  # recipients; more are always queued
_INVALID = "ValidationError"
_SEND = r"/api/1\.0/messages/send"
_ADD = re.compile(r"/api/1\.0/templates/add(?:\.json)?")
_NAMES = {400: _INVALID, 401: "Invalid_Key", 403: "Invalid_Key", 429: "TooManyRequests", 503: "ServiceUnavailable"}


def read_fields(request: Request) -> tuple[Received, ...]:
    document = table_in(request, 500, "You must specify a key value", _INVALID)
    mail = {**document["message"], **_template_of(request, document)}
    people = rows_in(mail, "to")
    if not people:
        raise ApiRefusal(500, 'Validation error: {"message":{"to":"Please enter an array"}}', _INVALID)
    if not mail.get("merge", True):
        return (_mail(mail, people),)
    if mail.get("merge_vars"):
        return tuple(_own_mail(mail, person) for person in people)
    return (_mail(_filled(mail, rows_in(mail, "global_merge_vars")), people),)


def _template_of(request: Request, document: Table) -> Table:
    """The texts of the template that it names, where that was stored here; a subject of the mail's own stands before."""
    template = stored_table(request, document.get("template_name") or "") if "-template" in request.target else None
    if template is None:
        return {}
    subject = text_in(document["message"], "subject") or text_in(template, "subject")
    return {"subject": subject, "text": template.get("text"), "html": template.get("code")}


def _template_name(request: Request) -> str:
    if not _ADD.fullmatch(request.target.partition("?")[0]):
        return ""
    name = text_in(table_in(request, 500, "You must specify a key value", _INVALID), "name")
    if not name:
        raise ApiRefusal(500, 'Validation error: {"name":"Please enter a value"}', _INVALID)
    return name


def _stored(request: Request, _identities: Sequence[bytes]) -> Response:
    template = {name: value for name, value in table_in(request).items() if name != "key"}
    return Response(200, JSON, json.dumps({"slug": _template_name(request), **template}).encode())


def _own_mail(mail: Table, person: Table) -> Received:
    """What one recipient is sent where each has merge variables of its own."""
    rows = [*rows_in(mail, "global_merge_vars"), *_vars(mail, text_in(person, "email"))]
    return _mail(_filled(mail, rows), [person])


def _filled(mail: Table, rows: list[Table]) -> Table:
    if not rows:
        return mail
    values = {str(row["name"]): row["content"] for row in rows}
    return {**mail, **{name: filled(text_in(mail, name), values) for name in TEXTS if mail.get(name)}}


def _vars(mail: Table, address: str) -> list[Table]:
    return [one for row in rows_in(mail, "merge_vars") if row.get("rcpt") == address for one in rows_in(row, "vars")]


def _mail(mail: Table, people: list[Table]) -> Received:
    to, cc, bcc = (_group(people, role) for role in ("to", "cc", "bcc"))
    headers = dict(mail.get("headers") or {})
    reply_to = next((str(headers.pop(name)) for name in tuple(headers) if name.lower() == "reply-to"), "")
    content = Content(
        subject=text_in(mail, "subject"),
        sender=address_in(mail, "from_email", "from_name", "Validation error: from_email", 500),
        to=to,
        cc=cc,
        text=canonical_text(text_in(mail, "text")),
        html=canonical_text(text_in(mail, "html")),
        reply_to=read_mailboxes(reply_to, status=500, code=_INVALID),
        attachments=(*(_file(row, inline=True) for row in rows_in(mail, "images")),
                     *(_file(row, inline=False) for row in rows_in(mail, "attachments"))),
        headers=own_fields(headers.items()),
    )  # fmt: skip
    return Received(content, recipients_of(to, cc, bcc))


def _group(people: list[Table], role: str) -> tuple[Address, ...]:
    return tuple(address_in(row, status=500) for row in people if (row.get("type") or "to") == role)


def read_mime(request: Request) -> tuple[Received, ...]:
    document = table_in(request, 500, "You must specify a key value", _INVALID)
    mime = text_in(document, "raw_message").encode("utf-8")
    mail = from_mime(mime)
    given = tuple(a for one in texts_in(document, "to") for a in read_mailboxes(one, status=500, code=_INVALID))
    return (Received(mail, recipients_of(given) or recipients_of(mail.to, mail.cc), mime=mime),)


def _file(row: Table, *, inline: bool) -> Attachment:
    name = text_in(row, "name")
    return Attachment(name, text_in(row, "type"), bytes_in(row, "content"), name if inline else "")


def _authorised(request: Request, account: Credentials) -> bool:
    """A wrong key is 500 here, as every error is."""
    try:
        given = table_in(request).get("key")
    except ApiRefusal:
        given = None
    if not isinstance(given, str) or not same(given, account.secret):
        raise ApiRefusal(500, "Invalid API key", "Invalid_Key")
    return True


def _accepted(request: Request, identities: Sequence[bytes]) -> Response:
    document = table_in(request)
    people = rows_in(document.get("message") or {}, "to")
    named = [str(row.get("email")) for row in people] or texts_in(document, "to")
    status = "sent" if len(named) <= _SYNCHRONOUS else "queued"
    ids = identities if len(identities) == len(named) else [identities[0] + b"-%d" % n for n in range(len(named))]
    rows = [
        {"email": addr, "status": status, "_id": server_id.decode(), "reject_reason": None}
        for addr, server_id in zip(named, ids, strict=True)
    ]
    return Response(200, JSON, json.dumps(rows).encode())


def _body(status: int, text: str, code: str) -> bytes:
    name = code or _NAMES.get(status, "GeneralError")
    return json.dumps(
        {"status": "error", "code": -1 if name == "Invalid_Key" else -2, "name": name, "message": text}
    ).encode()


def _rejected(status: str, reason: str | None) -> Callable[[AnsweredRequest], Response]:
    """A row for each recipient; a rejected one has a reason, and an invalid one no id."""

    def write(answered: AnsweredRequest) -> Response:
        taken = json.loads(_accepted(answered.request, answered.identities).body)
        refused = answered.rejected_recipients
        rows = [
            {**row, "status": status, "reject_reason": reason, "_id": row["_id"] if reason else None}
            if row["email"] in refused
            else row
            for row in taken
        ]
        return Response(200, JSON, json.dumps(rows).encode())

    return write


SERVER = RoutedServer(
    routes=(
        Route(re.compile(rf"{_SEND}(?:-template)?(?:\.json)?"), read_fields, _accepted),
        Route(re.compile(rf"{_SEND}-raw(?:\.json)?"), read_mime, _accepted),
        template_route(_ADD.pattern, _stored),
    ),
    authorised_by=_authorised,
    names_upload=_template_name,
    joins_uploads=with_templates,
    body_of=_body,
    challenge="",
    error_texts={401: ("Invalid API key", "Invalid_Key"), 500: ("An error occurred.", "GeneralError")},
    answers={
        "wrong_key": refusing(500, "Invalid API key", "Invalid_Key"),
        "invalid_request": refusing(500, "Validation error", _INVALID),
        "payment_required": refusing(500, "The requested feature requires payment.", "PaymentRequired"),
        "unknown_subaccount": refusing(500, "No subaccount exists with the id", "Unknown_Subaccount"),
        "unknown_template": refusing(500, 'No such template "template"', "Unknown_Template"),
        "general_error": refusing(500, "An error occurred.", "GeneralError"),
        "unavailable": refusing(500, "The service is temporarily unavailable.", "ServiceUnavailable"),
        "all_rejected": written(
            200, _rejected("rejected", "hard-bounce"), Refuses.ALL, "200 that rejects every recipient"
        ),
        "some_rejected": written(200, _rejected("rejected", "hard-bounce"), text="200 with rows that are rejected"),
        "some_invalid": written(200, _rejected("invalid", None), text="200 with rows that are invalid"),
    },
)
