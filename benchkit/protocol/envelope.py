"""The commands of one message as a client says them: MAIL and RCPT with their parameters, made once, before the clock.

Nothing in an address can inject a command: each command is read back with the server's own parser, and must say what was meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchkit.errors import InputError, Mistake
from benchkit.model.message import Message
from benchkit.protocol.commands import Refusal, parse_mail, parse_rcpt


@dataclass(frozen=True, slots=True)
class Envelope:
    """Each command with its CRLF."""

    mail: bytes
    rcpts: tuple[bytes, ...]


def needs_of(message: Message) -> tuple[str, ...]:
    """What a server must offer to take it: for an address beyond ASCII (RFC 6531 §3.1), for such content (RFC 6152)."""
    needs = () if message.mime.isascii() else ("8BITMIME",)
    return (*needs, "SMTPUTF8") if message.needs_smtputf8 else needs


def envelope_of(message: Message) -> Envelope:
    """The envelope with the parameters that the message needs. Raises InputError for a bad address."""
    needs = needs_of(message)
    parameters = ["BODY=8BITMIME"] if "8BITMIME" in needs else []
    parameters += ["SMTPUTF8"] if "SMTPUTF8" in needs else []
    utf8 = "SMTPUTF8" in needs
    return Envelope(
        mail_command(message.envelope_from, parameters),
        tuple(rcpt_command(recipient, utf8=utf8) for recipient in message.recipients),
    )


def mail_command(path: str, parameters: Sequence[str] = ()) -> bytes:
    """`MAIL FROM:<path> …`; an empty path is the null reverse-path (RFC 5321 §4.5.5)."""
    argument = " ".join([f"FROM:<{path}>", *parameters]).encode("utf-8", "surrogateescape")
    try:
        understood = parse_mail(argument).path
    except Refusal as refusal:
        raise _bad(path, refusal.reply) from None
    return _command(b"MAIL ", argument, path, understood)


def rcpt_command(path: str, *, utf8: bool = False) -> bytes:
    """`RCPT TO:<path>`."""
    argument = f"TO:<{path}>".encode("utf-8", "surrogateescape")
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
