"""Just enough of HTTP/2's framing (RFC 9113 §4.1) to tell a request from other frames, and a graceful GOAWAY from others."""

from __future__ import annotations

_HEADER = 9
_TYPE = 3
_DATA, _HEADERS, _GOAWAY = 0, 1, 7
_MOST_FRAME = 1 << 20  # a frame that is longer is not waited for
_NO_ERROR = 0
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def asks(written: bytes) -> bool:
    """Whether whole frames, as they are written, hold a part of a request.

    Nothing waits for what else a client writes (acknowledgements, windows, settings): counting it would make turns of no turns.
    """
    start = len(PREFACE) if written.startswith(PREFACE) else 0
    while start + _HEADER <= len(written):
        if written[start + _TYPE] in (_DATA, _HEADERS):
            return True
        start += _HEADER + int.from_bytes(written[start : start + _TYPE], "big")
    return False


class GoawayFilter:
    """Takes a graceful GOAWAY out of what a server sends, and remembers it.

    A server that shuts down gracefully goes on with the streams up to the last one that it names (RFC 9113 §6.8). h2 closes its
    connection at once, and the response behind it would be lost.
    """

    __slots__ = ("_rest", "going_away", "stream")

    def __init__(self) -> None:
        self._rest = b""
        self.going_away = False
        self.stream = 1  # of the request under way

    def passed(self, data: bytes) -> bytes:
        """The whole frames that have come; part of one waits for the rest of it."""
        buffered, start, kept = self._rest + data, 0, []
        while start + _HEADER <= len(buffered):
            length = int.from_bytes(buffered[start : start + _TYPE], "big")
            end = start + _HEADER + length
            if end > len(buffered) and length <= _MOST_FRAME:
                break
            frame = buffered[start:end]
            if self._is_graceful(frame):
                self.going_away = True
            else:
                kept.append(frame)
            start = end
        self._rest = buffered[start:]
        return b"".join(kept)

    def _is_graceful(self, frame: bytes) -> bool:
        if len(frame) < _HEADER + 8 or frame[_TYPE] != _GOAWAY:
            return False
        last = int.from_bytes(frame[_HEADER : _HEADER + 4], "big") & 0x7FFFFFFF
        error = int.from_bytes(frame[_HEADER + 4 : _HEADER + 8], "big")
        return error == _NO_ERROR and last >= self.stream
