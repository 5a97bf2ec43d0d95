"""A client and the embedded sink on one loop, with the sink's transcript: what was sent is checked on both sides."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvloop

from benchkit.batch import to_mime
from benchkit.model.contracts import Transport
from benchkit.model.identity import token_of
from benchkit.model.message import Address, Content, Message
from benchkit.model.outcome import Outcome
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Security
from benchkit.model.trace import Phase, Trace
from tests.transports.clients import RUN_TOKEN, SinkRecords, at_a_sink


def message(recipients: int = 1, text: str = "Hello.\n.\nA line that begins with a dot is stuffed.") -> Message:
    to = tuple(Address("", f"user{number}@example.com") for number in range(recipients))
    content = Content("Grüße", Address("Shop", "shop@shop.example"), to, text)
    return Message(0, content, to_mime(content), "shop@shop.example", tuple(address.addr for address in to))


@dataclass(frozen=True, slots=True)
class Sent:
    """One message as the client saw it."""

    outcome: Outcome
    turns: int
    turns_to_close: int
    phases: tuple[Phase, ...]
    edges: tuple[int, ...]
    bytes_out: int


@dataclass(slots=True)
class Talk(SinkRecords):
    """What happened: on the client's side, and on the sink's."""

    sent: list[Sent] = field(default_factory=list)
    setup_turns: int = 0


def arm_of(way: str, **changes: Any) -> ArmSpec:
    """`way` as "smtp starttls plain", "smtp none", "api implicit"."""
    transport, security, *auth = way.split()
    settings: dict[str, Any] = {
        "name": way,
        "transport": transport,
        "client": "httpx" if transport == "api" else "aiosmtplib",
        "connection": ConnectionPolicy(1),
        "security": Security(security),
        "provider": "mailgun" if transport == "api" else "",
        "auth": auth[0] if auth else "",
        "timeout_s": 5.0,
    }
    return ArmSpec(**settings | changes)


async def converse(
    arm: ArmSpec, messages: list[Message], *, fresh: bool, tls: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
) -> Talk:
    """Send the messages, on one connection or on one each."""
    talk = Talk()
    async with at_a_sink(arm, talk, tls=tls) as (client, _):
        await _send_all(client, messages, talk, fresh=fresh)
    return talk


async def _send_all(client: Transport, messages: list[Message], talk: Talk, *, fresh: bool) -> None:
    trace = Trace()
    if not fresh:
        assert await client.connect(trace) is None
        talk.setup_turns = trace.turns
    for number, one in enumerate(messages):
        trace.begin()
        outcome = None if client.connected else await client.connect(trace)
        if outcome is None:
            outcome = await client.send(client.prepare(one), token_of(RUN_TOKEN, number), trace)
        if fresh:
            await client.close(trace)
        phases = tuple(Phase(phase) for phase in trace.phases)
        talk.sent.append(Sent(outcome, trace.turns, trace.turns_to_close, phases, tuple(trace.edges), trace.bytes_out))


Converse = Callable[..., Talk]


@pytest.fixture
def talk() -> Converse:
    """`talk("smtp none", [message()], fresh=True, faults=(…))`."""

    def run(
        way: str, messages: list[Message], *, fresh: bool, tls: Any = ssl.TLSVersion.TLSv1_3, **changes: Any
    ) -> Talk:
        return uvloop.run(converse(arm_of(way, **changes), messages, fresh=fresh, tls=tls))

    return run


@pytest.fixture
def compose_message() -> Callable[..., Message]:
    return message


@pytest.fixture
def make_arm() -> Callable[..., ArmSpec]:
    return arm_of
