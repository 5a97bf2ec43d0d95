"""The envelope of one message as a client says it: MAIL and RCPT with their parameters, made once, before the clock.

Nothing in an address can inject a command: each command is read back with the server's own parser, and must say what was meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchkit.errors import InputError, Mistake
from benchkit.model.identity import PLACEHOLDER
from benchkit.model.message import Message
from benchkit.model.scenario import Dsn
from benchkit.protocol import dsn
from benchkit.protocol.commands import CRLF, Refusal, parse_mail, parse_rcpt
from benchkit.protocol.reply_stream import Capabilities

_PLACE = PLACEHOLDER.decode("ascii")
_PARAMETERS = {"8BITMIME": "BODY=8BITMIME", "SMTPUTF8": "SMTPUTF8"}


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every SMTP client says of a message, its own way of saying it apart.

    `needs` are the capabilities that a server must offer; `size` is what MAIL declares where SIZE is on offer (RFC 1870).
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
        """With the identity of that send in ENVID, where the arm asks for it."""
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


def envelope_of(message: Message, asked: Dsn = dsn.NOTHING) -> Envelope:
    needs = _needs_of(message)
    parameters = tuple(parameter for need, parameter in _PARAMETERS.items() if need in needs)
    return Envelope(
        message.envelope_from,
        message.recipients,
        needs,
        parameters + dsn.of_mail(asked),
        tuple(dsn.of_rcpt(asked, recipient) for recipient in message.recipients),
        len(message.mime) + (0 if message.mime.endswith(CRLF) else len(CRLF)),
    )


def _needs_of(message: Message) -> tuple[str, ...]:
    """For an address beyond ASCII (RFC 6531 §3.1), for such content (RFC 6152)."""
    needs = () if message.mime.isascii() else ("8BITMIME",)
    return (*needs, "SMTPUTF8") if message.needs_smtputf8 else needs


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
    return InputError(Mistake("envelope", f"the address {path!r} cannot be said in SMTP: {why}"))
