"""A client of any arm, and the embedded sink that it sends to: both on one loop, so that both sides can be looked at."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from benchkit.model.contracts import Transport
from benchkit.model.endpoint import Endpoint, ListenerConfig
from benchkit.model.identity import token_of
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome
from benchkit.model.scenario import ArmSpec, Fault, Secret
from benchkit.model.trace import Trace
from benchkit.sink import MemoryLedger, Sink, Transcript
from benchkit.transports import TRANSPORTS

RUN_TOKEN = "0badcafe"
USERNAME, PASSWORD = "user", "correct-horse"
# A busy machine is late too: only who waits for a server that stays silent is impatient.
PATIENT_S, IMPATIENT_S = 10.0, 0.6


@dataclass(slots=True)
class Seen:
    """What a sink saw."""

    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    transcript: Transcript = field(default_factory=Transcript)

    @property
    def arrived(self) -> list[int]:
        return [arrival.send for arrival in self.ledger.arrivals]


def patience_s(fault: Fault) -> float:
    return IMPATIENT_S if fault.delay else PATIENT_S


def client_of(arm: ArmSpec, port: int, ca_pem: str = "", password: str = PASSWORD) -> Transport:
    """The arm's client, for a server at this port of loopback."""
    endpoint = Endpoint("127.0.0.1", port, "localhost", arm, ca_pem, USERNAME, Secret(password))
    return TRANSPORTS[f"{arm.transport}_{arm.client}"](endpoint)


@asynccontextmanager
async def at_a_sink(
    arm: ArmSpec, seen: Seen, *, password: str = PASSWORD, tls: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
) -> AsyncIterator[tuple[Transport, Sink]]:
    """The arm's client, which is closed at the end, and a sink with the arm's faults and limits; its password is PASSWORD."""
    door = ListenerConfig(
        0, arm.transport, arm.security, provider=arm.provider, options=arm.options, username=USERNAME, password=PASSWORD,
        auth_required=bool(arm.auth) or arm.transport == "api", faults=arm.faults, limit=arm.limit,
        batches=arm.messages_per_request > 1,
    )  # fmt: skip
    sink = Sink((door,), seen.ledger, RUN_TOKEN, seen.transcript, maximum_tls=tls)
    (port,) = await sink.start()
    client = client_of(arm, port, sink.ca_pem, password)
    try:
        yield client, sink
    finally:
        await client.close(Trace())
        await sink.stop()


async def outcome_of_one(client: Transport, message: Message) -> Outcome:
    """The message over a connection of its own, or why there is none."""
    trace = Trace()
    failure = await client.connect(trace)
    return failure or await client.send(client.prepare(message), token_of(RUN_TOKEN, 0), trace)
