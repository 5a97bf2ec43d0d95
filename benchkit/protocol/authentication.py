"""The server's half of SASL PLAIN (RFC 4616) and LOGIN (draft-murchison-sasl-login) under SMTP AUTH (RFC 4954).

An exchange is a generator: it yields challenges, is sent the client's lines, and returns the credentials.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Generator

from benchkit.protocol.commands import Refusal

Credentials = tuple[str, str]
Exchange = Generator[bytes, bytes, Credentials]

_USERNAME = b"334 VXNlcm5hbWU6\r\n"
_PASSWORD = b"334 UGFzc3dvcmQ6\r\n"


def exchange(argument: bytes) -> Exchange:
    """The exchange that `AUTH <argument>` asks for; raises Refusal 501 or 504 at once or when it is driven."""
    mechanism, _, initial = argument.partition(b" ")
    match mechanism.upper():
        case b"PLAIN":
            return _plain(initial)
        case b"LOGIN":
            return _login(initial)
        case b"":
            raise Refusal("501 5.5.4 Syntax: AUTH mechanism")
        case _:
            raise Refusal("504 5.5.4 Unknown authentication mechanism")


def _plain(initial: bytes) -> Exchange:
    line = initial or (yield b"334 \r\n")
    fields = _decoded(line).split("\0")
    if len(fields) != 3:
        raise Refusal("501 5.5.2 PLAIN is authorisation NUL user NUL password")
    return fields[1], fields[2]


def _login(initial: bytes) -> Exchange:
    username = _decoded(initial or (yield _USERNAME))
    return username, _decoded((yield _PASSWORD))


def _decoded(line: bytes) -> str:
    if line == b"*":
        raise Refusal("501 5.7.0 Authentication cancelled")
    try:
        return b64decode(b"" if line == b"=" else line, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        raise Refusal("501 5.5.2 Not base64 of UTF-8") from None
