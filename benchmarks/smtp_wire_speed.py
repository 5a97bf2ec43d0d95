"""The wire client beside Postfix's smtp-source, in C, on Postfix's smtp-sink: ten connections, messages of 4 kB, recording on.

Each round runs every way once, and a ratio is of one round: what else the machine does hits both. The `bare` loop writes the
same bytes as `overlapped` and counts line ends, without engine, parser, stamps or records: what is above it is benchkit's own.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import cast

import uvloop

from benchkit.batch import to_mime
from benchkit.experiment.paces import PACES
from benchkit.experiment.worker.engine import ArmAtWork, Engine
from benchkit.experiment.worker.virtual_sender import VirtualSender
from benchkit.model.clock import MonotonicClock
from benchkit.model.endpoint import Endpoint
from benchkit.model.identity import token_of
from benchkit.model.message import Address, Content, Message
from benchkit.model.plan import PlanCell
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Security
from benchkit.protocol.prepared_message import PreparedMessage
from benchkit.store import Recorder
from benchkit.store.spool import read_batches
from benchkit.transports.smtp_wire import Client

CONNECTIONS = 10
SIZE = 4096
TOKEN = "0badcafe"


@dataclass(frozen=True, slots=True)
class Way:
    """One row of the table. `goal` is the least ratio to `peer` that the project asks of itself."""

    name: str
    dialogue: str = ""
    fresh: bool = False
    peer: str = ""
    goal: float = 0.0


SOURCE, SOURCE_FRESH = "smtp-source", "smtp-source, new connection each"
WAYS = (
    Way(SOURCE),
    Way(SOURCE_FRESH, fresh=True),
    Way("bare loop"),
    Way("overlapped", "overlapped", peer=SOURCE, goal=1.15),
    Way("pipelined", "pipelined", peer=SOURCE, goal=0.65),
    Way("step", "step", peer=SOURCE, goal=0.42),
    Way("step, new connection each", "step", fresh=True, peer=SOURCE_FRESH, goal=0.4),
)


def compose() -> Message:
    """One message of SIZE bytes as MIME."""
    sender, to = Address("", "a@load.example"), Address("", "b@load.example")
    for filler in range(SIZE, 0, -1):
        text = ("0123456789" * 7 + "\n") * (filler // 71) + "x" * (filler % 71)
        mime = to_mime(content := Content("Ruler", sender, (to,), text))
        if len(mime) <= SIZE:
            return Message(0, content, mime, sender.addr, (to.addr,))
    raise AssertionError("no text is short enough")


async def through_engine(port: int, way: Way, messages: int, folder: Path) -> None:
    """The worker's whole path: engine, senders, client, recorder."""
    arm = ArmSpec(way.name, "smtp", "wire", ConnectionPolicy(int(way.fresh)), Security.NONE, dialogue=way.dialogue)
    endpoint = Endpoint("127.0.0.1", port, "localhost", arm)
    clients = [Client(endpoint) for _ in range(CONNECTIONS)]
    numbers = itertools.count()
    senders = tuple(VirtualSender(client, arm.connection, numbers) for client in clients)
    recorder = Recorder(folder, MonotonicClock(), planned=messages)
    engine = Engine((ArmAtWork(senders, (clients[0].prepare(compose()),)),), PACES["throughput"], TOKEN, recorder)
    assert not await engine.open(), "smtp-sink does not answer"
    cell = PlanCell(0, False, 0, 0, 0, messages, 0, 1)
    await engine.walk([cell])
    await engine.close()
    recorder.close()


class BareSender(asyncio.Protocol):
    """Writes the next group when the line ends of the answers to the one before have been counted."""

    def __init__(self, groups: Iterator[bytes], done: asyncio.Future[None]) -> None:
        self._groups, self._done, self._unanswered = groups, done, 1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._unanswered -= data.count(b"\r\n")
        if self._unanswered <= 0:
            group = next(self._groups, None)
            if group is None:
                self._done.set_result(None)
                return
            self._unanswered = 4 if len(group) > SIZE // 2 else 3 if group.startswith(b"MAIL") else 1
            self._transport.write(group)


async def bare_loop(port: int, messages: int) -> None:
    letter = PreparedMessage(compose(), chunked=False)
    loop = asyncio.get_running_loop()

    def groups() -> Iterator[bytes]:
        yield b"HELO load.invalid\r\n"
        yield letter.group
        for send in range(messages // CONNECTIONS):
            yield letter.content(token_of(TOKEN, send)) + letter.group

    waiting = []
    for _ in range(CONNECTIONS):
        done = loop.create_future()
        transport, _ = await loop.create_connection(lambda d=done: BareSender(groups(), d), "127.0.0.1", port)  # type: ignore[misc]
        waiting.append((done, transport))
    for done, transport in waiting:
        await done
        transport.abort()


def smtp_source(port: int, messages: int, *, fresh: bool) -> None:
    kept = [] if fresh else ["-d"]
    command = ["smtp-source", *kept, "-s", str(CONNECTIONS), "-m", str(messages), "-l", str(SIZE), f"127.0.0.1:{port}"]
    subprocess.run(command, check=True, timeout=300)


def run_once(port: int, way: Way, messages: int) -> tuple[float, float]:
    """(messages per second, µs of CPU per message; 0 for smtp-source, which is another process)."""
    messages = messages // 4 if way.fresh else messages
    with tempfile.TemporaryDirectory(prefix="benchkit-") as folder:
        started, cpu = time.perf_counter(), time.process_time()
        if way.name in (SOURCE, SOURCE_FRESH):
            smtp_source(port, messages, fresh=way.fresh)
        elif way.dialogue:
            uvloop.run(through_engine(port, way, messages, Path(folder)))
        else:
            uvloop.run(bare_loop(port, messages))
        took, cpu_used = time.perf_counter() - started, time.process_time() - cpu
        if way.dialogue:
            assert accepted_in(Path(folder)) == messages, f"{way.name}: not every message was accepted"
    return messages / took, cpu_used / messages * 1e6


def accepted_in(folder: Path) -> int:
    batches = read_batches(folder / "messages.arrow")
    return sum(batch.column("outcome").to_pylist().count(0) for batch in batches)


@contextlib.contextmanager
def smtp_sink() -> Iterator[int]:
    """Postfix's sink on a port of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    process = subprocess.Popen(["smtp-sink", "-u", "nobody", f"127.0.0.1:{port}", "1000"], stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.01)
        yield port
    finally:
        process.terminate()
        process.wait()


def main(messages: int = 40_000, rounds: int = 5) -> None:
    if not (shutil.which("smtp-sink") and shutil.which("smtp-source")):
        sys.exit("smtp-sink and smtp-source are missing: apt-get install --no-install-recommends postfix")
    with smtp_sink() as port:
        found = [{way.name: run_once(port, way, messages) for way in WAYS} for _ in range(rounds)]
    for way in WAYS:
        rate, cpu = (median(one[way.name][k] for one in found) for k in (0, 1))
        line = f"{way.name:34} {rate:8,.0f} messages/s" + (f"  {cpu:5.1f} µs CPU" if cpu > 1 else "")
        if way.peer:
            ratios = sorted(one[way.name][0] / one[way.peer][0] for one in found)
            line += f"  × {median(ratios):.2f} of {way.peer} [{ratios[0]:.2f}, {ratios[-1]:.2f}], goal {way.goal}"
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
