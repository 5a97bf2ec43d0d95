"""One message made ready for a client: its content as it goes on the wire, its envelope as commands."""

from __future__ import annotations

from benchkit.model.identity import split_at_identity
from benchkit.model.message import Message
from benchkit.protocol.content import CRLF, dot_stuffed
from benchkit.protocol.envelope import envelope_of, needs_of

_DATA = b"DATA\r\n"


class Letter:
    """Made before the clock; `chunked` content goes as one BDAT LAST (RFC 3030), other content dot-stuffed.

    Raises InputError for an address that cannot be said.
    """

    __slots__ = ("group", "mail", "needs", "pieces", "rcpts", "replies")

    def __init__(self, message: Message, *, chunked: bool) -> None:
        envelope = envelope_of(message)
        self.mail = envelope.mail
        self.rcpts = envelope.rcpts
        self.needs = needs_of(message)
        commands = envelope.mail + b"".join(envelope.rcpts)
        self.group = commands if chunked else commands + _DATA
        self.replies = 1 + len(envelope.rcpts) + (not chunked)  # to `group`
        self.pieces = split_at_identity(_chunk(message.mime) if chunked else dot_stuffed(message.mime))

    def content(self, identity: bytes) -> bytes:
        """What is written once the envelope stands: the bytes of one send."""
        return identity.join(self.pieces)


def _chunk(mime: bytes) -> bytes:
    if mime and not mime.endswith(CRLF):
        mime += CRLF
    return b"BDAT %d LAST\r\n" % len(mime) + mime
