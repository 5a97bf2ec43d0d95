"""What a receiving half reads of a JSON request: its fields, with the type that each must have, as canonical content."""

from __future__ import annotations

import binascii
import hmac
import json
from base64 import b64decode
from collections.abc import Iterable, Mapping
from typing import Any

from benchkit.batch.addresses import normalise
from benchkit.model.exchange import ApiRefusal, Credentials, Request
from benchkit.model.header_fields import is_given
from benchkit.model.message import Address

Table = Mapping[str, Any]


def document_of(request: Request, status: int = 400, fault: str = "the body is not valid JSON", code: str = "") -> Any:
    try:
        document = json.loads(request.body)
        request.body.decode("utf-8")
    except (ValueError, RecursionError):
        raise ApiRefusal(status, fault, code) from None
    return document


def table_in(
    request: Request, status: int = 400, fault: str = "the body is not a JSON object", code: str = ""
) -> Table:
    document = document_of(request, status, fault, code)
    if not isinstance(document, dict):
        raise ApiRefusal(status, fault, code)
    return document


def text_in(table: Table, name: str) -> str:
    """Empty where it is missing or null."""
    found = table.get(name)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise ApiRefusal(400, f"{name} is not a string")
    return encodable(found)


def encodable(text: str) -> str:
    """JSON may hold halves of a character, which no mail can."""
    return text.encode("utf-8", "replace").decode("utf-8")


def rows_in(table: Table, name: str) -> list[Table]:
    found = table.get(name) or []
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise ApiRefusal(400, f"{name} is not a list of objects")
    return found


def texts_in(table: Table, name: str) -> list[str]:
    """A list of strings, or one string."""
    found = table.get(name) or []
    listed = [found] if isinstance(found, str) else found
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise ApiRefusal(400, f"{name} is not a list of strings")
    return [encodable(one) for one in listed]


def address_in(row: Any, key: str = "email", name: str = "name", fault: str = "", status: int = 400) -> Address:
    addr = row.get(key) if isinstance(row, dict) else None
    try:
        return Address(text_in(row, name), normalise(str(addr or "")))
    except ValueError as error:
        raise ApiRefusal(status, fault or str(error)) from None


def addresses_in(table: Table, field: str, key: str = "email", name: str = "name") -> tuple[Address, ...]:
    return tuple(address_in(row, key, name) for row in rows_in(table, field))


def own_fields(pairs: Iterable[tuple[str, Any]]) -> tuple[tuple[str, str], ...]:
    """The header fields that a scenario could have added: not the identity."""
    return tuple((str(name), encodable(str(value))) for name, value in pairs if is_given(str(name)))


def bytes_in(table: Table, name: str) -> bytes:
    """Of base64. Line breaks are taken, other characters are not."""
    try:
        return b64decode(text_in(table, name).replace("\r", "").replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        raise ApiRefusal(400, f"{name} is not base64") from None


def has_bearer(request: Request, account: Credentials) -> bool:
    return same(request.header("authorization"), f"Bearer {account.secret}")


def same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode("utf-8", "replace"))


def recipients_of(*groups: tuple[Address, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address.addr for group in groups for address in group))
