"""SMTP by benchkit's own client: a sequence of protocol/client_sequences.py over one instrumented byte stream.

If a connection breaks, the number of bytes that the kernel had taken decides the outcome: without its final dot, or the last
byte of its BDAT, no server has the message. An envelope without content is not a message either.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from benchkit.model.client_offers import TLS, ClientOffers
from benchkit.model.endpoint import Endpoint
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import Security
from benchkit.model.trace import Phase, Trace
from benchkit.protocol.client_sequences import DIALOGUES, Ending, Then, refusal_so_far
from benchkit.protocol.login import LOGINS
from benchkit.protocol.prepared_message import PreparedMessage, dsn_needs
from benchkit.protocol.replies import (
    Capabilities,
    Garbled,
    Reply,
    ReplyCache,
    ReplyStream,
    capabilities_of,
    outcome_of_refusal,
    unoffered,
)
from benchkit.transports.connection import tls_context
from benchkit.transports.failed_connections import failed, garbled
from benchkit.transports.wire_stream import WireStream

_GOODBYE_S = 2.0  # how long a QUIT may go unanswered before we hang up
_CLOSED = "the server closed the connection"
_TIDYING = {Then.RESET: b"RSET\r\n", Then.LONE_DOT: b".\r\n"}


class _Refused(Exception):
    """Connecting failed: the server refused a command, or does not offer what the arm needs."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


