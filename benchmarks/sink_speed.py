"""How much the embedded sink can take: messages a second, and its own CPU time a message, on either side, without TLS.

The sink is a process of its own; this one is the load: ten connections that keep a message under way each, SMTP overlapped
(content of one message and envelope of the next in one group), HTTP keep-alive. The figure that counts is CPU per message:
the wall clock shares its cores with the load.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import cast

import uvloop

from benchkit.batch import to_mime
from benchkit.model.endpoint import ListenerConfig
from benchkit.model.exchange import Credentials
from benchkit.model.identity import split_at_identity, token_of
from benchkit.model.message import Address, Content, Message
from benchkit.model.scenario import Security
from benchkit.protocol.commands import dot_stuffed
from benchkit.providers import PROVIDERS
from benchkit.sink import Sink

CONNECTIONS = 10
MESSAGES = 60_000
TEXT_BYTES = 3_600
RUN_TOKEN = "0badcafe"
_LISTENERS = (
    ListenerConfig(0, "smtp", Security.NONE),
    ListenerConfig(1, "api", Security.NONE, "mailgun", password="key", auth_required=True),
)


class CountingLedger:
    """Only counts: a run's ledger on disk has its own cost, in columns, which is the store's to measure."""

    def __init__(self) -> None:
        self.sends: set[int] = set()

    def arrived(self, send: int, arm: int, key: bytes, arrived_ns: int, size: int, recipients: int) -> None:
        self.sends.add(send)

    def body(self, key: bytes, arm: int, head: bytes, body: bytes) -> None:
        """The bodies are of no interest here."""


class Sender(asyncio.Protocol):
    """One connection; the next request leaves when `marker` has been read as often as the one before is to be answered."""

    transport: asyncio.Transport

    def __init__(self, requests: Iterator[bytes], marker: bytes, done: asyncio.Future[None]) -> None:
        self._requests = requests
        self._marker = marker
        self._done = done

    def send(self) -> None:
        request = next(self._requests, None)
        if request is not None:
            self.transport.write(request)
        elif not self._done.done():
            self._done.set_result(None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._marker in data:
            self.send()


def smtp_requests(message: Message, sends: range) -> Iterator[bytes]:
    """EHLO and an envelope; then each content with the envelope of the message after it, the last envelope has no content."""
    envelope = f"MAIL FROM:<{message.envelope_from}>\r\nRCPT TO:<{message.recipients[0]}>\r\nDATA\r\n".encode()
    pieces = split_at_identity(dot_stuffed(message.mime))
    yield b"EHLO load.invalid\r\n" + envelope
    for send in sends:
        yield token_of(RUN_TOKEN, send).join(pieces) + envelope


def api_requests(message: Message, sends: range) -> Iterator[bytes]:
    request = PROVIDERS["mailgun"].request(message, Credentials("key"))
    lines = [
        f"POST {request.target} HTTP/1.1",
        "host: 127.0.0.1",
        f"content-length: {len(request.body)}",
        "accept: */*",
    ]
    lines += [f"{name}: {value}" for name, value in request.headers]
    pieces = split_at_identity("\r\n".join([*lines, "", ""]).encode() + request.body)
    for send in sends:
        yield token_of(RUN_TOKEN, send).join(pieces)


async def drive(port: int, requests: Callable[[range], Iterator[bytes]], marker: bytes, messages: int) -> None:
    loop = asyncio.get_running_loop()
    share = messages // CONNECTIONS
    waiting = []
    for first in range(0, messages, share):
        done = loop.create_future()
        source = requests(range(first, first + share))
        _, sender = await loop.create_connection(lambda s=source, d=done: Sender(s, marker, d), "127.0.0.1", port)  # type: ignore[misc]
        sender.send()
        waiting.append((done, sender))
    for done, sender in waiting:
        await done
        sender.transport.close()


async def _serve(line: Connection) -> None:
    """Tell the ports; then, at every word, the CPU time used and the messages counted; b"" ends it."""
    ledger = CountingLedger()
    sink = Sink(_LISTENERS, ledger, RUN_TOKEN)
    line.send(await sink.start())
    ended = asyncio.Event()

    def answer() -> None:
        if line.recv():
            line.send((time.process_time_ns(), len(ledger.sends)))
            ledger.sends.clear()
        else:
            ended.set()

    asyncio.get_running_loop().add_reader(line.fileno(), answer)
    await ended.wait()
    await sink.stop()


def _sink_process(line: Connection) -> None:
    uvloop.run(_serve(line))


@contextmanager
def running_sink() -> Iterator[tuple[Connection, tuple[int, ...]]]:
    """The sink's process, the line to it and its ports."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_sink_process, args=(theirs,))
    process.start()
    try:
        yield ours, ours.recv()
    finally:
        ours.send(b"")
        process.join()


def _ask(line: Connection) -> tuple[int, int]:
    line.send(b"?")
    cpu_ns, messages = line.recv()
    return cpu_ns, messages


def measure(messages: int = MESSAGES) -> dict[str, tuple[float, float]]:
    """Side → (µs of the sink's CPU per message, messages per second by the wall clock)."""
    content = Content(
        "Ruler",
        Address("", "a@load.example"),
        (Address("", "b@load.example"),),
        "0123456789abcde\n" * (TEXT_BYTES // 16),
    )
    message = Message(0, content, to_mime(content), "a@load.example", ("b@load.example",))
    sides = {
        "smtp": (lambda sends: smtp_requests(message, sends), b"354 "),
        "api": (lambda sends: api_requests(message, sends), b'"id"'),
    }
    found = {}
    with running_sink() as (line, ports):
        for port, (side, (requests, marker)) in zip(ports, sides.items(), strict=True):
            uvloop.run(drive(port, requests, marker, messages // 10))
            cpu_before, _ = _ask(line)
            started = time.perf_counter()
            uvloop.run(drive(port, requests, marker, messages))
            wall_s = time.perf_counter() - started
            cpu_after, counted = _ask(line)
            assert counted == messages, f"{side}: {counted} of {messages} arrived"
            found[side] = ((cpu_after - cpu_before) / messages / 1e3, messages / wall_s)
    return found


def main() -> None:
    for side, (cpu_us, per_s) in measure().items():
        sys.stdout.write(
            f"sink {side}: {1e6 / cpu_us:,.0f} messages/s per core ({cpu_us:.1f} µs), {per_s:,.0f}/s by the wall clock\n"
        )


if __name__ == "__main__":
    main()
