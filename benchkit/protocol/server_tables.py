"""Tables of the server session: what is refused before TLS, fixed replies, and the fault point of each command."""

from __future__ import annotations

_TLS_FIRST = "530 5.7.0 Must issue a STARTTLS command first"
AFTER_TLS = {
    b"AUTH": "538 5.7.11 Encryption required for requested authentication mechanism",
    b"MAIL": _TLS_FIRST,
    b"RCPT": _TLS_FIRST,
    b"DATA": _TLS_FIRST,
    # not BDAT: its octets come whatever we think of it, and without MAIL it is refused in any case
    b"VRFY": _TLS_FIRST,
}
POINTS = {
    b"EHLO": "ehlo",
    b"HELO": "ehlo",
    b"STARTTLS": "starttls",
    b"AUTH": "auth",
    b"MAIL": "mail",
    b"RCPT": "rcpt",
    b"DATA": "data",
    b"QUIT": "quit",
}
CONSTANT_ANSWERS = {
    b"NOOP": b"250 2.0.0 OK\r\n",
    b"HELP": b"214 2.0.0 See RFC 5321\r\n",
    b"EXPN": b"502 5.5.1 Command not implemented\r\n",
}


def without_secret(line: bytes) -> bytes:
    """A command as it may be shown: the initial response of AUTH is a password."""
    words = line.split(b" ", 2)
    return b" ".join((*words[:2], b"****")) if len(words) == 3 and words[0].upper() == b"AUTH" else line
