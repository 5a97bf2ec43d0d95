"""httpcore's HTTP/2 connection, held to RFC 9113: it turns off the checks of h2, and takes no status for 200."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from h2.config import H2Configuration
from h2.events import ResponseReceived

from benchkit.protocol.response_reader import GarbledResponse

_STATUS = re.compile(rb"[1-9][0-9]{2}")  # RFC 9113 §8.3.2, RFC 9110 §15


def hold_to_the_rfc(core: str) -> None:
    """For all connections of `httpcore` or `httpcore2`; more than once does no harm."""
    connection = import_module(f"{core}._async.http2").AsyncHTTP2Connection
    connection.CONFIG = H2Configuration()
    connection._receive_response = _receive_response


async def _receive_response(self: Any, request: Any, stream_id: int) -> tuple[int, list[tuple[bytes, bytes]]]:
    """Status and fields. Raises GarbledResponse where the one status is not three digits."""
    event = None
    while not isinstance(event, ResponseReceived):
        event = await self._receive_stream_event(request, stream_id)
    fields = [(bytes(name), bytes(value)) for name, value in event.headers or ()]
    statuses = [value for name, value in fields if name == b":status"]
    if len(statuses) != 1 or not _STATUS.fullmatch(statuses[0]):
        raise GarbledResponse(f"a response without a valid status: {statuses[:2]!r}")
    return int(statuses[0]), [(name, value) for name, value in fields if not name.startswith(b":")]
