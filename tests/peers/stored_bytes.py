"""What a server stored, back to what was sent: without the trace that it put on top, and with the line ends of the wire.

A server may add header fields only above the message (RFC 5321 §4.4); whatever it changes below them is seen.
"""

from __future__ import annotations

import re

TRACE = frozenset(
    (
        b"authentication-results",  # RFC 8601 §4.1: treated as a trace field
        b"delivered-to",
        b"delivery-date",
        b"envelope-to",
        b"received",
        b"return-path",
        b"x-client-addr",  # these of smtp-sink
        b"x-client-proto",
        b"x-helo-args",
        b"x-mail-args",
        b"x-rcpt-args",
        b"x-original-to",
    )
)
_FIELD = re.compile(rb"([!-9;-~]+):[^\n]*\n(?:[ \t][^\n]*\n)*")


def without_trace(stored: bytes) -> bytes:
    """CRLF line ends, whether it was stored with them or, as in a maildir, with LF."""
    at = 0
    while (field := _FIELD.match(stored, at)) and field[1].lower() in TRACE:
        at = field.end()
    return re.sub(rb"\r?\n", b"\r\n", stored[at:])
