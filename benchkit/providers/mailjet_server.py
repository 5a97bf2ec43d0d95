"""Mailjet's receiving half: a list of messages, each judged for itself, and errors of the request as a whole."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from benchkit.model.exchange import ApiRefusal, Credentials, Received, Request, Response
from benchkit.model.message import Attachment, Content, canonical_text
from benchkit.providers.json_reading import (
    Table,
    address_in,
    addresses_in,
    bytes_in,
    encodable,
    own_fields,
    recipients_of,
    rows_in,
    same,
    table_in,
    text_in,
)
from benchkit.providers.json_request import basic
from benchkit.providers.named_answers import AnsweredRequest, Refuses, refusing, written
from benchkit.providers.routed_server import JSON, Route, RoutedServer, template_route
from benchkit.providers.template_store import number_of, stored_table, with_templates

MOST_MESSAGES = 50
_FIRST_ID = 576_460_752_303_423_488  # its ids are numbers of this size
_TEXTS = ("Subject", "TextPart", "HTMLPart")
_PARTS = {"TextPart": "Text-part", "HTMLPart": "Html-part"}  # of a stored template
_DETAIL = re.compile("/v3/REST/template/([0-9]+)/detailcontent")
_VARIABLE = re.compile(r'\{\{\s*var:(\w+)(?::"([^"]*)")?\s*\}\}')
_OF_MESSAGE = "mj-0"  # the code of an error that stands in a message's row, but for that of malformed JSON
_MALFORMED = "mj-0002"


def read(request: Request) -> tuple[Received, ...]:
    document = table_in(request, fault="Malformed JSON, please review the syntax.", code="send-0002")
    rows = _rows(document, request)
    if not rows:
        raise ApiRefusal(400, "At least one Message is mandatory.", "mj-0003")
    if len(rows) > MOST_MESSAGES:
        raise ApiRefusal(400, f"The maximum number of messages per call is {MOST_MESSAGES}.", "mj-0023")
    return tuple(_mail(row) for row in rows)


def _rows(document: Table, request: Request) -> list[Table]:
    """`Globals` hold for every message that does not say otherwise."""
    common = document.get("Globals") or {}
    return [_filled(_with_template({**common, **row}, request)) for row in rows_in(document, "Messages")]


def _with_template(row: Table, request: Request) -> Table:
    """With the texts of its template, where that was stored here; a subject of its own stands before the template's."""
    template = stored_table(request, row.get("TemplateID") or "")
    if template is None:
        return row
    subject = text_in(template.get("Headers") or {}, "Subject")
    return {"Subject": subject, **row, **{name: template.get(part) for name, part in _PARTS.items()}}


def _template_id(request: Request) -> str:
    """The content is stored apart from the template's name and number."""
    found = _DETAIL.fullmatch(request.target.partition("?")[0])
    return found[1] if found and request.method == "POST" else ""


def _created(request: Request, _identities: Sequence[bytes]) -> Response:
    name = text_in(table_in(request), "Name")
    if not name:
        raise ApiRefusal(400, '"Name" is a mandatory property.', "mj-0003")
    data = [{"ID": number_of(name), "Name": name}]
    return Response(201, JSON, json.dumps({"Count": 1, "Data": data, "Total": 1}).encode())


def _stored(request: Request, _identities: Sequence[bytes]) -> Response:
    return Response(201, JSON, json.dumps({"Count": 1, "Data": [table_in(request)], "Total": 1}).encode())


def _filled(row: Table) -> Table:
    """With its variables in the texts, once from left to right; one that it does not have is empty."""
    if not row.get("TemplateLanguage"):
        return row
    values = row.get("Variables") or {}
    texts = {
        name: _VARIABLE.sub(lambda match: encodable(str(values.get(match[1], match[2] or ""))), text_in(row, name))
        for name in _TEXTS
        if row.get(name)
    }
    return {**row, **texts}


