"""The server's half of SASL under SMTP AUTH (RFC 4954): PLAIN (RFC 4616), LOGIN, CRAM-MD5 (RFC 2195) and XOAUTH2 (Google's).

An exchange is a generator: it yields challenges, is sent the client's lines, and returns what the client claims.
"""

from __future__ import annotations

import binascii
import hmac
import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Generator
from dataclasses import dataclass

from benchkit.protocol.commands import Refusal

MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2")


@dataclass(frozen=True, slots=True)
class PresentedCredentials:
    """Who the client says that it is, and its secret, or the digest of `challenge` under it."""

    username: str
    secret: str
    challenge: bytes = b""

    def proves(self, username: str, password: str) -> bool:
        expected = hmac.new(password.encode(), self.challenge, "md5").hexdigest() if self.challenge else password
        return hmac.compare_digest(f"{self.username}\0{self.secret}".encode(), f"{username}\0{expected}".encode())


Exchange = Generator[bytes, bytes, PresentedCredentials]

_XOAUTH2 = re.compile(r"user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01")
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
        case b"CRAM-MD5" if not initial:
            return _cram_md5()
        case b"XOAUTH2":
            return _xoauth2(initial)
        case b"":
            raise Refusal("501 5.5.4 Syntax: AUTH mechanism")
        case _:
            raise Refusal("504 5.5.4 Unknown authentication mechanism")


def _plain(initial: bytes) -> Exchange:
    line = initial or (yield b"334 \r\n")
    fields = _decoded(line).split("\0")
    if len(fields) != 3:
        raise Refusal("501 5.5.2 PLAIN is authorisation NUL user NUL password")
    return PresentedCredentials(fields[1], fields[2])


def _login(initial: bytes) -> Exchange:
    username = _decoded(initial or (yield _USERNAME))
    return PresentedCredentials(username, _decoded((yield _PASSWORD)))


def _cram_md5() -> Exchange:
    challenge = f"<{secrets.token_hex(8)}@sink.benchkit.invalid>".encode()
    username, _, digest = _decoded((yield b"334 " + b64encode(challenge) + b"\r\n")).rpartition(" ")
    return PresentedCredentials(username, digest, challenge)


def _xoauth2(initial: bytes) -> Exchange:
    match = _XOAUTH2.fullmatch(_decoded(initial or (yield b"334 \r\n")))
    if match is None:
        raise Refusal("501 5.5.2 XOAUTH2 is user=…^Aauth=Bearer …^A^A")
    return PresentedCredentials(match[1], match[2])


def _decoded(line: bytes) -> str:
    if line == b"*":
        raise Refusal("501 5.7.0 Authentication cancelled")
    try:
        return b64decode(b"" if line == b"=" else line, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        raise Refusal("501 5.5.2 Not base64 of UTF-8") from None
