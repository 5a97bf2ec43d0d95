"""Checks the fields of an HTTP/2 response (RFC 9113 §8.2, §8.3): an invalid field makes the response malformed.

Which frames the fields arrived in is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from benchkit.protocol.response_reader import GarbledResponse

Field = tuple[bytes, bytes]

_STATUS = re.compile(rb"[1-9][0-9]{2}")  # RFC 9110 §15
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9a-z-]+")  # a token (RFC 9110 §5.6.2) without upper case
_FORBIDDEN = re.compile(rb"[\0\r\n]")
_CONNECTION_SPECIFIC = frozenset({b"connection", b"proxy-connection", b"keep-alive", b"transfer-encoding", b"upgrade"})
_SWITCHING = 101


def status_of(fields: Sequence[Field]) -> int:
    """The status of a response, after all its fields are checked. Raises GarbledResponse."""
    statuses = [value for name, value in fields if name == b":status"]
    if len(statuses) != 1 or not _STATUS.fullmatch(statuses[0]):
        raise GarbledResponse(f"an HTTP/2 response without one valid :status: {statuses[:2]!r}")
    if fields[0][0] != b":status":
        raise GarbledResponse("an HTTP/2 response whose :status is not its first field")
    status = int(statuses[0])
    if status == _SWITCHING:
        raise GarbledResponse("a response with status 101, which HTTP/2 does not have")  # RFC 9113 §8.6
    check_fields(fields[1:])
    return status


def check_fields(fields: Sequence[Field]) -> None:
    """Checks the fields after :status, or the trailers. Raises GarbledResponse."""
    for name, value in fields:
        if not _NAME.fullmatch(name) or name in _CONNECTION_SPECIFIC:
            raise GarbledResponse(f"an HTTP/2 response with the field name {name[:40]!r}")
        if _FORBIDDEN.search(value) or value != value.strip(b" \t"):
            raise GarbledResponse(f"an HTTP/2 response with an invalid value in the field {name[:40].decode('ascii')}")


def content_length_of(fields: Sequence[Field]) -> int | None:
    """The declared length of the body. Raises GarbledResponse for two lengths or a value that is not a number."""
    lengths = {value for name, value in fields if name == b"content-length"}
    if not lengths:
        return None
    (length, *others) = lengths
    if others or not length.isdigit() or len(length) > 18:
        raise GarbledResponse(f"an HTTP/2 response with the content-length {length[:40]!r}")
    return int(length)
