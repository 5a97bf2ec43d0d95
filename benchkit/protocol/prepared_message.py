"""One message as SMTP commands and content, prepared before the clock starts.

The parameters of the commands are those of RFC 1870, RFC 6152, RFC 6531 and, if the arm asks for delivery status
notifications, RFC 3461. An address cannot inject a command: each command is parsed again with the server's own parser and
must give the same values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace

from benchkit.errors import InputError, Mistake
from benchkit.model.identity import NAMED_SEND, PLACEHOLDER, split_at_identity
from benchkit.model.message import Message
from benchkit.model.scenario import Dsn
from benchkit.protocol.commands import CRLF, Refusal, dot_stuffed, parse_mail, parse_rcpt
from benchkit.protocol.replies import Capabilities

_PLACE = PLACEHOLDER.decode("ascii")
_PARAMETERS = {"8BITMIME": "BODY=8BITMIME", "SMTPUTF8": "SMTPUTF8"}
_NO_DSN = Dsn()
_UNSAFE = re.compile(r"[^!-*,-<>-~]")  # in xtext: all but printable ASCII without space, "+" and "="
_UNSAFE_IN_UTF8 = re.compile(r"[^!-*,-<>-\[\]-~]")  # RFC 6533 §3: nor the backslash, which begins an escape
_DATA = b"DATA\r\n"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every SMTP client needs of a message: its commands and their requirements.

    `needs` are the capabilities that the server must offer; `size` is the value that MAIL declares if the server offers SIZE
    (RFC 1870).
    """

    sender: str
    recipients: tuple[str, ...]
    needs: tuple[str, ...]
    mail_parameters: tuple[str, ...]
    rcpt_parameters: tuple[tuple[str, ...], ...]
    size: int

    @property
    def utf8(self) -> bool:
        return "SMTPUTF8" in self.needs

    @property
    def declared_size(self) -> str:
        return f"SIZE={self.size}"

    def of_send(self, identity: bytes) -> Envelope:
        """The parameters with the identity of this send in ENVID, if the arm asks for it."""
        if not any(_PLACE in parameter for parameter in self.mail_parameters):
            return self
        named = tuple(parameter.replace(_PLACE, identity.decode("ascii")) for parameter in self.mail_parameters)
        return replace(self, mail_parameters=named)

    def mail_parameters_at(self, offer: Capabilities) -> tuple[str, ...]:
        """SIZE too, where it is on offer."""
        return (*self.mail_parameters, self.declared_size) if "SIZE" in offer else self.mail_parameters

    def mail(self) -> bytes:
        """The command without SIZE. Raises InputError for a bad address, as `rcpts` does."""
        return mail_command(self.sender, self.mail_parameters)

    def rcpts(self) -> tuple[bytes, ...]:
        pairs = zip(self.recipients, self.rcpt_parameters, strict=True)
        return tuple(rcpt_command(recipient, parameters, utf8=self.utf8) for recipient, parameters in pairs)


def envelope_of(message: Message, dsn: Dsn = _NO_DSN) -> Envelope:
    needs = _needs_of(message)
    parameters = tuple(parameter for need, parameter in _PARAMETERS.items() if need in needs)
    return Envelope(
        message.envelope_from,
        message.recipients,
        needs,
        parameters + dsn_of_mail(dsn),
        tuple(dsn_of_rcpt(dsn, recipient) for recipient in message.recipients),
        len(message.mime) + (0 if message.mime.endswith(CRLF) else len(CRLF)),
    )


def _needs_of(message: Message) -> tuple[str, ...]:
    """What the message requires of the server: SMTPUTF8 (RFC 6531 §3.1), 8BITMIME (RFC 6152)."""
    needs = () if message.mime.isascii() else ("8BITMIME",)
    return (*needs, "SMTPUTF8") if message.needs_smtputf8 else needs


