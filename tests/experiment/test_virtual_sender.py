"""What a virtual sender tells a client that looks ahead: only ever of a message that goes over the same connection."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

import pytest

from benchkit.experiment.worker.virtual_sender import VirtualSender
from benchkit.model.message import Message
from benchkit.model.outcome import ACCEPTED, Outcome
from benchkit.model.scenario import ConnectionPolicy
from benchkit.model.trace import Phase, Trace


class FarSighted:
    """A transport that writes down what it is told."""

    looks_ahead = True

    def __init__(self) -> None:
        self.connected = False
        self.announced: list[Any] = []

    def prepare(self, message: Message) -> Any:
        return message

    def announce(self, prepared: Any) -> None:
        self.announced.append(prepared)

    async def connect(self, trace: Trace) -> Outcome | None:
        trace.mark(Phase.CONNECT)
        self.connected = True
        return None

    async def send(self, prepared: Any, identity: bytes, trace: Trace) -> Outcome:
        trace.finish()
        return ACCEPTED

    async def close(self, trace: Trace) -> None:
        self.connected = False


@pytest.mark.parametrize(
    ("messages_a_connection", "announced"),
    [
        pytest.param(1, [], id="fresh"),
        pytest.param(2, [1, 3], id="two a connection"),
        pytest.param(0, [1, 2, 3, 4], id="reuse"),
    ],
)
def test_only_what_the_same_connection_will_carry_is_announced(
    messages_a_connection: int, announced: list[int]
) -> None:
    transport = FarSighted()
    sender = VirtualSender(transport, ConnectionPolicy(messages_a_connection), count())

    async def send_five() -> None:
        for number in range(5):
            await sender.send(number, b"", number + 1 if number < 4 else None)

    asyncio.run(send_five())
    assert transport.announced == announced
