"""The client's half of SASL under SMTP AUTH (RFC 4954): PLAIN (RFC 4616), LOGIN, CRAM-MD5 (RFC 2195), XOAUTH2 (Google's).

A login is a generator: it yields what to say, without the CRLF, and is sent the text of each 334.
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections.abc import Callable, Generator, Mapping

from benchkit.protocol.replies import Garbled

Login = Generator[bytes, str, None]


def _plain(username: bytes, password: bytes) -> Login:
    yield b"AUTH PLAIN " + b64encode(b"\0" + username + b"\0" + password)


def _login(username: bytes, password: bytes) -> Login:
    """Its user name goes as an initial response: two round trips, as method.md §2 counts it.

    Some servers ignore that and ask for the user name: they get it again. Only a prompt for the password gets the password.
    """
    prompt = yield b"AUTH LOGIN " + b64encode(username)
    if b"user" in _decoded(prompt).lower():
        prompt = yield b64encode(username)
    if b"pass" not in _decoded(prompt).lower():
        raise Garbled(f"AUTH LOGIN asks for something other than the password: {prompt[:80]!r}")
    yield b64encode(password)


def _cram_md5(username: bytes, password: bytes) -> Login:
    challenge = yield b"AUTH CRAM-MD5"
    yield b64encode(username + b" " + hmac.new(password, _decoded(challenge), "md5").hexdigest().encode())


def _xoauth2(username: bytes, token: bytes) -> Login:
    yield b"AUTH XOAUTH2 " + b64encode(b"user=" + username + b"\x01auth=Bearer " + token + b"\x01\x01")
    yield b""  # a 334 here holds the error; the refusal itself is the reply to an empty line


LOGINS: Mapping[str, Callable[[bytes, bytes], Login]] = {
    "plain": _plain,
    "login": _login,
    "cram-md5": _cram_md5,
    "xoauth2": _xoauth2,
}


def _decoded(challenge: str) -> bytes:
    try:
        return b64decode(challenge, validate=True)
    except (BadBase64, ValueError):
        raise Garbled(f"a challenge that is not base64: {challenge[:80]!r}") from None
