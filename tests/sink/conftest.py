"""A sink in a thread of its own loop, so that blocking clients that no one here wrote can talk to it; ended with the test."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from typing import Any, TypeVar

import pytest
import uvloop

from benchkit.model.endpoint import ListenerConfig
from benchkit.sink import MemoryLedger, Sink, Transcript

T = TypeVar("T")
TIMEOUT_S = 10.0


class RunningSink:
    """A started sink. `transcript` is written only where it was asked for: that makes every session a careful one."""

    def __init__(
        self, *listeners: ListenerConfig, transcript: bool = False, loop: str = "uvloop", **options: Any
    ) -> None:
        self._loop = uvloop.new_event_loop() if loop == "uvloop" else asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self.ledger = MemoryLedger()
        self.transcript = Transcript()
        self.sink = Sink(listeners, self.ledger, transcript=self.transcript if transcript else None, **options)
        self._thread.start()
        self.ports = self.run(self.sink.start())

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(TIMEOUT_S)

    def call(self, function: Callable[[], T]) -> T:
        async def called() -> T:
            return function()

        return self.run(called())

    @property
    def port(self) -> int:
        return self.ports[0]

    @property
    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=self.sink.ca_pem)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), TIMEOUT_S)

    def talk(self, said: bytes) -> bytes:
        """Everything that the sink says to these bytes and the end of them."""
        with self.connect() as client:
            client.sendall(said)
            client.shutdown(socket.SHUT_WR)
            return heard(client)

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Until it holds, asked in the sink's own thread; fails after TIMEOUT_S."""

        async def asked() -> None:
            while not holds():  # noqa: ASYNC110  what is waited for is the kernel's doing, and no event tells
                await asyncio.sleep(0)

        self.run(asyncio.wait_for(asked(), TIMEOUT_S))

    def wait_until_empty(self) -> None:
        self.wait_until(lambda: self.sink.open_connections == 0)

    def close(self) -> None:
        self.run(self.sink.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def heard(client: socket.socket) -> bytes:
    """All there is to read until the end, a reset being an end too."""
    found = b""
    try:
        while data := client.recv(65536):
            found += data
    except ConnectionResetError:
        pass
    return found


Running = Callable[..., RunningSink]


@pytest.fixture
def running() -> Iterator[Running]:
    """`running(listener, …, **options of Sink)`, as often as a test wants."""
    with ExitStack() as stack:

        def run(*listeners: ListenerConfig, **options: Any) -> RunningSink:
            sink = RunningSink(*listeners, **options)
            stack.callback(sink.close)
            return sink

        yield run
