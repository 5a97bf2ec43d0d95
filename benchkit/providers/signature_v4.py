"""AWS Signature Version 4 of a request (documentation "Create a signed AWS API request"): over its bytes, host and second."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from benchkit.model.exchange import Request

_ALGORITHM = "AWS4-HMAC-SHA256"
_SIGNED = "content-type;host;x-amz-date"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Whose signature it is, and for what."""

    access_key_id: str
    secret: str
    region: str
    service: str = "ses"


def signed(request: Request, key: SigningKey, host: str, now_s: float) -> Request:
    return with_signature(request, key, host, datetime.fromtimestamp(now_s, UTC).strftime("%Y%m%dT%H%M%SZ"))


def with_signature(request: Request, key: SigningKey, host: str, moment: str) -> Request:
    """`moment` as X-Amz-Date has it."""
    scope = f"{moment[:8]}/{key.region}/{key.service}/aws4_request"
    path, _, query = request.target.partition("?")
    fields = f"content-type:{request.header('content-type')}\nhost:{host}\nx-amz-date:{moment}\n"
    canonical = "\n".join(
        (request.method, path, query, fields, _SIGNED, hashlib.sha256(request.body).hexdigest())
    ).encode("utf-8")
    to_sign = "\n".join((_ALGORITHM, moment, scope, hashlib.sha256(canonical).hexdigest()))
    signature = _hmac(_day_key(key.secret, moment[:8], key.region, key.service), to_sign).hex()
    authorization = (
        f"{_ALGORITHM} Credential={key.access_key_id}/{scope}, SignedHeaders={_SIGNED}, Signature={signature}"
    )
    return replace(request, headers=(*request.headers, ("x-amz-date", moment), ("authorization", authorization)))


def is_signed_by(request: Request, key: SigningKey) -> bool:
    """Whether a request that arrived is signed with this key, over the header fields that it names."""
    given = dict(
        part.strip().partition("=")[::2] for part in request.header("authorization").partition(" ")[2].split(",")
    )
    names = given["SignedHeaders"].split(";")
    scope = given["Credential"].partition("/")[2]
    day, region, service, _ = scope.split("/")
    moment = request.header("x-amz-date")
    path, _, query = request.target.partition("?")
    fields = "".join(f"{name}:{' '.join(request.header(name).split())}\n" for name in names)
    payload = hashlib.sha256(request.body).hexdigest()
    canonical = "\n".join((request.method, path, query, fields, given["SignedHeaders"], payload)).encode("utf-8")
    to_sign = "\n".join((_ALGORITHM, moment, scope, hashlib.sha256(canonical).hexdigest()))
    expected = _hmac(_day_key(key.secret, day, region, service), to_sign).hex()
    named = given["Credential"].partition("/")[0] == key.access_key_id and moment.startswith(day)
    return named and hmac.compare_digest(expected, given["Signature"])


@lru_cache(64)
def _day_key(secret: str, day: str, region: str, service: str) -> bytes:
    key = _hmac(f"AWS4{secret}".encode(), day)
    for part in (region, service, "aws4_request"):
        key = _hmac(key, part)
    return key


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode("utf-8"), "sha256")
