"""The wire client takes its leave: of an envelope in flight, and of TLS."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import uvloop

from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import ArmSpec
from benchkit.model.trace import Trace
from benchkit.sink.certificate import ServerCertificate
from tests.transports.clients import client_of
from tests.transports.scripted import Script, against, polite

Kind = OutcomeKind
MakeArm = Callable[..., ArmSpec]
Compose = Callable[..., Message]


def test_a_stop_takes_back_the_envelope_in_flight(make_arm: MakeArm, compose_message: Compose) -> None:
    """Closing with an announced message on its way sends neither its content nor a QUIT that would be taken for content."""
    heard: list[bytes] = []

    async def run() -> Outcome:
        async with against(
            make_arm("smtp none", client="wire", dialogue="overlapped"), Script(polite), heard
        ) as client:
            trace = Trace()
            assert await client.connect(trace) is None
            letter = client.prepare(compose_message())
            client.prefetch(letter)
            outcome: Outcome = await client.send(letter, b"bk0badcafe-0000000000", trace)
            return outcome

    assert uvloop.run(run()).kind is Kind.ACCEPTED
    assert heard[-3:] == [heard[1], heard[2], b"DATA"]


def test_closing_is_closing_in_tls_too(make_arm: MakeArm) -> None:
    """The server's end of the stream is an end, and no connection that was cut (which it would hear as SSLEOFError)."""
    certificate = ServerCertificate()

    def serve(listening: socket.socket) -> bytes:
        accepted, _ = listening.accept()
        with certificate.context().wrap_socket(accepted, server_side=True, suppress_ragged_eofs=False) as server:
            server.sendall(b"220 hi\r\n")
            server.recv(1000)
            server.sendall(b"250 hi\r\n")
            return server.recv(1000)

    async def run() -> bytes:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            listening.settimeout(5)
            end = asyncio.create_task(asyncio.to_thread(serve, listening))
            arm = make_arm("smtp implicit", client="wire")
            port = listening.getsockname()[1]
            client: Any = client_of(arm, port, certificate.ca_pem)
            assert await client.connect(Trace()) is None
            client._drop()  # as after a failure: without a QUIT
            return await end

    assert uvloop.run(run()) == b""
