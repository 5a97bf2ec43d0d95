"""Requests with a JSON body: one mail, or several in a list; the identity of the send is somewhere in each."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from benchkit.batch.words import encode_words
from benchkit.model.exchange import BatchRequest, BodySection, Request
from benchkit.model.identity import HEADER, PLACEHOLDER, split_at_identity
from benchkit.model.message import Address, Content

Headers = tuple[tuple[str, str], ...]
IDENTITY = PLACEHOLDER.decode("ascii")
_TYPE = ("content-type", "application/json")


def json_bytes(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def json_request(target: str, headers: Headers, document: Mapping[str, Any]) -> Request:
    return Request("POST", target, (*headers, _TYPE), json_bytes(document))


def batch_request(
    target: str, headers: Headers, documents: Sequence[Mapping[str, Any]], before: bytes = b"[", after: bytes = b"]"
) -> BatchRequest:
    """Each document is one message's."""
    pieces = tuple(split_at_identity(json_bytes(document)) for document in documents)
    return BatchRequest("POST", target, (*headers, _TYPE), (BodySection(before, b",", pieces),), after)


def bearer(secret: str) -> Headers:
    return (("authorization", f"Bearer {secret}"),)


def basic(username: str, secret: str) -> str:
    return "Basic " + b64encode(f"{username}:{secret}".encode()).decode("ascii")


def given(**fields: object) -> dict[str, Any]:
    """The fields that hold something."""
    return {name: value for name, value in fields.items() if value or value == 0}


def own_headers(content: Content) -> Headers:
    """The identity's first, then the mail's own."""
    return (HEADER, IDENTITY), *content.headers


def ascii_value(value: str) -> str:
    """For an API that sends a header field's characters as they are: what is not ASCII goes in encoded words (RFC 2047)."""
    if value.isascii() and value.isprintable() and "=?" not in value:
        return value
    return encode_words(value).replace("\r\n", "")


def base64_text(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def address_pair(address: Address, key: str = "email", name: str = "name") -> dict[str, str]:
    """As an object, with a name where it has one."""
    return {key: address.addr, **({name: address.name} if address.name else {})}
