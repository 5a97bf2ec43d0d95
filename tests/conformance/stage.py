"""A stage for any client of the registry: it sends to the embedded sink, and what the sink saw is looked at afterwards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import uvloop

from benchkit.batch import to_mime
from benchkit.model.contracts import Transport
from benchkit.model.identity import token_of
from benchkit.model.message import Address, Content, Message
from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Security
from benchkit.model.trace import Trace
from benchkit.transports import TRANSPORTS
from tests.transports.clients import PATIENT_S, RUN_TOKEN, Seen, at_a_sink

SECURITIES = {"smtp": ("none", "starttls", "implicit"), "api": ("none", "implicit")}
SENDING = [name for name in TRANSPORTS.names() if not name.startswith("null_")]
WAYS = [(name, security) for name in SENDING for security in SECURITIES[name.partition("_")[0]]]
LAST_WORD = {"smtp": "content", "api": "response"}
Talk = Callable[["Stage"], Awaitable[None]]


@dataclass(slots=True)
class Stage(Seen):
    """A client, and what the sink has seen of it."""

    client: Transport = field(init=False)
    trace: Trace = field(default_factory=Trace)

    async def send(self, number: int) -> OutcomeKind:
        outcome = await self.client.send(self.client.prepare(message(number)), token_of(RUN_TOKEN, number), self.trace)
        assert self.trace.ended_ns >= self.trace.started_ns
        assert list(self.trace.edges) == sorted(self.trace.edges)
        return outcome.kind


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
    stage = Stage()

    async def perform() -> None:
        async with at_a_sink(spec, stage) as (stage.client, _):
            await talk(stage)

    uvloop.run(perform())
    return stage
