"""Messages that share a request: how the engine puts them together, and what is written down of each."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.experiment.paces import PACES
from benchkit.experiment.plan.request_check import _repeated
from benchkit.experiment.worker.engine import ArmAtWork, Engine
from benchkit.experiment.worker.virtual_sender import VirtualSender
from benchkit.model.message import Message
from benchkit.model.outcome import ACCEPTED, Outcome, OutcomeKind
from benchkit.model.plan import PlanCell
from benchkit.model.scenario import ConnectionPolicy
from benchkit.model.trace import Phase, Trace

REJECTED = Outcome(OutcomeKind.REJECTED, 550)


class Together:
    """A transport that writes down what shared a request; each costs a turn and as many bytes as messages."""

    def __init__(self, failing: Sequence[int] = (), unreachable: bool = False) -> None:
        self.connected = False
        self.requests: list[list[int]] = []
        self.connections = 0
        self._failing = failing
        self._unreachable = unreachable

    def prepare(self, message: Message) -> Any:
        raise AssertionError("one by one")

    def prepare_batch(self, messages: Sequence[Message]) -> Sequence[Any]:
        return messages

    async def connect(self, trace: Trace) -> Outcome | None:
        trace.mark(Phase.CONNECT)
        if self._unreachable:
            return Outcome(OutcomeKind.UNREACHABLE)
        self.connected = True
        self.connections += 1
        return None

    async def send(self, prepared: Any, identity: bytes, trace: Trace) -> Outcome:
        raise AssertionError("one by one")

    async def send_batch(self, prepared: Sequence[Any], identities: Sequence[bytes], trace: Trace) -> Sequence[Outcome]:
        await asyncio.sleep(0)
        self.requests.append(list(prepared))
        trace.mark(Phase.REQUEST)
        trace.turns += 1
        trace.bytes_out += len(prepared)
        trace.retransmits += 1
        trace.finish()
        return [REJECTED if number in self._failing else ACCEPTED for number in prepared]

    async def close(self, trace: Trace) -> None:
        self.connected = False


@dataclass
class Rows:
    """What the engine records, a tuple a send."""

    rows: list[tuple[int, int, int, int, int, int, int, int, OutcomeKind]] = field(default_factory=list)
    begun: int = 0

    def begin(self, send: int, arm: int) -> None:
        self.begun += 1

    def record(
        self, send: int, cell: PlanCell, message: int, sender: int, intended_ns: int,
        trace: Trace, connection: int, nth: int, outcome: Outcome,
    ) -> None:  # fmt: skip
        stamps = (trace.started_ns, trace.turns, trace.bytes_out, trace.retransmits)
        self.rows.append((send, message, *stamps, connection, nth, outcome.kind))

    def column(self, number: int) -> list[Any]:
        return [row[number] for row in sorted(self.rows)]


SEND, MESSAGE, STARTED, TURNS, BYTES, RETRANSMITS, CONNECTION, NTH, KIND = range(9)


def walk(transports: Sequence[Together], messages: int, together: int, policy: int = 0, cells: int = 1) -> Rows:
    numbers, rows = count(), Rows()
    senders = tuple(VirtualSender(one, ConnectionPolicy(policy), numbers, together) for one in transports)
    arm = ArmAtWork(senders, tuple(range(100, 100 + messages)))
    engine = Engine((arm,), PACES["throughput"], "0badcafe", rows)
    plan = [PlanCell(0, False, 0, 0, i * messages, messages, 0, messages) for i in range(cells)]
    asyncio.run(engine.walk(plan))
    return rows


@given(st.integers(1, 60), st.integers(2, 20), st.integers(1, 4))
def test_requests_are_as_few_as_can_be_and_every_message_is_recorded_once(
    messages: int, together: int, senders: int
) -> None:
    transports = [Together() for _ in range(senders)]
    rows = walk(transports, messages, together)
    requests = [request for transport in transports for request in transport.requests]
    assert len(requests) == -(-messages // together)
    assert sorted(number for request in requests for number in request) == list(range(100, 100 + messages))
    assert all(request == list(range(request[0], request[0] + len(request))) for request in requests)
    assert rows.column(SEND) == list(range(messages))
    assert sum(rows.column(TURNS)) == len(requests)
    assert sum(rows.column(BYTES)) == messages


def test_the_first_of_a_request_has_what_it_cost_and_all_have_its_times_and_their_own_outcome() -> None:
    rows = walk([Together(failing=[101, 104])], messages=5, together=3)
    assert rows.column(TURNS) == [1, 0, 0, 1, 0]
    assert rows.column(BYTES) == [3, 0, 0, 2, 0]
    assert rows.column(RETRANSMITS) == [1] * 5, "which each of them met"
    assert rows.column(NTH) == [0, 1, 2, 3, 4]
    assert rows.column(CONNECTION) == [0] * 5
    assert [kind is OutcomeKind.REJECTED for kind in rows.column(KIND)] == [False, True, False, False, True]
    started = rows.column(STARTED)
    assert len(set(started[:3])) == len(set(started[3:])) == 1
    assert started[2] < started[3]


def test_where_nobody_answers_each_message_says_so() -> None:
    rows = walk([Together(unreachable=True)], messages=4, together=2)
    assert rows.column(KIND) == [OutcomeKind.UNREACHABLE] * 4
    assert rows.column(NTH) == rows.column(CONNECTION) == [-1] * 4


@pytest.mark.parametrize(
    ("policy", "requests", "connections"),
    [
        pytest.param(0, [4, 4, 2, 4, 4, 2], 1, id="reuse"),
        pytest.param(4, [4, 4, 2, 2, 4, 4], 5, id="a connection for each full request"),
        pytest.param(8, [4, 4, 2, 4, 2, 4], 3, id="two requests a connection"),
    ],
)
def test_a_request_never_carries_more_than_its_connection(policy: int, requests: list[int], connections: int) -> None:
    transport = Together()
    rows = walk([transport], messages=10, together=4, policy=policy, cells=2)
    assert [len(request) for request in transport.requests] == requests
    assert transport.connections == connections
    if policy:
        assert max(rows.column(NTH)) == policy - 1


REPEATED = {
    "all different": ("abcd", 4, ""),
    "beside each other": ("aabc", 2, "a: give more recipients, or set messages_per_request to 1 or less"),
    "far enough apart": ("abab", 2, ""),
    "too near": ("abab", 3, "a: give more recipients, or set messages_per_request to 2 or less"),
    "round the corner": ("abca", 2, "a: give more recipients, or set messages_per_request to 1 or less"),
    "the same once more": ("abc", 4, "a: give more recipients, or set messages_per_request to 3 or less"),
    "the closest of all": ("abacddc", 7, "d: give more recipients, or set messages_per_request to 1 or less"),
    "alone, one by one": ("a", 1, ""),
    "no keys": ("", 5, ""),
}


@pytest.mark.parametrize(("keys", "together", "said"), REPEATED.values(), ids=REPEATED)
def test_who_would_get_two_messages_in_a_request(keys: str, together: int, said: str) -> None:
    found = _repeated(tuple(keys), together)
    assert found == (f"two messages in one request would go to {said}" if said else "")
