"""One message made ready for a client: its content as it goes on the wire, its envelope as commands."""

from __future__ import annotations

from copy import copy

from benchkit.model.identity import PLACEHOLDER, split_at_identity
from benchkit.model.message import Message
from benchkit.model.scenario import Dsn
from benchkit.protocol.commands import CRLF, dot_stuffed
from benchkit.protocol.dsn import NOTHING
from benchkit.protocol.envelope import envelope_of

_DATA = b"DATA\r\n"


class PreparedMessage:
    """Made before the clock; `chunked` content goes as one BDAT LAST (RFC 3030), other content dot-stuffed.

    `declared` is the same message for a server that offers SIZE. Raises InputError for an address that cannot be said.
    """

    __slots__ = ("declared", "group", "mail", "named", "needs", "pieces", "rcpts", "recipients", "replies", "size")

    def __init__(self, message: Message, *, chunked: bool, dsn: Dsn = NOTHING) -> None:
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
        """What is written once the envelope stands: the bytes of one send."""
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
