"""HTTP/2's framing (RFC 9113 §4.1, §6): frames of bytes, and whether what a client writes is a part of a request."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum, IntFlag
from typing import NamedTuple

from benchkit.protocol.response_reader import GarbledResponse

FRAME_HEAD = 9
MAX_FRAME = 16_384  # SETTINGS_MAX_FRAME_SIZE as it is at first (§6.5.2): the libraries leave it so
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_LENGTH = 3
_STREAM = 5
_STREAM_BITS = 0x7FFF_FFFF
_PRIORITY = 5


class FrameType(IntEnum):
    DATA = 0
    HEADERS = 1
    RST_STREAM = 3
    SETTINGS = 4
    PUSH_PROMISE = 5
    GOAWAY = 7
    CONTINUATION = 9


class Flag(IntFlag):
    END_STREAM = 1
    END_HEADERS = 4
    PADDED = 8
    PRIORITY = 32


class Frame(NamedTuple):
    type: int
    flags: int
    stream: int
    payload: bytes


def frames_of(wire: bytes) -> Iterator[Frame]:
    """The complete frames at the start of `wire`. Raises GarbledResponse for one that is too large."""
    start = 0
    while start + FRAME_HEAD <= len(wire):
        length = int.from_bytes(wire[start : start + _LENGTH], "big")
        if length > MAX_FRAME:
            raise GarbledResponse(f"an HTTP/2 frame of {length} bytes")
        end = start + FRAME_HEAD + length
        if end > len(wire):
            return
        stream = int.from_bytes(wire[start + _STREAM : start + FRAME_HEAD], "big") & _STREAM_BITS
        yield Frame(wire[start + _LENGTH], wire[start + _LENGTH + 1], stream, wire[start + FRAME_HEAD : end])
        start = end


def unpadded(frame: Frame) -> bytes:
    """The data of DATA, the field block of HEADERS (§6.1, §6.2). Raises GarbledResponse."""
    payload, padding = frame.payload, 0
    if frame.flags & Flag.PADDED:
        padding, payload = (payload or b"\0")[0], payload[1:]
    if frame.type == FrameType.HEADERS and frame.flags & Flag.PRIORITY:
        payload = payload[_PRIORITY:]
    if padding > len(payload):
        raise GarbledResponse("an HTTP/2 frame with more padding than it has bytes")
    return payload[: len(payload) - padding]


def requesting_stream(written: bytes) -> int:
    """The stream of the request that these written frames belong to; 0 if they are not part of a request.

    Acknowledgements, window updates and settings expect no answer, so they are not counted as round trips.
    """
    start = len(PREFACE) if written.startswith(PREFACE) else 0
    for frame in frames_of(written[start:]):
        if frame.type in (FrameType.DATA, FrameType.HEADERS):
            return frame.stream
    return 0