class PreparedMessage:
    """Made before the clock starts; `chunked` content is one BDAT LAST (RFC 3030), other content is dot-stuffed.

    `declared` is the same message for a server that offers SIZE. Raises InputError for an address that SMTP cannot carry.
    """

    __slots__ = ("declared", "group", "mail", "named", "needs", "pieces", "rcpts", "recipients", "replies", "size")

    def __init__(self, message: Message, *, chunked: bool, dsn: Dsn = _NO_DSN) -> None:
        envelope = envelope_of(message, dsn)
        self.mail = envelope.mail()
        self.named = PLACEHOLDER in self.mail  # its ENVID names each send
        self.rcpts = envelope.rcpts()
        self.recipients = envelope.recipients
        self.needs = envelope.needs
        self.size = envelope.size
        commands = self.mail + b"".join(self.rcpts)
        self.group = commands if chunked else commands + _DATA
        self.replies = 1 + len(self.rcpts) + (not chunked)  # to `group`
        self.pieces = split_at_identity(_chunk(message.mime) if chunked else dot_stuffed(message.mime))
        self.declared = self._saying(envelope.declared_size)

    def mail_of(self, identity: bytes) -> bytes:
        """The MAIL command of one send."""
        return self.mail.replace(PLACEHOLDER, identity) if self.named else self.mail

    def group_of(self, identity: bytes) -> bytes:
        """The envelope of one send as a group of commands."""
        return self.group.replace(PLACEHOLDER, identity) if self.named else self.group

    def content(self, identity: bytes) -> bytes:
        """What is written after the envelope is accepted: the bytes of one send."""
        return identity.join(self.pieces)

    def _saying(self, parameter: str) -> PreparedMessage:
        twin = copy(self)
        twin.mail = self.mail.removesuffix(CRLF) + f" {parameter}\r\n".encode()
        twin.group = twin.mail + self.group.removeprefix(self.mail)
        return twin


def _chunk(mime: bytes) -> bytes:
    if mime and not mime.endswith(CRLF):
        mime += CRLF
    return b"BDAT %d LAST\r\n" % len(mime) + mime


def mail_command(path: str, parameters: Sequence[str] = ()) -> bytes:
    """`MAIL FROM:<path> …`; an empty path is the null reverse-path (RFC 5321 §4.5.5)."""
    argument = " ".join([f"FROM:<{path}>", *parameters]).encode("utf-8", "surrogateescape")
    try:
        understood = parse_mail(argument).path
    except Refusal as refusal:
        raise _bad(path, refusal.reply) from None
    return _command(b"MAIL ", argument, path, understood)


def rcpt_command(path: str, parameters: Sequence[str] = (), *, utf8: bool = False) -> bytes:
    """`RCPT TO:<path> …`."""
    argument = " ".join([f"TO:<{path}>", *parameters]).encode("utf-8", "surrogateescape")
    try:
        understood = parse_rcpt(argument, utf8)
    except Refusal as refusal:
        raise _bad(path, refusal.reply) from None
    return _command(b"RCPT ", argument, path, understood)


def _command(verb: bytes, argument: bytes, path: str, understood: bytes) -> bytes:
    if understood != path.encode("utf-8", "surrogateescape"):
        raise _bad(path, f"a server reads it as {understood!r}")
    return verb + argument + b"\r\n"


def _bad(path: str, why: str) -> InputError:
    return InputError(Mistake("envelope", f"the address {path!r} cannot be written in an SMTP command: {why}"))


def dsn_needs(dsn: Dsn) -> tuple[str, ...]:
    """What the server must offer if the arm asks for delivery status notifications."""
    return () if dsn == _NO_DSN else ("DSN",)


def dsn_of_mail(dsn: Dsn) -> tuple[str, ...]:
    """Parameters of MAIL (RFC 3461 §4), with identity.PLACEHOLDER where the identity of each send is to stand."""
    ret = (f"RET={dsn.ret.upper()}",) if dsn.ret else ()
    named = dsn.envid.replace(NAMED_SEND, _PLACE)
    return (*ret, f"ENVID={xtext(named)}") if named else ret


def dsn_of_rcpt(dsn: Dsn, recipient: str) -> tuple[str, ...]:
    notify = (f"NOTIFY={','.join(dsn.notify).upper()}",) if dsn.notify else ()
    return (*notify, f"ORCPT={original_recipient(recipient)}") if dsn.orcpt else notify


def xtext(text: str) -> str:
    """ASCII as xtext: each special character as `+HH`."""
    return _UNSAFE.sub(lambda unsafe: f"+{ord(unsafe[0]):02X}", text)


def original_recipient(address: str) -> str:
    """`rfc822;…`, and `utf-8;…` with `\\x{HEX}` for an address beyond ASCII (RFC 6533 §3)."""
    if address.isascii():
        return f"rfc822;{xtext(address)}"
    return "utf-8;" + _UNSAFE_IN_UTF8.sub(lambda unsafe: f"\\x{{{ord(unsafe[0]):X}}}", address)
