"""aiosmtplib with a meter. The library has no hooks, so its protocol class is replaced by one that counts (method.md §2).

Everything is seen on the decrypted stream, below the library's own logic: whatever round trip it makes is counted, also one
that nobody asked for. Clients that are not `MeteredSMTP` go through it untouched.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

import aiosmtplib.smtp
from aiosmtplib import SMTP, SMTPResponse, SMTPResponseException, SMTPStatus
from aiosmtplib.protocol import SMTPProtocol

from benchkit.model.trace import Phase, Trace
from benchkit.transports.connection_meter import ConnectionMeter


class MeteredAiosmtplib(SMTP):
    """A client with a meter, and the trace of the message under way."""

    def __init__(self, meter: ConnectionMeter, trace: Trace, **settings: Any) -> None:
        super().__init__(**settings)
        self.meter = meter
        self.trace = trace

    @property
    def idle(self) -> bool:
        """Nothing has come behind the reply that was last asked for."""
        return self.protocol is None or not self.protocol._buffer

    def secured(self, transport: asyncio.BaseTransport) -> None:
        """Count the handshake, if there was one."""
        session: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        if session is not None:
            self.meter.secured(session.version() or "", bool(session.session_reused))


class _MeteredProtocol(SMTPProtocol):
    """Counts writes and reads, and stamps the edges that lie inside one call of the library."""

    def __init__(self, loop: Any = None, connection_lost_callback: Any = None) -> None:
        super().__init__(loop, connection_lost_callback)
        # aiosmtplib gives its protocol nothing of the client but this bound method.
        owner = getattr(connection_lost_callback, "__self__", None)
        self._client = owner if isinstance(owner, MeteredAiosmtplib) else None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self._client is not None:
            self._client.secured(transport)
            self._client.trace.mark(Phase.BANNER)

    def write(self, data: bytes) -> None:
        """The library would take what came behind one reply for the next one: an extra 250 for an acceptance."""
        if self._client is not None:
            if not self._client.idle:
                raise SMTPResponseException(SMTPStatus.invalid_response, "a reply that nobody asked for")
            self._client.meter.wrote(len(data))
            if self._under_way() == Phase.DATA and data != b"DATA\r\n":
                self._client.trace.mark(Phase.CONTENT)
        super().write(data)

    def data_received(self, data: bytes) -> None:
        if self._client is not None:
            self._client.meter.read(len(data))
        super().data_received(data)

    async def read_response(self, timeout: float | None = None) -> SMTPResponse:  # noqa: ASYNC109
        response = await super().read_response(timeout)
        if self._client is not None and self._under_way() == Phase.STARTTLS:
            self._client.trace.mark(Phase.TLS)
        return response

    async def start_tls(self, *args: Any, **settings: Any) -> SMTPResponse:
        response = await super().start_tls(*args, **settings)
        if self._client is not None and self.transport is not None:
            self._client.secured(self.transport)
        return response

    def _under_way(self) -> int | None:
        phases = self._client.trace.phases if self._client is not None else ()
        return phases[-1] if phases else None


aiosmtplib.smtp.SMTPProtocol = _MeteredProtocol  # type: ignore[attr-defined]