def _mail(row: Table) -> Received:
    to, cc, bcc = (addresses_in(row, role, "Email", "Name") for role in ("To", "Cc", "Bcc"))
    if not row.get("From"):
        raise ApiRefusal(400, '"From" is a mandatory property.', "mj-0003")
    if not to:
        raise ApiRefusal(400, '"To" is a mandatory property.', "mj-0003")
    if not (row.get("TextPart") or row.get("HTMLPart") or row.get("TemplateID")):
        raise ApiRefusal(400, 'At least "HTMLPart", "TextPart" or "TemplateID" must be provided.', "send-0003")
    files = [*rows_in(row, "InlinedAttachments"), *rows_in(row, "Attachments")]
    content = Content(
        subject=text_in(row, "Subject"),
        sender=address_in(row["From"], "Email", "Name"),
        to=to,
        cc=cc,
        text=canonical_text(text_in(row, "TextPart")),
        html=canonical_text(text_in(row, "HTMLPart")),
        reply_to=(address_in(row["ReplyTo"], "Email", "Name"),) if row.get("ReplyTo") else (),
        attachments=tuple(_attachment(file) for file in files),
        headers=own_fields((row.get("Headers") or {}).items()),
    )
    return Received(content, recipients_of(to, cc, bcc))


def _attachment(row: Table) -> Attachment:
    name, kind = text_in(row, "Filename"), text_in(row, "ContentType")
    if not name or not kind:
        raise ApiRefusal(400, '"Filename" and "ContentType" are mandatory properties.', "mj-0003")
    return Attachment(name, kind, bytes_in(row, "Base64Content"), text_in(row, "ContentID"))


def _authorised(request: Request, account: Credentials) -> bool:
    return same(request.header("authorization"), basic(account.options.get("key", "benchkit"), account.secret))


def _accepted(request: Request, identities: Sequence[bytes]) -> Response:
    rows = zip(_rows(table_in(request), request), identities, strict=False)
    results = [_row(row, identity) for row, identity in rows]
    return Response(200, JSON, json.dumps({"Messages": results}).encode())


def _row(row: Table, identity: bytes) -> dict[str, Any]:
    number = _FIRST_ID + int(identity[-10:])
    people = {
        role: [
            {"Email": person.get("Email"), "MessageUUID": identity.decode(), "MessageID": number, "MessageHref": ""}
            for person in rows_in(row, role)
        ]
        for role in ("To", "Cc", "Bcc")
    }
    return {"Status": "success", "CustomID": row.get("CustomID", ""), **people}


def _body(status: int, text: str, code: str) -> bytes:
    error = {"ErrorIdentifier": "benchkit", "ErrorCode": code or "mj-0000", "StatusCode": status, "ErrorMessage": text}
    if code.startswith((_OF_MESSAGE, "send-0003")) and code != _MALFORMED:
        return json.dumps({"Messages": [{"Status": "error", "Errors": [error]}]}).encode()
    return json.dumps(error).encode()


def _some_refused(answered: AnsweredRequest) -> Response:
    """A 4xx whose list holds successes too: each row is judged for itself."""
    rows = _rows(table_in(answered.request), answered.request)
    error = {"ErrorIdentifier": "benchkit", "ErrorCode": "mj-0013", "StatusCode": 400,
             "ErrorMessage": '"a@b@c" is an invalid email address.', "ErrorRelatedTo": ["To[0].Email"]}  # fmt: skip
    results = [
        {"Status": "error", "Errors": [error]}
        if place in answered.refused_mails
        else _row(row, answered.identities[place])
        for place, row in enumerate(rows)
    ]
    return Response(400 if answered.refused_mails else 200, JSON, json.dumps({"Messages": results}).encode())


SERVER = RoutedServer(
    routes=(
        Route(re.compile(r"/v3\.1/send"), read, _accepted),
        template_route("/v3/REST/template", _created),
        template_route(_DETAIL.pattern, _stored),
    ),
    authorised_by=_authorised,
    names_upload=_template_id,
    joins_uploads=with_templates,
    body_of=_body,
    challenge='Basic realm="Mailjet"',
    error_texts={
        401: ("API key authentication/authorization failure. You may be unauthorized to access the API.", "apikey"),
        403: ("You are not authorized to access this resource.", "forbidden"),
        429: ("Too many requests.", "throttled"),
    },
    answers={
        "malformed": refusing(400, "Malformed JSON, please review the syntax.", _MALFORMED),
        "invalid_recipient": refusing(400, '"a@b@c" is an invalid email address.', "mj-0013"),
        "unvalidated_sender": refusing(400, "The sender address is not validated.", "send-0003"),
        "wrong_key": refusing(401),
        "forbidden": refusing(403),
        "too_large": refusing(413, "The request is larger than 15 MB."),
        "rate_limit": refusing(429),
        "some_refused": written(400, _some_refused, Refuses.LAST_MAIL, "400 whose list holds successes too"),
    },
)
