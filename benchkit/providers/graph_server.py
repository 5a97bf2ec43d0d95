"""Microsoft Graph's receiving half: sendMail with MIME or JSON, `$batch`, OAuth tokens, and its errors."""

from __future__ import annotations

import binascii
import json
import re
from base64 import b64decode
from collections.abc import Sequence

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
)
from benchkit.providers.mime_recipients import received_mime
from benchkit.providers.named_answers import AnsweredRequest, NamedAnswer, Refuses, refusing, written
from benchkit.providers.routed_server import JSON, Route, RoutedServer

MOST_IN_BATCH = 20
_BAD = "ErrorInvalidRequest"
_THROTTLED = "Application is over its MailboxConcurrency limit."
_NO_ONE = "At least one recipient is not valid."


def read(request: Request) -> tuple[Received, ...]:
    if request.header("content-type").partition(";")[0] == "text/plain":
        try:
            return (received_mime(b64decode(request.body, validate=True)),)
        except binascii.Error:
            raise ApiRefusal(
                400, "Invalid base64 string for MIME content.", "ErrorMimeContentInvalidBase64String"
            ) from None
    return (_mail(table_in(request, code=_BAD)["message"]),)


def read_batch(request: Request) -> tuple[Received, ...]:
    rows = rows_in(table_in(request, code="BadRequest"), "requests")
    if not 0 < len(rows) <= MOST_IN_BATCH:
        raise ApiRefusal(
            400, f"Number of batch request steps exceeds the maximum value of {MOST_IN_BATCH}.", "BadRequest"
        )
    return tuple(_mail(row["body"]["message"]) for row in rows)


def _mail(mail: Table) -> Received:
    to, cc, bcc, reply_to = (
        _group(mail, role) for role in ("toRecipients", "ccRecipients", "bccRecipients", "replyTo")
    )
    if not (to or cc or bcc):
        raise ApiRefusal(400, _NO_ONE, "ErrorInvalidRecipients")
    body = mail.get("body") or {}
    text, html = text_in(body, "content"), text_in(body, "contentType").lower() == "html"
    headers = [(row["name"], row["value"]) for row in rows_in(mail, "internetMessageHeaders")]
    if any(not str(name).lower().startswith("x-") for name, _ in headers):
        problem = "The internet message header name should start with 'x-' or 'X-'."
        raise ApiRefusal(400, problem, "InvalidInternetMessageHeader")
    content = Content(
        subject=text_in(mail, "subject"),
        sender=_group({"from": [mail["from"]]}, "from")[0] if mail.get("from") else Address("", ""),
        to=to,
        cc=cc,
        text="" if html else canonical_text(text),
        html=canonical_text(text) if html else "",
        reply_to=reply_to,
        attachments=tuple(_attachment(row) for row in rows_in(mail, "attachments")),
        headers=own_fields(headers),
    )
    return Received(content, recipients_of(to, cc, bcc))


def _group(mail: Table, role: str) -> tuple[Address, ...]:
    try:
        return tuple(address_in(row.get("emailAddress"), "address") for row in rows_in(mail, role))
    except ApiRefusal:
        raise ApiRefusal(400, _NO_ONE, "ErrorInvalidRecipients") from None


def _attachment(row: Table) -> Attachment:
    kind = text_in(row, "contentType") or "application/octet-stream"
    return Attachment(text_in(row, "name"), kind, bytes_in(row, "contentBytes"), text_in(row, "contentId"))


def _accepted(_request: Request, _identities: Sequence[bytes]) -> Response:
    return Response(202, (), b"")


def _accepted_batch(request: Request, _identities: Sequence[bytes]) -> Response:
    rows = rows_in(table_in(request), "requests")
    return Response(
        200, JSON, json.dumps({"responses": [{"id": row.get("id"), "status": 202} for row in rows]}).encode()
    )


def _body(_status: int, text: str, code: str) -> bytes:
    return json.dumps({"error": {"code": code or _BAD, "message": text}}).encode()


def _later(_answered: AnsweredRequest) -> Response:
    """Observed at Graph: an acceptance with Retry-After. A client that sends it again sends the mail twice."""
    return Response(202, (("retry-after", "5"),), b"")


def _some_throttled(answered: AnsweredRequest) -> Response:
    if "$batch" not in answered.request.target:
        return Response(429, (*JSON, ("retry-after", "10")), _body(429, _THROTTLED, "ApplicationThrottled"))
    rows = rows_in(table_in(answered.request), "requests")
    limited = {
        "status": 429,
        "headers": {"Retry-After": "10"},
        "body": json.loads(_body(429, _THROTTLED, "ApplicationThrottled")),
    }
    results = [
        {"id": row.get("id")} | (limited if place in answered.refused_mails else {"status": 202})
        for place, row in enumerate(rows)
    ]
    return Response(200, JSON, json.dumps({"responses": results}).encode())


SERVER = RoutedServer(
    routes=(
        Route(re.compile(r"/v1\.0/(?:me|users/[^/?]+)/sendMail"), read, _accepted),
        Route(re.compile(r"/v1\.0/\$batch"), read_batch, _accepted_batch),
    ),
    authorised_by=has_bearer,
    body_of=_body,
    retry_after=True,
    challenge='Bearer realm=""',
    error_texts={
        401: ("Access token is empty.", "InvalidAuthenticationToken"),
        403: ("Access is denied. Check credentials and try again.", "ErrorAccessDenied"),
        404: ("Resource could not be discovered.", "ResourceNotFound"),
        413: ("The message exceeds the maximum supported size.", "ErrorMessageSizeExceeded"),
        429: (_THROTTLED, "ApplicationThrottled"),
        503: ("The service is temporarily unavailable.", "serviceNotAvailable"),
    },
    answers={
        "too_large_200": NamedAnswer(status=200, body=b""),
        "invalid_recipient": refusing(400, _NO_ONE, "ErrorInvalidRecipients"),
        "wrong_token": refusing(401),
        "access_denied": refusing(403),
        "send_as_denied": refusing(
            403,
            "The user account does not have the right to send mail on behalf of the specified sending account.",
            "ErrorSendAsDenied",
        ),
        "too_large": refusing(413),
        "throttled": refusing(429, headers=(("retry-after", "10"),)),
        "unavailable": refusing(503, headers=(("retry-after", "10"),)),
        "accepted_with_retry_after": written(202, _later, Refuses.NOTHING, "an acceptance that asks to wait"),
        "some_throttled": written(200, _some_throttled, Refuses.LAST_MAIL, "$batch: 200 with a 429 in it"),
    },
)
