"""A stage for any client of the registry: it sends to the embedded sink, and what the sink saw is looked at afterwards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import uvloop

from benchkit.batch import to_mime
from benchkit.model.contracts import Transport
from benchkit.model.endpoint import Endpoint, Listener
from benchkit.model.identity import token_of
from benchkit.model.message import Address, Content, Message
from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Secret, Security
from benchkit.model.trace import Trace
from benchkit.sink import MemoryLedger, Sink, Transcript
from benchkit.transports import TRANSPORTS

RUN_TOKEN = "0badcafe"
SECURITIES = {"smtp": ("none", "starttls", "implicit"), "api": ("none", "implicit")}
SENDING = [name for name in TRANSPORTS.names() if not name.startswith("null_")]
WAYS = [(name, security) for name in SENDING for security in SECURITIES[name.partition("_")[0]]]
LAST_WORD = {"smtp": "content", "api": "response"}
Talk = Callable[["Stage"], Awaitable[None]]


@dataclass
class Stage:
    """A client, and what the sink has seen of it."""

    client: Transport
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    transcript: Transcript = field(default_factory=Transcript)
    trace: Trace = field(default_factory=Trace)

    @property
    def arrived(self) -> list[int]:
        return [arrival.send for arrival in self.ledger.arrivals]

    async def send(self, number: int) -> OutcomeKind:
        outcome = await self.client.send(self.client.prepare(message(number)), token_of(RUN_TOKEN, number), self.trace)
        assert self.trace.ended_ns >= self.trace.started_ns
        assert list(self.trace.edges) == sorted(self.trace.edges)
        return outcome.kind


# A busy machine is late too: only who waits for a server that stays silent is impatient.
PATIENT_S, IMPATIENT_S = 10.0, 0.6


def message(number: int = 0) -> Message:
    content = Content(
        "Grüße", Address("Shop", "shop@shop.example"), (Address("", "user@example.com"),), f"Hello {number}."
    )
    return Message(number, content, to_mime(content), "shop@shop.example", ("user@example.com",))


def arm(name: str, security: str) -> ArmSpec:
    transport, _, client = name.partition("_")
    return ArmSpec(
        name, transport, client, ConnectionPolicy(0), Security(security),
        provider="mailgun" if transport == "api" else "", auth="plain" if security == "starttls" else "", timeout_s=PATIENT_S,
    )  # fmt: skip


def play(spec: ArmSpec, talk: Talk) -> Stage:
    """`talk` on a stage that stands, and falls when it is over."""
    stage = Stage(None)  # type: ignore[arg-type]

    async def perform() -> None:
        door = Listener(
            0, spec.transport, spec.security, spec.provider, username="user", password="secret",
            auth_required=bool(spec.auth) or spec.transport == "api", faults=spec.faults,
            batches=spec.messages_per_request > 1,
        )  # fmt: skip
        sink = Sink((door,), stage.ledger, RUN_TOKEN, stage.transcript)
        (port,) = await sink.start()
        endpoint = Endpoint("127.0.0.1", port, "localhost", spec, sink.ca_pem, "user", Secret("secret"))
        stage.client = TRANSPORTS[f"{spec.transport}_{spec.client}"](endpoint)
        try:
            await talk(stage)
        finally:
            await stage.client.close(Trace())
            await sink.stop()

    uvloop.run(perform())
    return stage