class Client:
    """One SMTP connection at a time."""

    offers = ClientOffers(securities=TLS, logins=tuple(LOGINS), dialogues=tuple(DIALOGUES), dsn=True)

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._tls = tls_context(endpoint)
        self._dialogue = DIALOGUES[endpoint.arm.dialogue]
        self._stream: WireStream | None = None
        self._cache: ReplyCache = {}
        self._replies = ReplyStream(self._cache)
        self._offer = Capabilities()
        self._announced: PreparedMessage | None = None
        self._in_flight: PreparedMessage | None = None

    @property
    def prefetches(self) -> bool:
        return self._dialogue.overlaps

    def prefetch(self, prepared: PreparedMessage) -> None:
        if not self._offer.refusal(prepared.needs, prepared.size):
            self._announced = self._as_offered(prepared)

    @property
    def connected(self) -> bool:
        stream = self._stream
        if stream is None:
            return False
        if self._in_flight is not None:  # an envelope that no one has answered can be said again
            return not (stream.ended and self._replies.idle)
        return stream.is_idle and self._replies.idle

    def prepare(self, message: Message) -> PreparedMessage:
        return PreparedMessage(message, chunked=self._dialogue.chunked, dsn=self._endpoint.arm.dsn)

    async def connect(self, trace: Trace) -> Outcome | None:
        self._drop()
        self._replies = ReplyStream(self._cache)
        trace.mark(Phase.CONNECT)
        try:
            await self._open(trace)
        except _Refused as refused:
            return self._failed(refused.outcome, trace)
        except (OSError, Garbled) as error:
            return self._failed(_outcome_of(error, in_doubt=False), trace)
        except asyncio.CancelledError:
            self._drop()
            raise
        self._settle(trace)
        return None

    async def send(self, prepared: PreparedMessage, identity: bytes, trace: Trace) -> Outcome:
        """Sends one message. An interruption closes the connection, because the state of the dialogue is then unknown."""
        assert self._stream is not None, "connect first"
        following, self._announced = self._announced, None
        if refusal := self._offer.refusal(prepared.needs, prepared.size):
            trace.finish()
            return refusal
        try:
            outcome, then = await self._transact(self._as_offered(prepared), identity, trace, following)
            if outcome.kind is OutcomeKind.ACCEPTED and not self._is_written(following):
                raise Garbled("accepted before all of it had left")
        except Garbled as error:
            outcome, then = _outcome_of(error, in_doubt=False), Then.END
        except OSError as error:
            outcome, then = self._cut_short(error, prepared, following, trace), Then.END
        except asyncio.CancelledError:
            self._drop()
            raise
        trace.finish()
        self._settle(trace)
        if then is not Then.NOTHING:
            await self._recover(then, trace)
        return outcome

    async def close(self, trace: Trace) -> None:
        trace.mark(Phase.CLOSE)
        if self._stream is not None and self._in_flight is None and self.connected:
            with suppress(OSError):  # the mail is sent: a server that does not answer QUIT changes nothing
                self._stream.set_timeout(_GOODBYE_S)
                self._stream.write(b"QUIT\r\n")
                await self._stream.read()
        trace.finish_close()
        if self._stream is not None:
            self._stream.meter.settle_close(trace)
        self._drop()

    async def _open(self, trace: Trace) -> None:
        endpoint, arm = self._endpoint, self._endpoint.arm
        stream = self._stream = await WireStream.open(endpoint, trace)
        if arm.security is Security.IMPLICIT:
            await self._secure(stream, trace)
        trace.mark(Phase.BANNER)
        await self._expect(b"", 220)
        await self._greet(trace)
        if arm.security is Security.STARTTLS:
            self._need("STARTTLS")
            trace.mark(Phase.STARTTLS)
            await self._expect(b"STARTTLS\r\n", 220)
            await self._secure(stream, trace)
            await self._greet(trace)
        if arm.auth:
            self._need(f"AUTH {arm.auth.upper()}")
            trace.mark(Phase.AUTH)
            await self._log_in()
        self._need(*self._dialogue.needs, *dsn_needs(arm.dsn))

    def _as_offered(self, prepared: PreparedMessage) -> PreparedMessage:
        return prepared.declared if "SIZE" in self._offer else prepared

    async def _secure(self, stream: WireStream, trace: Trace) -> None:
        assert self._tls is not None
        if (
            not self._replies.idle
        ):  # plaintext of the server, or of someone else, is not to be taken for words after TLS
            raise Garbled("plaintext came before the TLS handshake")
        trace.mark(Phase.TLS)
        await stream.start_tls(self._tls, self._endpoint.server_name)

    async def _greet(self, trace: Trace) -> None:
        trace.mark(Phase.EHLO)
        reply = await self._expect(f"EHLO {self._endpoint.local_hostname}\r\n".encode(), 250)
        self._offer = capabilities_of(reply)

    async def _log_in(self) -> None:
        login = LOGINS[self._endpoint.arm.auth](
            self._endpoint.username.encode(), self._endpoint.password.reveal().encode()
        )
        line = next(login)
        while (reply := await self._command(line + b"\r\n")).code == 334:
            try:
                line = login.send(reply.text)
            except StopIteration:
                break
        if reply.code != 235:
            raise _Refused(outcome_of_refusal(reply.code, reply.text))

    def _need(self, *keywords: str) -> None:
        if missing := self._offer.missing(keywords):
            raise _Refused(unoffered(missing))

    async def _expect(self, line: bytes, code: int) -> Reply:
        reply = await self._command(line)
        if reply.code != code:
            raise _Refused(outcome_of_refusal(reply.code, reply.text))
        return reply

    async def _command(self, line: bytes) -> Reply:
        (reply,) = await self._turn(line, 1)
        return reply

    async def _transact(
        self, prepared: PreparedMessage, identity: bytes, trace: Trace, following: PreparedMessage | None
    ) -> Ending:
        assert self._in_flight in (None, prepared), "what was announced comes next"
        group_sent, self._in_flight = self._in_flight is prepared, None
        talk = self._dialogue.talk(prepared, identity, following, group_sent)
        phase, data, count = next(talk)
        current_phase = None
        try:
            while True:
                if phase is not current_phase:
                    trace.mark(phase)
                    current_phase = phase
                if phase is Phase.CONTENT:
                    self._in_flight = following
                phase, data, count = talk.send(await self._turn(data, count))
        except StopIteration as end:
            ending: Ending = end.value
            return ending

    async def _turn(self, data: bytes, count: int) -> Sequence[Reply]:
        """Writes a group of commands and waits for all replies. If the server has closed, nothing more is written."""
        stream, replies = self._stream, self._replies
        assert stream is not None
        if data and replies.idle:
            stream.write(data)
        elif data and not replies.is_closing:
            raise Garbled(f"a reply that no one asked for: {[reply.text for reply in replies.replies]}")
        while (answers := replies.take(count)) is None:
            received = await stream.read()
            if not received:
                raise ConnectionResetError(_CLOSED)
            replies.feed(received)
        if count > 1 and not (replies.idle or replies.is_closing):  # which of them answers which command?
            raise Garbled(f"more replies than commands, after {answers[-1].code} {answers[-1].text!r}")
        return answers

    def _cut_short(
        self, error: OSError, prepared: PreparedMessage, following: PreparedMessage | None, trace: Trace
    ) -> Outcome:
        """The outcome of a broken send: a refusal already received counts; otherwise the bytes written decide if it is
        ambiguous.
        """
        if refused := refusal_so_far(self._replies.replies, len(prepared.rcpts)):
            return refused
        return _outcome_of(error, in_doubt=trace.phases[-1] == Phase.CONTENT and self._is_written(following))

    def _is_written(self, following: PreparedMessage | None) -> bool:
        assert self._stream is not None
        return self._stream.is_written(0 if following is None else len(following.group))

    async def _recover(self, then: Then, trace: Trace) -> None:
        """Leave the connection ready for the next message, or closed.

        The reply to a content ends its transaction (RFC 5321 §4.1.1.4). Where the next one has begun behind it, the server
        would take RSET for a line of that message.
        """
        if then is Then.RESET and self._in_flight is not None:
            return
        stream, tidying = self._stream, _TIDYING.get(then)
        if stream is not None and tidying is not None:
            with suppress(OSError, Garbled, asyncio.CancelledError):  # the outcome is known: a deadline ends only this
                if (await self._command(tidying)).code == 250 or then is Then.LONE_DOT:
                    stream.meter.settle_close(trace)
                    return
        self._drop()

    def _failed(self, outcome: Outcome, trace: Trace) -> Outcome:
        self._settle(trace)
        self._drop()
        return outcome

    def _settle(self, trace: Trace) -> None:
        if self._stream is not None:
            self._stream.meter.settle(trace)

    def _drop(self) -> None:
        self._announced = self._in_flight = None
        if self._stream is not None:
            self._stream.close()
            self._stream = None


def _outcome_of(error: Exception, *, in_doubt: bool) -> Outcome:
    return garbled(error) if isinstance(error, Garbled) else failed(error, in_doubt=in_doubt)
