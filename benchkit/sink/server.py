"""The embedded sink: one loopback port for each listener, all in one process, which is not a measured one.

A listener that names no port gets one of the kernel's choice. TLS comes from a certificate authority that lives as long as the
sink.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence

from benchkit.model.clock import Clock, MonotonicClock
from benchkit.model.contracts import Ledger
from benchkit.model.endpoint import ListenerConfig
from benchkit.model.exchange import Credentials
from benchkit.model.scenario import Security
from benchkit.protocol.authentication import MECHANISMS
from benchkit.protocol.service import EXTENSIONS, MAX_MESSAGE, Service
from benchkit.providers import PROVIDERS
from benchkit.sink import http2
from benchkit.sink.answered_keys import AnsweredKeys
from benchkit.sink.api import MAX_BODY, ApiListener, ApiSession
from benchkit.sink.arrival_recorder import ArrivalRecorder
from benchkit.sink.certificate import ALPN, ServerCertificate
from benchkit.sink.connection import OpenConnections, SinkConnection
from benchkit.sink.faults import Faults, faults_of
from benchkit.sink.faulty_api import FaultyApiSession
from benchkit.sink.faulty_smtp import FaultySmtpSession
from benchkit.sink.smtp import SmtpListener, SmtpSession
from benchkit.sink.transcript import Transcript

BACKLOG = 4096
IDLE_S = 300.0  # RFC 5321 §4.5.3.2.7
HANDSHAKE_S = 30.0  # a connection counts, and is swept, once its TLS stands

_Factory = Callable[[], SinkConnection]


class Sink:
    """`start` gives the ports, one for each listener in order; `ca_pem` is empty where no one asked for TLS."""

    def __init__(
        self,
        listeners: Sequence[ListenerConfig],
        ledger: Ledger,
        run_token: str = "",
        transcript: Transcript | None = None,
        *,
        host: str = "127.0.0.1",
        maximum_tls: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
        idle_s: float = IDLE_S,
        clock: Clock | None = None,
    ) -> None:
        self._listeners = tuple(listeners)
        self._ledger = ledger
        self._run_token = run_token
        self._host = host
        self._maximum_tls = maximum_tls
        self._idle_s = idle_s
        self._clock = clock or MonotonicClock()
        self._connections = OpenConnections(transcript)
        encrypted = any(listener.security is not Security.NONE for listener in self._listeners)
        self._certificate = ServerCertificate(host) if encrypted else None
        self._servers: list[asyncio.Server] = []
        self._sweeping: asyncio.TimerHandle | None = None

    @property
    def ca_pem(self) -> str:
        return self._certificate.ca_pem if self._certificate else ""

    @property
    def open_connections(self) -> int:
        return len(self._connections.live)

    @property
    def congestion(self) -> tuple[str, ...]:
        """The TCP congestion control in force at each listener, which its connections inherit."""
        names = (
            server.sockets[0].getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16) for server in self._servers
        )
        return tuple(name.rstrip(b"\0").decode("ascii") for name in names)

    async def start(self) -> tuple[int, ...]:
        for listener in self._listeners:
            self._servers.append(await self._listen(listener))
        self._sweep_later()
        return tuple(server.sockets[0].getsockname()[1] for server in self._servers)

    async def stop(self) -> None:
        """No new connections; the open ones are cut."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        for server in self._servers:
            server.close()
        self._connections.abort()
        for server in self._servers:
            await server.wait_closed()
        self._servers.clear()

    def _sweep_later(self) -> None:
        self._sweeping = asyncio.get_running_loop().call_later(self._idle_s, self._sweep)

    def _sweep(self) -> None:
        self._connections.sweep()
        self._sweep_later()

    async def _listen(self, listener: ListenerConfig) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        tls = self._tls_of(listener)
        server = await loop.create_server(
            self._factory(listener, tls),
            self._host,
            listener.port,
            ssl=tls if listener.security is Security.IMPLICIT else None,
            ssl_handshake_timeout=HANDSHAKE_S if listener.security is Security.IMPLICIT else None,
            backlog=BACKLOG,
        )
        if listener.congestion:  # no one knows the port yet: every connection will have it
            name = listener.congestion.encode("ascii")
            server.sockets[0].setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, name)
        return server

    def _tls_of(self, listener: ListenerConfig) -> ssl.SSLContext | None:
        if self._certificate is None or listener.security is Security.NONE:
            return None
        return self._certificate.context(self._maximum_tls, (http2.ALPN, ALPN) if listener.protocol == "api" else ())

    def _factory(self, listener: ListenerConfig, tls: ssl.SSLContext | None) -> _Factory:
        """Fast sessions; or slower ones if faults are possible or a transcript is written."""
        recorder = ArrivalRecorder(listener.arm, self._ledger, self._run_token)
        faults = faults_of(listener, self._clock)
        if faults is None and self._connections.transcript is not None:
            faults = Faults(listener, self._clock)
        if listener.protocol == "api":
            return self._api_factory(listener, recorder, faults)
        return self._smtp_factory(listener, recorder, faults, tls)

    def _smtp_factory(
        self, config: ListenerConfig, recorder: ArrivalRecorder, faults: Faults | None, tls: ssl.SSLContext | None
    ) -> _Factory:
        service = Service(
            starttls=config.security is Security.STARTTLS,
            auth_required=config.auth_required,
            username=config.username,
            password=config.password,
            max_size=config.limit.message_bytes or MAX_MESSAGE,
            extensions=config.extensions or EXTENSIONS,
            extensions_before_tls=config.extensions_before_tls or config.extensions or EXTENSIONS,
            mechanisms=config.mechanisms or MECHANISMS,
        )
        implicit = config.security is Security.IMPLICIT
        listener = SmtpListener(service, recorder, self._connections, implicit, tls)
        return (lambda: SmtpSession(listener)) if faults is None else (lambda: FaultySmtpSession(listener, faults))

    def _api_factory(self, config: ListenerConfig, recorder: ArrivalRecorder, faults: Faults | None) -> _Factory:
        account = Credentials(config.password, config.options)
        server = PROVIDERS[config.provider].server
        max_body = config.limit.message_bytes or MAX_BODY
        listener = ApiListener(
            server,
            account,
            config.auth_required,
            recorder,
            self._connections,
            max_body,
            config.batches,
            {**config.uploads},
            AnsweredKeys.of(server),
        )
        return (lambda: ApiSession(listener)) if faults is None else (lambda: FaultyApiSession(listener, faults))
