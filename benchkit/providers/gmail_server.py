"""Gmail's receiving half: MIME by upload or in JSON, OAuth tokens, and Google's errors."""

from __future__ import annotations

import binascii
import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Sequence

from benchkit.model.exchange import ApiRefusal, Received, Request, Response
from benchkit.providers.json_reading import has_bearer, table_in, text_in
from benchkit.providers.mime_recipients import received_mime
from benchkit.providers.named_answers import refusing
from benchkit.providers.routed_server import JSON, Route, RoutedServer

LARGEST = 36_700_160  # bytes of an upload
_REASONS = {401: "authError", 403: "forbidden", 404: "notFound", 429: "rateLimitExceeded", 503: "backendError"}
_STATUSES = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL", 503: "UNAVAILABLE",
}  # fmt: skip


def read_json(request: Request) -> tuple[Received, ...]:
    written = text_in(table_in(request), "raw")
    try:
        raw = urlsafe_b64decode(written + "=" * (-len(written) % 4))
    except (binascii.Error, ValueError):
        raise ApiRefusal(400, "Invalid value for ByteString: raw") from None
    if not raw:
        raise ApiRefusal(400, "'raw' RFC822 payload message string or uploading message via /upload/* URL required")
    return (received_mime(raw),)


def read_upload(request: Request) -> tuple[Received, ...]:
    kind = request.header("content-type").partition(";")[0]
    if kind != "message/rfc822":
        raise ApiRefusal(400, f"Media type '{kind}' is not supported. Valid media types: [message/*]", "badContent")
    return (received_mime(request.body),)


def _accepted(_request: Request, identities: Sequence[bytes]) -> Response:
    name = identities[0].decode()
    return Response(200, JSON, json.dumps({"id": name, "threadId": name, "labelIds": ["SENT"]}).encode())


def _body(status: int, text: str, code: str) -> bytes:
    reason = code or _REASONS.get(status, "invalidArgument")
    error = {"code": status, "message": text, "errors": [{"message": text, "domain": "global", "reason": reason}]}
    return json.dumps({"error": error | {"status": _STATUSES.get(status, "UNKNOWN")}}).encode()


_PATH = r"/gmail/v1/users/[^/?]+/messages/send"
SERVER = RoutedServer(
    routes=(
        Route(re.compile(_PATH), read_json, _accepted),
        Route(re.compile(f"/upload{_PATH}"), read_upload, _accepted),
    ),
    authorised_by=has_bearer,
    body_of=_body,
    challenge='Bearer realm="https://accounts.google.com/"',
    error_texts={
        401: ("Request had invalid authentication credentials. Expected OAuth 2 access token.", "authError"),
        429: ("User-rate limit exceeded.", "rateLimitExceeded"),
    },
    answers={
        "invalid_recipient": refusing(400, "Invalid To header", "invalidArgument"),
        "wrong_token": refusing(401),
        "no_permission": refusing(403, "Request had insufficient authentication scopes.", "insufficientPermissions"),
        "rate_limit": refusing(403, "Rate Limit Exceeded", "rateLimitExceeded"),
        "user_rate_limit": refusing(403, "User Rate Limit Exceeded", "userRateLimitExceeded"),
        "daily_limit": refusing(403, "Daily Limit Exceeded", "dailyLimitExceeded"),
        "rate_limit_429": refusing(429),
        "backend_error": refusing(500, "Backend Error", "backendError"),
        "unavailable": refusing(503, "The service is currently unavailable.", "backendError"),
    },
)
