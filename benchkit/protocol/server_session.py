"""The server's side of an SMTP session (RFC 5321), without I/O: feed it the bytes read, and write what it returns.

`step` processes one unit (a command line, or a whole content) and gives its reply. It knows no socket and no clock; `deliver`
decides what happens to a message. Each command is a row of the table at the end. If STARTTLS is offered, mail commands need
TLS first, and plaintext that arrived after STARTTLS is discarded (RFC 3207 §4.2, CVE-2011-0411). AUTH is offered if there is
a user name, and only after TLS if TLS is offered.
"""

from __future__ import annotations

from collections.abc import Callable

from benchkit.protocol.authentication import Exchange
from benchkit.protocol.commands import Chunk, MailCommand, Refusal, parse_bdat, parse_mail, parse_rcpt, split_command
from benchkit.protocol.line_buffer import LineBuffer
from benchkit.protocol.service import AFTER_TLS, CONSTANT_ANSWERS, POINTS, Service, without_secret

MAX_RECIPIENTS = 1000

Deliver = Callable[[bytes, list[bytes], bytes], None]


class ServerSession:
    """One connection's state. `tls_requested` and `ended` tell the owner what to do once the replies are written."""

    __slots__ = (
        "_authenticated", "_chunk", "_chunks", "_deliver", "_exchange", "_greeted", "_in_content", "_lines", "_recipients",
        "_secure", "_sender", "_service", "ended", "feed", "last_unit", "messages", "tls_requested",
    )  # fmt: skip

    def __init__(self, service: Service, deliver: Deliver, *, secure: bool = False) -> None:
        self._service = service
        self._deliver = deliver
        self._secure = secure
        self._lines = LineBuffer(service.max_size)
        self.feed = self._lines.feed
        self._exchange: Exchange | None = None
        self._in_content = self._authenticated = self._greeted = False
        self._sender: MailCommand | None = None
        self._recipients: list[bytes] = []
        self._chunk: Chunk | None = None  # announced by BDAT, and not yet taken
        self._chunks: bytearray | None = None  # of the content that BDAT has begun
        self.messages = 0
        self.last_unit = b""  # the unit last taken, as a transcript may show it
        self.tls_requested = self.ended = False

    @property
    def banner(self) -> bytes:
        return f"220 {self._service.hostname} ESMTP benchkit\r\n".encode()

    def step(self) -> bytes | None:
        """Processes one unit and gives its reply; None if more must be read first, or no reply is due."""
        if self.ended or self.tls_requested:
            return None
        try:
            if self._chunk is not None:
                return self._receive_chunk(self._chunk)
            return self._receive_content() if self._in_content else self._receive_line()
        except Refusal as refusal:
            return refusal.wire

    def point(self) -> str | None:
        """The point of the dialogue that the next unit is (model/scenario.Fault.at); "" for none, None if incomplete."""
        if self.ended or self.tls_requested:
            return None
        if self._chunk is not None:
            return "content" if self._lines.has(self._chunk.size) else None
        if self._in_content:
            return "content" if self._lines.has_content() else None
        line = self._lines.peek_line()
        if line is None:
            return None
        return "auth" if self._exchange is not None else POINTS.get(split_command(line)[0], "")

    def refuse(self, reply: str) -> bytes:
        """Takes the next unit, which `point` has found, and answers with this reply; it has no other effect."""
        try:
            if self._chunk is not None:
                self._take_chunk(self._chunk)
                self._reset()
            else:
                self._take_content() if self._in_content else self._take_line()
        except Refusal as refusal:
            return refusal.wire
        self._exchange = None
        self.ended = reply.startswith("421")
        return Refusal(reply).wire

    def secured(self) -> None:
        """TLS is established: everything before it is forgotten (RFC 3207 §4.2)."""
        self._secure = True
        self.tls_requested = self._greeted = False
        self._lines.clear()
        self._reset()

    def _receive_line(self) -> bytes | None:
        line = self._take_line()
        if line is None:
            return None
        return self._answer(line) if self._exchange is None else self._drive(line)

    def _take_line(self) -> bytes | None:
        try:
            line = self._lines.take_line()
        except Refusal:
            self.last_unit, self._exchange = b"<bad line>", None
            raise
        if line is not None:
            self.last_unit = b"****" if self._exchange is not None else without_secret(line)
        return line

    def _receive_content(self) -> bytes | None:
        sender, recipients = self._sender, self._recipients
        content = self._take_content()
        if content is None:
            return None
        assert sender is not None
        return self._accept(sender, recipients, content)

    def _accept(self, sender: MailCommand, recipients: list[bytes], content: bytes) -> bytes:
        self.messages += 1
        self._deliver(sender.path, recipients, content)
        return b"250 2.0.0 OK: queued\r\n"

    def _take_content(self) -> bytes | None:
        """Ends the transaction once the content is read, accepted or not (RFC 5321 §4.1.1.4)."""
        try:
            content = self._lines.take_content()
        except Refusal:
            self._end_content()
            raise
        if content is not None:
            self._end_content()
        return content

    def _end_content(self) -> None:
        self.last_unit = b"<content>"
        self._in_content = False
        self._reset()

    def _receive_chunk(self, chunk: Chunk) -> bytes | None:
        """Reads the announced octets in any case; without a transaction they are discarded (RFC 3030 §2)."""
        data, sender = self._take_chunk(chunk), self._sender
        if data is None:
            return None
        if sender is None or not self._recipients:
            self._reset()
            raise Refusal("503 5.5.1 MAIL and RCPT first")
        self._chunks = self._chunks or bytearray()
        self._chunks += data
        if len(self._chunks) > self._service.max_size:
            self._reset()
            raise Refusal("552 5.3.4 Message too big")
        if not chunk.last:
            return f"250 2.0.0 {chunk.size} octets\r\n".encode()
        content, recipients = bytes(self._chunks), self._recipients
        self._reset()
        return self._accept(sender, recipients, content)

    def _take_chunk(self, chunk: Chunk) -> bytes | None:
        data = self._lines.take_exactly(chunk.size)
        if data is not None:
            self._chunk, self.last_unit = None, b"<content>"
        return data

    def _reset(self) -> None:
        self._sender = None
        self._recipients = []
        self._chunks = None

    def _answer(self, line: bytes) -> bytes:
        verb, argument = split_command(line)
        if verb in CONSTANT_ANSWERS:
            return CONSTANT_ANSWERS[verb]
        command = _COMMANDS.get(verb)
        if command is None:
            raise Refusal("500 5.5.1 Command unknown")
        if self._service.starttls and not self._secure and verb in AFTER_TLS:
            raise Refusal(AFTER_TLS[verb])
        return command(self, argument)

    def _ehlo(self, argument: bytes) -> bytes:
        self._greet(argument)
        return self._service.ehlo_reply(secure=self._secure)

    def _helo(self, argument: bytes) -> bytes:
        self._greet(argument)
        return f"250 {self._service.hostname}\r\n".encode()

    def _greet(self, argument: bytes) -> None:
        if not argument:
            raise Refusal("501 5.5.4 Syntax: EHLO hostname")
        self._greeted = True
        self._reset()

    def _starttls(self, argument: bytes) -> bytes:
        if argument:
            raise Refusal("501 5.5.4 STARTTLS takes no parameter")
        if not self._service.starttls:
            raise Refusal("502 5.5.1 STARTTLS is not offered")
        if self._secure:
            raise Refusal("503 5.5.1 TLS already stands")
        self.tls_requested = True
        self._lines.clear()
        return b"220 2.0.0 Ready to start TLS\r\n"

    def _auth(self, argument: bytes) -> bytes:
        if not self._service.username:
            raise Refusal("502 5.5.1 AUTH is not offered")
        if not self._greeted or self._authenticated or self._sender is not None:
            raise Refusal("503 5.5.1 AUTH comes once, after EHLO and outside a transaction")
        self._exchange = self._service.exchange(argument)
        return self._drive(None)

    def _drive(self, line: bytes | None) -> bytes:
        """The next challenge of the AUTH exchange, or its end."""
        running, self._exchange = self._exchange, None
        assert running is not None
        try:
            challenge = next(running) if line is None else running.send(line)
        except StopIteration as end:
            if not self._service.admits(end.value):
                raise Refusal("535 5.7.8 Authentication credentials invalid") from None
            self._authenticated = True
            return b"235 2.7.0 Authentication succeeded\r\n"
        self._exchange = running
        return challenge

    def _mail(self, argument: bytes) -> bytes:
        if not self._greeted:
            raise Refusal("503 5.5.1 EHLO first")
        if self._service.auth_required and not self._authenticated:
            raise Refusal("530 5.7.0 Authentication required")
        if self._sender is not None:
            raise Refusal("503 5.5.1 Nested MAIL command")
        sender = parse_mail(argument)
        if sender.size > self._service.max_size:
            raise Refusal("552 5.3.4 Message too big")
        self._sender = sender
        return b"250 2.1.0 OK\r\n"

    def _rcpt(self, argument: bytes) -> bytes:
        if self._sender is None:
            raise Refusal("503 5.5.1 MAIL first")
        if len(self._recipients) >= MAX_RECIPIENTS:
            raise Refusal("452 4.5.3 Too many recipients")
        self._recipients.append(parse_rcpt(argument, self._sender.utf8))
        return b"250 2.1.5 OK\r\n"

    def _data(self, argument: bytes) -> bytes:
        if argument:
            raise Refusal("501 5.5.4 DATA takes no parameter")
        if self._sender is None or not self._recipients:
            raise Refusal("503 5.5.1 RCPT first")
        if self._chunks is not None or self._sender.binary:
            raise Refusal("503 5.5.1 What BDAT began, or is binary, DATA cannot end")  # RFC 3030 §2, §3
        self._in_content = True
        self._lines.begin_content()
        return b"354 End with CRLF.CRLF\r\n"

    def _bdat(self, argument: bytes) -> bytes:
        """Answered after its octets are read."""
        if "CHUNKING" not in self._service.extensions:
            raise Refusal("502 5.5.1 BDAT is not offered")
        chunk = parse_bdat(argument)
        if chunk.size > self._service.max_size:  # no one waits for that much, and what follows is no command
            self.ended = True
            raise Refusal("552 5.3.4 Chunk too big")
        self._chunk = chunk
        return b""

    def _rset(self, _argument: bytes) -> bytes:
        self._reset()
        return b"250 2.0.0 OK\r\n"

    def _vrfy(self, argument: bytes) -> bytes:
        if not argument:
            raise Refusal("501 5.5.4 Syntax: VRFY address")
        return b"252 2.5.0 Send it and see\r\n"

    def _quit(self, _argument: bytes) -> bytes:
        self.ended = True
        return b"221 2.0.0 Bye\r\n"


_COMMANDS: dict[bytes, Callable[[ServerSession, bytes], bytes]] = {
    b"EHLO": ServerSession._ehlo,
    b"HELO": ServerSession._helo,
    b"STARTTLS": ServerSession._starttls,
    b"AUTH": ServerSession._auth,
    b"MAIL": ServerSession._mail,
    b"RCPT": ServerSession._rcpt,
    b"DATA": ServerSession._data,
    b"RSET": ServerSession._rset,
    b"VRFY": ServerSession._vrfy,
    b"BDAT": ServerSession._bdat,
    b"QUIT": ServerSession._quit,
}
