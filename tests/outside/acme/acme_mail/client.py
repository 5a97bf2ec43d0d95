"""An SMTP client over benchkit's instrumented byte stream, which counts and stamps: one command at a time, without TLS."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from benchkit.model.client_offers import ClientOffers
from benchkit.model.endpoint import Endpoint
from benchkit.model.message import Message
from benchkit.model.outcome import ACCEPTED, Outcome, OutcomeKind
from benchkit.model.trace import Phase, Trace
from benchkit.protocol.prepared_message import PreparedMessage
from benchkit.protocol.replies import RECIPIENT_TAKEN, Garbled, Reply, ReplyStream, accepted_but_for, outcome_of_refusal
from benchkit.transports.failed_connections import failed, garbled
from benchkit.transports.wire_stream import WireStream

QUIT_S = 2.0


class Client:
    """One connection at a time."""

    offers = ClientOffers(libraries=("acme-mail",))  # no TLS, no log-in, one dialogue

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._stream: WireStream | None = None
        self._replies = ReplyStream()

    @property
    def connected(self) -> bool:
        return self._stream is not None and self._stream.is_idle and self._replies.idle

    def prepare(self, message: Message) -> PreparedMessage:
        return PreparedMessage(message, chunked=False)

    async def connect(self, trace: Trace) -> Outcome | None:
        self._drop()
        self._replies = ReplyStream()
        trace.mark(Phase.CONNECT)
        try:
            self._stream = await WireStream.open(self._endpoint, trace)
            trace.mark(Phase.BANNER)
            greeting = await self._ask(b"")
            trace.mark(Phase.EHLO)
            hello = await self._ask(f"EHLO {self._endpoint.local_hostname}\r\n".encode())
        except (OSError, Garbled) as error:
            return self._failed(error, trace, in_doubt=False)
        self._stream.meter.settle(trace)
        if (greeting.code, hello.code) != (220, 250):
            self._drop()
            return outcome_of_refusal(hello.code, hello.text)
        return None

    async def send(self, prepared: PreparedMessage, identity: bytes, trace: Trace) -> Outcome:
        try:
            outcome = await self._transaction(prepared, identity, trace)
        except (OSError, Garbled) as error:
            assert self._stream is not None
            in_doubt = trace.phases[-1] == Phase.CONTENT and self._stream.is_written()
            trace.finish()
            return self._failed(error, trace, in_doubt=in_doubt)
        except asyncio.CancelledError:
            self._drop()
            raise
        trace.finish()
        assert self._stream is not None
        self._stream.meter.settle(trace)
        if outcome.kind is not OutcomeKind.ACCEPTED:
            await self._reset(trace)
        return outcome

    async def close(self, trace: Trace) -> None:
        trace.mark(Phase.CLOSE)
        stream = self._stream
        if stream is not None and self.connected:
            with suppress(OSError, Garbled):
                stream.set_timeout(QUIT_S)
                await self._ask(b"QUIT\r\n")
        trace.finish_close()
        if stream is not None:
            stream.meter.settle_close(trace)
        self._drop()

    async def _transaction(self, prepared: PreparedMessage, identity: bytes, trace: Trace) -> Outcome:
        trace.mark(Phase.MAIL)
        reply = await self._ask(prepared.mail)
        if reply.code != 250:
            return outcome_of_refusal(reply.code, reply.text)
        trace.mark(Phase.RCPT)
        replies = [await self._ask(line) for line in prepared.rcpts]
        pairs = zip(prepared.recipients, replies, strict=True)
        refused = [(address, reply) for address, reply in pairs if reply.code not in RECIPIENT_TAKEN]
        if len(refused) == len(replies):
            return outcome_of_refusal(replies[-1].code, replies[-1].text)
        trace.mark(Phase.DATA)
        reply = await self._ask(b"DATA\r\n")
        if reply.code != 354:
            return outcome_of_refusal(reply.code, reply.text)
        trace.mark(Phase.CONTENT)
        reply = await self._ask(prepared.content(identity))
        if reply.code != 250:
            return outcome_of_refusal(reply.code, reply.text)
        return accepted_but_for([address for address, _ in refused], 250, refused[-1][1].text) if refused else ACCEPTED

    async def _ask(self, line: bytes) -> Reply:
        assert self._stream is not None
        if line:
            self._stream.write(line)
        while (taken := self._replies.take(1)) is None:
            received = await self._stream.read()
            if not received:
                raise ConnectionResetError("the server closed the connection")
            self._replies.feed(received)
        return taken[0]

    async def _reset(self, trace: Trace) -> None:
        with suppress(OSError, Garbled):
            if (await self._ask(b"RSET\r\n")).code == 250 and self._stream is not None:
                self._stream.meter.settle_close(trace)
                return
        self._drop()

    def _failed(self, error: Exception, trace: Trace, *, in_doubt: bool) -> Outcome:
        if self._stream is not None:
            self._stream.meter.settle(trace)
        self._drop()
        return garbled(error) if isinstance(error, Garbled) else failed(error, in_doubt=in_doubt)

    def _drop(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
