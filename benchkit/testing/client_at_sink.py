"""A client and the embedded sink that it sends to, in one event loop, so that a test sees both sides.

The client reports outcome and trace; the sink records transcript and ledger.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType

import uvloop

from benchkit.model.contracts import Transport
from benchkit.model.endpoint import Endpoint, ListenerConfig
from benchkit.model.exchange import Received
from benchkit.model.identity import token_of
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome
from benchkit.model.scenario import ArmSpec
from benchkit.model.secret import Secret
from benchkit.model.trace import Trace
from benchkit.sink import MemoryLedger, Sink, Transcript, parse_body
from benchkit.transports import TRANSPORTS

RUN_TOKEN = "0badcafe"
USERNAME, PASSWORD = "user", "correct-horse"
# A busy machine is late too: only a test of a server that stays silent waits for a short time.
PATIENT_S, IMPATIENT_S = 10.0, 0.6
LONGEST_S = 60.0  # of one conversation: a client that waits for ever fails
MakesTransport = Callable[[Endpoint], Transport]


@dataclass(slots=True)
class SinkRecords:
    """What a sink saw."""

    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    transcript: Transcript = field(default_factory=Transcript)

    @property
    def arrived(self) -> list[int]:
        """The numbers of the sends, in the order of their arrival."""
        return [arrival.send for arrival in self.ledger.arrivals]

    def mails(self, arm: ArmSpec) -> list[Received]:
        """Content and envelope of each arrival, in their order, as the account of a run reads them."""
        return [
            parse_body(arm.transport, arm.provider, *self.ledger.bodies[arrival.arm, arrival.key])[0]
            for arrival in self.ledger.arrivals
        ]

    def commands(self, connection: int = 0) -> list[str]:
        """What the client sent, line by line."""
        return self.transcript.texts(connection, "in")


def endpoint_of(arm: ArmSpec, port: int, ca_pem: str = "", password: str = PASSWORD) -> Endpoint:
    """A server at this port of loopback."""
    return Endpoint("127.0.0.1", port, "localhost", arm, ca_pem, USERNAME, Secret(password))


@asynccontextmanager
async def at_a_sink(
    arm: ArmSpec,
    seen: SinkRecords,
    *,
    client: MakesTransport | None = None,
    password: str = PASSWORD,
    tls: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
    uploads: Mapping[str, bytes] = MappingProxyType({}),
) -> AsyncIterator[tuple[Transport, Sink]]:
    """The client (default: the arm's), closed at the end, and a sink with the arm's faults and limits.

    `uploads`: what the sink holds from its start, by name.
    """
    listener = ListenerConfig(
        0, arm.transport, arm.security, provider=arm.provider, options=arm.options, username=USERNAME, password=PASSWORD,
        auth_required=bool(arm.auth) or arm.transport == "api", faults=arm.faults, limit=arm.limit,
        batches=arm.messages_per_request > 1, uploads=uploads,
    )  # fmt: skip
    sink = Sink((listener,), seen.ledger, RUN_TOKEN, seen.transcript, maximum_tls=tls)
    (port,) = await sink.start()
    made = (client or TRANSPORTS[f"{arm.transport}_{arm.client}"])(endpoint_of(arm, port, sink.ca_pem, password))
    try:
        yield made, sink
    finally:
        try:
            await made.close(Trace())
        finally:
            await sink.stop()


@dataclass(slots=True)
class ClientAtSink(SinkRecords):
    """A client under test, its outcomes, and what the sink recorded."""

    transport: Transport = field(init=False)
    trace: Trace = field(default_factory=Trace)

    async def connect(self) -> None:
        assert await self.transport.connect(self.trace) is None
        assert self.transport.connected

    async def send(self, message: Message, number: int = 0) -> Outcome:
        """The trace starts here: earlier costs, such as the connection, are no longer in it."""
        prepared = self.transport.prepare(message)
        self.trace.begin()
        outcome = await self.transport.send(prepared, token_of(RUN_TOKEN, number), self.trace)
        assert list(self.trace.edges) == sorted(self.trace.edges)
        assert self.trace.started_ns <= (self.trace.edges or [self.trace.started_ns])[0]
        assert self.trace.ended_ns >= max(self.trace.edges, default=self.trace.started_ns)
        return outcome


def converse(
    arm: ArmSpec, conversation: Callable[[ClientAtSink], Awaitable[None]], client: MakesTransport | None = None
) -> ClientAtSink:
    """Runs `conversation` with a client that is not yet connected, at a sink that stops afterwards."""
    seen = ClientAtSink()

    async def run() -> None:
        async with asyncio.timeout(LONGEST_S), at_a_sink(arm, seen, client=client) as (seen.transport, _):
            await conversation(seen)

    uvloop.run(run())
    return seen
