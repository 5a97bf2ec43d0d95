"""What a virtual sender tells a client that looks ahead: only ever of a message that goes over the same connection."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

import pytest

from benchkit.errors import BUG
from benchkit.experiment.worker.virtual_sender import VirtualSender
from benchkit.model.message import Message
from benchkit.model.outcome import ACCEPTED, Outcome, OutcomeKind
from benchkit.model.scenario import ConnectionPolicy
from benchkit.model.secret import SecretMask
from benchkit.model.trace import Phase, Trace


class FarSighted:
    """A transport that writes down what it is told."""

    prefetches = True

    def __init__(self) -> None:
        self.connected = False
        self.announced: list[Any] = []

    def prepare(self, message: Message) -> Any:
        return message

    def prefetch(self, prepared: Any) -> None:
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


class Failing(FarSighted):
    """A client with a defect: it raises where `at` says, and stamps the content's phase before if `in_content`."""

    def __init__(self, at: str, error: BaseException, *, in_content: bool = False) -> None:
        super().__init__()
        self._at, self._error, self._in_content = at, error, in_content

    async def connect(self, trace: Trace) -> Outcome | None:
        if self._at == "connect":
            raise self._error
        return await super().connect(trace)

    async def send(self, prepared: Any, identity: bytes, trace: Trace) -> Outcome:
        trace.mark(Phase.CONTENT if self._in_content else Phase.MAIL)
        if self._at == "send":
            raise self._error
        return await super().send(prepared, identity, trace)

    async def close(self, trace: Trace) -> None:
        await super().close(trace)
        if self._at == "close":
            raise self._error


@pytest.mark.parametrize(
    ("at", "in_content", "kind"),
    [
        ("connect", False, OutcomeKind.UNREACHABLE),
        ("send", False, OutcomeKind.UNREACHABLE),
        ("send", True, OutcomeKind.AMBIGUOUS),
        ("close", False, OutcomeKind.ACCEPTED),
    ],
)
@pytest.mark.parametrize(
    "error", [ValueError("\ud800"), RecursionError(), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "")]
)
def test_an_exception_in_one_send_is_that_send_s_outcome(
    at: str, in_content: bool, kind: OutcomeKind, error: Exception
) -> None:
    sender = VirtualSender(Failing(at, error, in_content=in_content), ConnectionPolicy(1), count())
    outcome = asyncio.run(sender.send(0, b""))
    assert outcome.kind is kind
    outcome.text.encode("utf-8")
    if kind is not OutcomeKind.ACCEPTED:
        assert BUG in outcome.text


@pytest.mark.parametrize(("in_content", "kind"), [(False, OutcomeKind.TIMED_OUT), (True, OutcomeKind.AMBIGUOUS)])
def test_a_message_ends_with_its_deadline_whatever_its_client_does(in_content: bool, kind: OutcomeKind) -> None:
    class Slow(FarSighted):
        async def send(self, prepared: Any, identity: bytes, trace: Trace) -> Outcome:
            trace.mark(Phase.CONTENT if in_content else Phase.MAIL)
            await asyncio.Event().wait()
            raise AssertionError("not reached")

    async def send_two() -> list[Outcome]:
        sender = VirtualSender(Slow(), ConnectionPolicy(0), count(), deadline_s=0.05)
        found = [await sender.send(0, b""), await sender.send(1, b"")]
        await sender.close()
        return found

    outcomes = asyncio.run(asyncio.wait_for(send_two(), 5))
    assert [outcome.kind for outcome in outcomes] == [kind, kind]
    assert outcomes[0].text == "no outcome within the deadline of 0.05 s"


SECRET = "hunter2-and-more"


@pytest.mark.parametrize("at", ["connect", "send"])
def test_what_a_client_repeats_of_a_secret_is_hidden(at: str) -> None:
    """Also where it crashes with it, before the first message or with one."""

    async def outcomes() -> list[Outcome | None]:
        error = ValueError(f"Illegal header value {SECRET.encode()!r}")
        sender = VirtualSender(Failing(at, error), ConnectionPolicy(0), count(), mask=SecretMask([SECRET]))
        return [await sender.open(), await sender.send(None, b""), *await one_batch(Failing(at, error))]

    async def one_batch(transport: Failing) -> list[Outcome]:
        sender = VirtualSender(transport, ConnectionPolicy(1), count(), 2, mask=SecretMask([SECRET]))
        return list(await sender.send_batch([None], [b""]))

    messages = [outcome.text for outcome in asyncio.run(outcomes()) if outcome is not None]
    assert any("[hidden]" in text for text in messages)
    assert all(SECRET not in text for text in messages)
