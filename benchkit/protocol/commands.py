"""SMTP commands and content on the wire: verb, path, parameters, the final dot and dot-stuffing.

RFC 5321 §4.1, RFC 6531 §3.4, RFC 1870, RFC 3461, RFC 6152, RFC 3030; for content RFC 5321 §4.1.1.4 and §4.5.2. A command that
cannot be taken raises `Refusal`, which is the reply. Parsing is a pure function of the argument, so its results are kept: a
load test says the same MAIL FROM a hundred thousand times.

Only CRLF ends a line of content. A bare LF or CR is content like any other byte, so that `\\n.\\n` never ends a message: mail
is smuggled where one side takes for the end what the other does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_LOCAL = rb'"(?:\\[\x20-\x7e]|[^"\\\x00-\x1f\x7f])*"|[^\s"<>()\[\],;:\\@\x00-\x1f\x7f]+'
_DOMAIN = rb"\[[0-9A-Za-z.:]+\]|[^\s\"<>()\[\],;:\\@\x00-\x1f\x7f]+"
_MAILBOX = rb"(?:" + _LOCAL + rb")@(?:" + _DOMAIN + rb")"
_FROM = re.compile(rb"FROM: ?<(" + _MAILBOX + rb"|)>((?: +[^\s\x00-\x1f]+)*) *", re.IGNORECASE)
_TO = re.compile(rb"TO: ?<(" + _MAILBOX + rb"|postmaster)>((?: +[^\s\x00-\x1f]+)*) *", re.IGNORECASE)
_BODY_TYPES = frozenset({b"7BIT", b"8BITMIME", b"BINARYMIME"})
_RETURNS = frozenset({b"FULL", b"HDRS"})
_XTEXT = rb"(?:[!-*,-<>-~]|\+[0-9A-F]{2})+"  # RFC 3461 §4
_ENVID = re.compile(_XTEXT)
_ORCPT = re.compile(rb"[0-9A-Za-z-]+;" + _XTEXT)
_CHUNK = re.compile(rb"(\d{1,19})(?: +(LAST))?", re.IGNORECASE)  # BDAT (RFC 3030 §2)
_NOTIFY = re.compile(rb"NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY))*", re.IGNORECASE)


class Refusal(Exception):
    """The reply to an invalid command, without its CRLF."""

    def __init__(self, reply: str) -> None:
        super().__init__(reply)
        self.reply = reply

    @property
    def wire(self) -> bytes:
        return self.reply.encode() + b"\r\n"


@dataclass(frozen=True, slots=True)
class MailCommand:
    """A parsed MAIL command: the path as bytes (empty for the null reverse-path), the declared size, SMTPUTF8."""

    path: bytes
    size: int = 0
    utf8: bool = False
    binary: bool = False  # RFC 3030 §3: only BDAT can carry it


def split_command(line: bytes) -> tuple[bytes, bytes]:
    """Verb in upper case and argument, from a line without its CRLF."""
    verb, _, argument = line.partition(b" ")
    return verb.upper(), argument.strip(b" ")


@lru_cache(4096)
def parse_mail(argument: bytes) -> MailCommand:
    """`FROM:<path> SIZE=… BODY=… SMTPUTF8`; raises Refusal 501, 553 or 555."""
    path, parameters = _path(_FROM, argument, "MAIL FROM:<address>")
    size, utf8, binary = 0, False, False
    for parameter in parameters:
        keyword, _, value = parameter.partition(b"=")
        match keyword.upper():
            case b"SIZE" if value.isdigit() and len(value) <= 20:
                size = int(value)
            case b"BODY" if value.upper() in _BODY_TYPES:
                binary = value.upper() == b"BINARYMIME"
            case b"SMTPUTF8" if not value:
                utf8 = True
            case b"AUTH" if value:  # RFC 4954 §5: who first submitted it; nothing here depends on that
                pass
            case b"RET" if value.upper() in _RETURNS:  # RFC 3461 §4: nothing is delivered here, so nothing is reported
                pass
            case b"ENVID" if _ENVID.fullmatch(value):
                pass
            case b"SIZE" | b"BODY" | b"SMTPUTF8" | b"AUTH" | b"RET" | b"ENVID":
                raise Refusal("501 5.5.4 Bad value of a MAIL parameter")
            case _:
                raise Refusal("555 5.5.4 Unknown MAIL parameter")
    _check_charset(path, utf8)
    return MailCommand(path, size, utf8, binary)


@lru_cache(4096)
def parse_rcpt(argument: bytes, utf8: bool) -> bytes:
    """`TO:<path> NOTIFY=… ORCPT=…`; `utf8`: whether MAIL allowed it; raises Refusal 501, 553 or 555."""
    path, parameters = _path(_TO, argument, "RCPT TO:<address>")
    for parameter in parameters:
        keyword, _, value = parameter.partition(b"=")
        match keyword.upper():
            case b"NOTIFY" if _NOTIFY.fullmatch(value):
                pass
            case b"ORCPT" if _ORCPT.fullmatch(value):
                pass
            case b"NOTIFY" | b"ORCPT":
                raise Refusal("501 5.5.4 Bad value of a RCPT parameter")
            case _:
                raise Refusal("555 5.5.4 Unknown RCPT parameter")
    _check_charset(path, utf8)
    return path


def _path(pattern: re.Pattern[bytes], argument: bytes, syntax: str) -> tuple[bytes, list[bytes]]:
    match = pattern.fullmatch(argument)
    if match is None:
        raise Refusal(f"501 5.5.4 Syntax: {syntax}")
    return match.group(1), match.group(2).split()


def _check_charset(path: bytes, utf8: bool) -> None:
    if path.isascii():
        return
    if not utf8:
        raise Refusal("553 5.6.7 A non-ASCII address needs SMTPUTF8")
    try:
        path.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal("501 5.5.2 The address is not UTF-8") from None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A BDAT chunk; `last`: it ends its message."""

    size: int
    last: bool


def parse_bdat(argument: bytes) -> Chunk:
    """`size [LAST]`; raises Refusal 501."""
    match = _CHUNK.fullmatch(argument)
    if match is None:
        raise Refusal("501 5.5.4 Syntax: BDAT size [LAST]")
    return Chunk(int(match[1]), match[2] is not None)


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
