"""Azure's receiving half: its HMAC signature, a send that starts an operation, and the operation's status."""

from __future__ import annotations

import binascii
import hashlib
import hmac
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import replace

from benchkit.model.exchange import ApiRefusal, Credentials, Received, Request, Response
from benchkit.model.message import Attachment, Content, canonical_text
from benchkit.providers.json_reading import (
    Table,
    address_in,
    addresses_in,
    bytes_in,
    own_fields,
    recipients_of,
    rows_in,
    same,
    table_in,
    text_in,
)
from benchkit.providers.named_answers import NamedAnswer, refusing
from benchkit.providers.routed_server import JSON, Route, RoutedServer

_SIGNED = "x-ms-date;host;x-ms-content-sha256"
_INVALID = "BadRequest"


def with_signature(request: Request, secret: str, host: str, moment: str) -> Request:
    """`moment` as X-Ms-Date has it (RFC 9110 §5.6.7)."""
    digest = b64encode(hashlib.sha256(request.body).digest()).decode("ascii")
    to_sign = f"{request.method}\n{request.target}\n{moment};{host};{digest}"
    signature = b64encode(hmac.digest(_key(secret), to_sign.encode("utf-8"), "sha256")).decode("ascii")
    own = (
        ("x-ms-date", moment),
        ("x-ms-content-sha256", digest),
        ("authorization", f"HMAC-SHA256 SignedHeaders={_SIGNED}&Signature={signature}"),
    )
    return replace(request, headers=(*request.headers, *own))


def _key(secret: str) -> bytes:
    """Azure's access keys are base64; another secret, as of an embedded server, is its own bytes."""
    try:
        return b64decode(secret, validate=True)
    except binascii.Error:
        return secret.encode("utf-8")


def read(request: Request) -> tuple[Received, ...]:
    document = table_in(request, code=_INVALID)
    groups, words = document.get("recipients") or {}, document.get("content") or {}
    to, cc, bcc = (addresses_in(groups, role, "address", "displayName") for role in ("to", "cc", "bcc"))
    if not (to or cc or bcc):
        raise ApiRefusal(400, "Recipients cannot be empty.", _INVALID)
    if not (words.get("plainText") or words.get("html")):
        raise ApiRefusal(400, "Either plainText or html content is required.", _INVALID)
    content = Content(
        subject=text_in(words, "subject"),
        sender=address_in({"address": document.get("senderAddress")}, "address", fault="Invalid sender address."),
        to=to,
        cc=cc,
        text=canonical_text(text_in(words, "plainText")),
        html=canonical_text(text_in(words, "html")),
        reply_to=addresses_in(document, "replyTo", "address", "displayName"),
        attachments=tuple(_attachment(row) for row in rows_in(document, "attachments")),
        headers=own_fields((document.get("headers") or {}).items()),
    )
    return (Received(content, recipients_of(to, cc, bcc)),)


def _attachment(row: Table) -> Attachment:
    kind = text_in(row, "contentType")
    return Attachment(text_in(row, "name"), kind, bytes_in(row, "contentInBase64"), text_in(row, "contentId"))


def _authorised(request: Request, account: Credentials) -> bool:
    bare = replace(request, headers=())
    expected = with_signature(bare, account.secret, request.header("host"), request.header("x-ms-date"))
    given = request.header("authorization")
    moved = re.fullmatch(r"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=.+", given)
    return bool(moved) and same(given, expected.header("authorization"))


def _accepted(_request: Request, identities: Sequence[bytes]) -> Response:
    name = identities[0].decode()
    headers = (*JSON, ("operation-location", f"/emails/operations/{name}?api-version=2023-03-31"))
    return Response(202, headers, json.dumps({"id": name, "status": "Running", "error": None}).encode())


def _nothing(_request: Request) -> tuple[Received, ...]:
    return ()


def _operation(request: Request, _identities: Sequence[bytes]) -> Response:
    name = request.target.partition("?")[0].rpartition("/")[2]
    return Response(200, JSON, json.dumps({"id": name, "status": "Succeeded", "error": None}).encode())


def _body(_status: int, text: str, code: str) -> bytes:
    return json.dumps({"error": {"code": code or _INVALID, "message": text}}).encode()


SERVER = RoutedServer(
    routes=(
        Route(re.compile("/emails:send"), read, _accepted),
        Route(
            re.compile("/emails/operations/[^/?]+"), _nothing, _operation, method="GET", sends=lambda _request: False
        ),
    ),
    authorised_by=_authorised,
    body_of=_body,
    retry_after=True,
    challenge="HMAC-SHA256",
    error_texts={
        401: ("The request is missing a valid signature.", "Denied"),
        404: ("The specified sender domain has not been linked.", "DomainNotLinked"),
        429: ("The request rate limit was exceeded.", "TooManyRequests"),
    },
    answers={
        "invalid_request": refusing(400, "The request body is not valid.", _INVALID),
        "wrong_signature": refusing(401),
        "unknown_domain": refusing(404),
        "too_large": refusing(413, "The request is larger than 10 MB.", "EmailDroppedAttachmentSizeExceeded"),
        "rate_limit": refusing(429, headers=(("retry-after", "30"),)),
        "failed_at_once": NamedAnswer(
            status=202,
            body=b'{"id":"op","status":"Failed","error":{"code":"EmailDropped","message":"The email was dropped."}}',
        ),
    },
)
