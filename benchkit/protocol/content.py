"""Message content on the wire: the final dot and transparency (RFC 5321 §4.1.1.4, §4.5.2).

Only CRLF ends a line. A bare LF or CR is content like any other byte, so that `\\n.\\n` never ends a message: what one side
takes for the end and the other does not is how mail is smuggled.
"""

from __future__ import annotations

CRLF = b"\r\n"
TERMINATOR = b"\r\n.\r\n"


def dot_stuffed(content: bytes) -> bytes:
    """Content as it goes on the wire, the final dot included; a missing last CRLF is added."""
    if not content.endswith(CRLF) and content:
        content += CRLF
    return (CRLF + content).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"


def dot_unstuffed(wire: bytes | bytearray) -> bytes:
    """The inverse, of lines that begin after a CRLF (the one that ended DATA included) and without the final dot."""
    return bytes(wire).replace(b"\r\n.", CRLF)[len(CRLF) :]
