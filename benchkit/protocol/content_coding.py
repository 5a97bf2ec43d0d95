"""Content codings of a response (RFC 9110 §8.4), decoded within a bound: a few kilobytes can unpack to gigabytes.

All clients ask for `identity`, so that they send the same request; some servers answer in gzip all the same.
"""

from __future__ import annotations

import zlib

from benchkit.model.exchange import Response
from benchkit.protocol.response_reader import MAX_RESPONSE, GarbledResponse

_GZIP, _ZLIB = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS
_WINDOWS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB}
IDENTITY = ("accept-encoding", "identity")


def decoded(response: Response) -> Response:
    """The response with its body as the server meant it. Raises GarbledResponse where it cannot be decoded within the bound."""
    codings = [
        coding.strip().lower()
        for name, value in response.headers
        if name == "content-encoding"
        for coding in value.split(",")
    ]
    body = response.body
    for coding in reversed(codings):
        if coding not in ("", "identity"):
            body = _decoded(body, coding)
    return response if body is response.body else Response(response.status, response.headers, body)


def _decoded(body: bytes, coding: str) -> bytes:
    if coding not in _WINDOWS:
        raise GarbledResponse(f"a content coding that was not asked for: {coding[:40]!r}")
    unpacking = zlib.decompressobj(_WINDOWS[coding])
    try:
        unpacked = unpacking.decompress(body, MAX_RESPONSE + 1)
    except zlib.error as error:
        raise GarbledResponse(f"a body that is no {coding}: {error}") from None
    if len(unpacked) > MAX_RESPONSE:
        raise GarbledResponse(f"the response is larger than {MAX_RESPONSE} bytes when decoded")
    return unpacked
