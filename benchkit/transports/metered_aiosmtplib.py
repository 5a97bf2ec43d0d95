"""aiosmtplib with a meter and a watch. The library has no hooks, so its protocol class is replaced (method.md §2).

Everything is observed on the decrypted stream, below the library, so round trips that the library adds are counted too.
`ReplyStream` reads the same bytes: a reply that RFC 5321 §4.2 does not allow is an error, even if the library accepts it.
Only `MeteredAiosmtplib` clients are affected.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

import aiosmtplib.smtp
from aiosmtplib import SMTP, SMTPResponse, SMTPResponseException, SMTPServerDisconnected, SMTPStatus
from aiosmtplib.protocol import SMTPProtocol

from benchkit.model.trace import Phase, Trace
from benchkit.protocol.replies import Garbled, ReplyStream
from benchkit.transports.connection import ConnectionMeter

_MOST_UNASKED = 64  # replies behind the one that was asked for, before we hang up


class MeteredAiosmtplib(SMTP):
    """A client with a meter, and the trace of the current message."""

    def __init__(self, meter: ConnectionMeter, trace: Trace, **settings: Any) -> None:
        super().__init__(**settings)
        self.meter = meter
        self.trace = trace

    @property
    def idle(self) -> bool:
        """Whether nothing was received after the last expected reply."""
        return not isinstance(self.protocol, _MeteredProtocol) or self.protocol.watch.idle

    def hang_up(self) -> None:
        """Closes at once: otherwise the library would keep writing content whose outcome is already known."""
        transport: Any = self.transport
        if transport is not None and transport.get_write_buffer_size():
            transport.abort()
        self.close()

    def secured(self, transport: asyncio.BaseTransport) -> None:
        """Counts the TLS handshake, if there was one."""
        session: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        if session is not None:
            self.meter.secured(session.version() or "", bool(session.session_reused))


class _MeteredProtocol(SMTPProtocol):
    """Counts writes and reads, and records the phase edges inside a single library call."""

    def __init__(self, loop: Any = None, connection_lost_callback: Any = None) -> None:
        super().__init__(loop, connection_lost_callback)
        # aiosmtplib gives its protocol nothing of the client but this bound method.
        owner = getattr(connection_lost_callback, "__self__", None)
        self._client = owner if isinstance(owner, MeteredAiosmtplib) else None
        self.watch = ReplyStream()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self._client is not None:
            self._client.secured(transport)
            self._client.trace.mark(Phase.BANNER)

    def write(self, data: bytes) -> None:
        """Refuses extra bytes after a reply: the library would take an extra 250 as the acceptance of the next command."""
        if self._client is not None:
            if not self._client.idle:
                raise _outside("a reply without a command")
            self._client.meter.wrote(len(data))
            if self._under_way() == Phase.DATA and data != b"DATA\r\n":
                self._client.trace.mark(Phase.CONTENT)
        super().write(data)

    def data_received(self, data: bytes) -> None:
        if self._client is None:
            super().data_received(data)
            return
        self._client.meter.read(len(data))
        self.watch.feed(data)
        waiter = self._response_waiter
        if self.watch.broken and waiter is not None and not waiter.done():
            self._set_response_exception(waiter, _outside(self._violation()))
        else:
            super().data_received(data)
        transport: Any = self.transport
        if len(self.watch.replies) > _MOST_UNASKED and transport is not None:
            transport.abort()  # else replies without a command would fill our memory

    async def read_response(self, timeout: float | None = None) -> SMTPResponse:  # noqa: ASYNC109
        response = await super().read_response(timeout)
        if self._client is None:
            return response
        self._check_reply(response)
        if self._under_way() == Phase.STARTTLS:
            if response.code == SMTPStatus.ready and not self.watch.idle:  # RFC 3207 §6, CVE-2011-0411
                raise _outside("plaintext came before the TLS handshake")
            self._client.trace.mark(Phase.TLS)
        return response

    def _check_reply(self, response: SMTPResponse) -> None:
        try:
            taken = self.watch.take(1)
        except Garbled as error:
            raise _outside(str(error)) from None
        if taken is None and not self.is_connected:
            raise SMTPServerDisconnected("the connection ended within a reply")
        if taken is None or taken[0].code != response.code:
            raise _outside(f"not an SMTP reply: {response.code} {response.message[:80]!r}")

    def _violation(self) -> str:
        try:
            self.watch.take(1)
        except Garbled as error:
            return str(error)
        return ""

    async def start_tls(self, *args: Any, **settings: Any) -> SMTPResponse:
        response = await super().start_tls(*args, **settings)
        if self._client is not None and self.transport is not None:
            self._client.secured(self.transport)
        return response

    def _under_way(self) -> int | None:
        phases = self._client.trace.phases if self._client is not None else ()
        return phases[-1] if phases else None


def _outside(why: str) -> SMTPResponseException:
    """The library's own error for a reply that breaks the protocol.

    Its code is negative, so it never counts as an acceptance.
    """
    return SMTPResponseException(SMTPStatus.invalid_response, why)


aiosmtplib.smtp.SMTPProtocol = _MeteredProtocol  # type: ignore[attr-defined]
