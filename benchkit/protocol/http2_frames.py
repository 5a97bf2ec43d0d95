"""Just enough of HTTP/2's framing (RFC 9113 §4.1) to tell a request from the housekeeping of a connection."""

from __future__ import annotations

_HEADER = 9
_TYPE = 3
_DATA, _HEADERS = 0, 1
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
