"""Servers whose bytes are mangled, seeded: what the wire client makes of them is an outcome, never a false "accepted"."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from benchkit.model.endpoint import Endpoint
from benchkit.model.identity import token_of
from benchkit.model.message import Message
from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import ArmSpec
from benchkit.model.trace import Trace
from benchkit.transports.smtp_wire import Client
from tests.transports.scripted import hang_up

SESSION = (b"220 mx.example ESMTP\r\n", b"250-mx.example\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 8BITMIME\r\n")
_REPLIES = {
    b"MAIL": b"250 2.1.0 ok\r\n",
    b"RCPT": b"250 2.1.5 ok\r\n",
    b"DATA": b"354 go on\r\n",
    b"RSET": b"250 ok\r\n",
}
_WORDS = (
    b"\r\n",
    b"\n",
    b"\r",
    b"250 ok\r\n",
    b"354 \r\n",
    b"421 4.3.2 bye\r\n",
    b"550-",
    b"250",
    b"\0",
    b"\xff",
    b"9" * 3000,
)
_AT_ONCE = 100
MESSAGES = 3


def mangle(draw: random.Random, wire: bytes) -> bytes:
    """One to three cuts, repetitions, insertions or flips."""
    for _ in range(draw.randint(1, 3)):
        at = draw.randint(0, len(wire))
        to = min(len(wire), at + draw.randint(0, 12))
        piece = draw.choice(
            (b"", wire[at:to] * 2, draw.choice(_WORDS) + wire[at:to], draw.randbytes(to - at), wire[at:to][::-1])
        )
        wire = wire[:at] + piece + wire[to:]
    return wire


@dataclass(slots=True)
class Case:
    """One connection's server: mangles some of its replies, and keeps what it took."""

    seed: int
    draw: random.Random
    taken: list[bytes] = field(default_factory=list)  # contents, each answered with a line that begins with 250

    def reply(self, wire: bytes) -> bytes:
        return mangle(self.draw, wire) if self.draw.random() < 0.15 else wire


class MangledServer(asyncio.Protocol):
    def __init__(self, case: Case) -> None:
        self._case = case
        self._pending, self._in_content = b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._case.reply(SESSION[0]))

    def data_received(self, data: bytes) -> None:
        self._pending += data
        answers = b""
        while (unit := self._unit()) is not None:
            wire = self._case.reply(self._answer(unit))
            if self._took(unit) and any(line.startswith(b"250") for line in wire.split(b"\r\n")):
                self._case.taken.append(unit)
            answers += wire
        if answers:
            self._transport.write(answers)
            if self._case.draw.random() < 0.03:
                hang_up(self._transport, reset=self._case.seed % 2 == 1)

    def _unit(self) -> bytes | None:
        if self._in_content:
            end = self._pending.find(b"\r\n.\r\n")
            size = end + 5 if end >= 0 else 3 if self._pending.startswith(b".\r\n") else 0
        elif self._pending.startswith(b"BDAT "):
            head, found, _ = self._pending.partition(b"\r\n")
            size = len(head) + 2 + int(head.split()[1]) if found else 0
        else:
            size = self._pending.find(b"\r\n") + 2
        if size < 3 or len(self._pending) < size:
            return None
        unit, self._pending = self._pending[:size], self._pending[size:]
        return unit

    def _took(self, unit: bytes) -> bool:
        return b"X-Benchkit-Id" in unit

    def _answer(self, unit: bytes) -> bytes:
        if self._in_content:
            self._in_content = False
            return b"250 2.0.0 queued\r\n"
        self._in_content = unit.startswith(b"DATA")
        return SESSION[1] if unit.startswith(b"EHLO") else _REPLIES.get(unit[:4], b"250 ok\r\n")


async def survive(
    arm: Callable[[str], ArmSpec], message: Message, seeds: range, dialogues: tuple[str, ...]
) -> dict[OutcomeKind, int]:
    """Every seed's mangled server against every dialogue in turn; the outcomes counted. Raises at the first that is none."""
    loop = asyncio.get_running_loop()
    found = dict.fromkeys(OutcomeKind, 0)
    limit = asyncio.Semaphore(_AT_ONCE)

    async def one(seed: int) -> None:
        async with limit:
            case = Case(seed, random.Random(seed))
            server = await loop.create_server(lambda: MangledServer(case), "127.0.0.1", 0)
            endpoint = Endpoint(
                "127.0.0.1", server.sockets[0].getsockname()[1], "localhost", arm(dialogues[seed % len(dialogues)])
            )
            async with asyncio.timeout(30):
                for kind in await _session(Client(endpoint), message, case):
                    found[kind] += 1
            server.close()

    async with asyncio.TaskGroup() as group:
        for seed in seeds:
            group.create_task(one(seed))
    return found


async def _session(client: Client, message: Message, case: Case) -> list[OutcomeKind]:
    trace, kinds = Trace(), []
    letter = client.prepare(message)
    for number in range(MESSAGES):
        trace.begin()
        identity = token_of("0badcafe", number)
        outcome = None if client.connected else await client.connect(trace)
        if outcome is None:
            if client.prefetches and number + 1 < MESSAGES:
                client.prefetch(letter)
            outcome = await client.send(letter, identity, trace)
        if outcome.kind is OutcomeKind.ACCEPTED:
            assert any(identity in content for content in case.taken), (
                f"a false accepted: {identity!r}, seed {case.seed}"
            )
        else:
            assert outcome.text or outcome.code
        kinds.append(outcome.kind)
    await client.close(trace)
    return kinds
