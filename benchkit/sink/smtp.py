"""An SMTP connection of the sink: passes what it reads to the session, writes the replies together, starts TLS on request.

One read gives at most one write, whatever a client has pipelined (RFC 2920 §3.2).
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass

from benchkit.protocol.server_session import ServerSession
from benchkit.protocol.service import Service
from benchkit.sink.arrival_recorder import ArrivalRecorder
from benchkit.sink.connection import OpenConnections, SinkConnection
from benchkit.sink.parsing import envelope_head


@dataclass(frozen=True, slots=True)
class SmtpListener:
    """What the connections of one SMTP listener share. `tls` is for STARTTLS; `implicit` says that TLS came first."""

    service: Service
    recorder: ArrivalRecorder
    connections: OpenConnections
    implicit: bool = False
    tls: ssl.SSLContext | None = None

    def deliver(self, sender: bytes, recipients: list[bytes], content: bytes) -> None:
        identity, send = self.recorder.identify(content)
        self.recorder.take(envelope_head(sender, recipients), content, len(recipients), identity, send)


class SmtpSession(SinkConnection):
    def __init__(self, listener: SmtpListener) -> None:
        super().__init__(listener.connections)
        self._listener = listener
        self._dialogue = ServerSession(listener.service, listener.deliver, secure=listener.implicit)
        self._upgrading: asyncio.Task[None] | None = None
        self._early = b""  # decrypted before the end of the handshake was noticed

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._greet()

    def data_received(self, data: bytes) -> None:
        self.active = True
        if self._upgrading is None:
            self._dialogue.feed(data)
            self._run()
        else:
            self._early += data

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._upgrading is not None:
            self._upgrading.cancel()

    def _greet(self) -> None:
        self.transport.write(self._dialogue.banner)

    def _run(self) -> None:
        step = self._dialogue.step
        replies = []
        while (reply := step()) is not None:
            replies.append(reply)
        if replies:
            self.transport.write(b"".join(replies))
            self._settle()

    def _settle(self) -> None:
        """Does what the written replies promised: TLS, or closing the connection."""
        if self._dialogue.ended:
            self.transport.close()
        elif self._dialogue.tls_requested and self._upgrading is None:
            self.transport.pause_reading()  # neither the ClientHello nor plaintext behind STARTTLS is ours to read
            self._upgrading = asyncio.get_running_loop().create_task(self._upgrade())

    async def _upgrade(self) -> None:
        assert self._listener.tls is not None
        loop = asyncio.get_running_loop()
        try:
            secured = await loop.start_tls(self.transport, self, self._listener.tls, server_side=True)
        except OSError:  # ssl.SSLError is one: a client that does not speak TLS, or is gone
            secured = None
        self._upgrading = None
        if secured is None:
            self.transport.abort()
            self.connection_lost(None)
            return
        self.transport = secured
        self._dialogue.secured()
        early, self._early = self._early, b""
        self.data_received(early)
