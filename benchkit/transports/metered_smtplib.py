"""smtplib with a meter: its socket is ours, what it writes and reads is counted on the decrypted stream, TLS is stamped."""

from __future__ import annotations

import io
import smtplib
import socket
import ssl
from typing import Any

from benchkit.model.endpoint import Endpoint
from benchkit.model.scenario import Security
from benchkit.model.trace import Phase, Trace
from benchkit.protocol.reply_stream import Garbled
from benchkit.transports.connection_meter import ConnectionMeter


class MeteredSmtplib(smtplib.SMTP):
    """On a connected socket; nothing is looked up. `connect` is what the library makes of it: implicit TLS, and the banner."""

    def __init__(self, connected: socket.socket, endpoint: Endpoint, tls: ssl.SSLContext | None, trace: Trace) -> None:
        super().__init__(local_hostname=endpoint.local_hostname, timeout=endpoint.arm.timeout_s)
        self.trace = trace
        self.meter = ConnectionMeter()
        self.meter.over(connected, trace)
        self._host = endpoint.server_name  # what the library's STARTTLS holds the certificate against
        self._connected = connected
        self._connected.settimeout(endpoint.arm.timeout_s)
        self._implicit = endpoint.arm.security is Security.IMPLICIT
        self.tls = None if tls is None else _MeteredContext(tls, self)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        if self._implicit and self.tls is not None:
            self._connected = self.tls.wrap_socket(self._connected, self._host)
        self.trace.mark(Phase.BANNER)
        return self._connected

    @property
    def idle(self) -> bool:
        """Nothing has come behind the reply that was last asked for."""
        return self.file is None or not self._reader.left_in(self.file)

    def send(self, s: Any) -> None:
        """The library would take what came behind one reply for the next one: an extra 250 for an acceptance."""
        if not self.idle:
            raise Garbled("a reply that nobody asked for")
        data = s.encode(self.command_encoding) if isinstance(s, str) else s
        if self.trace.phases[-1] == Phase.DATA and data != b"data\r\n":
            self.trace.mark(Phase.CONTENT)
        self.meter.wrote(len(data))
        super().send(data)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self._reader = _MeteredReader(self.sock, self.meter)
            self.file = io.BufferedReader(self._reader)
        try:
            return super().getreply()
        except smtplib.SMTPResponseException as error:  # its code is the library's, and no word of the server
            raise Garbled(str(error.smtp_error)) from None

    def hang_up(self) -> None:
        """Whatever state the library is in: the socket is ours before it has taken it, and when it has let go of it."""
        self.close()
        self._connected.close()


class _MeteredReader(io.RawIOBase):
    """The reading half of a socket, which counts."""

    def __init__(self, sock: socket.socket, meter: ConnectionMeter) -> None:
        self._socket = sock
        self._meter = meter
        self._at_rest = False

    def left_in(self, file: io.BufferedReader) -> bytes:
        """What `file` has read here and not given: while we rest it can only show that."""
        self._at_rest = True
        left = file.peek(1)
        self._at_rest = False
        return left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._at_rest:
            return None
        size = self._socket.recv_into(buffer)
        self._meter.read(size)
        return size


class _MeteredContext:
    """What smtplib asks of an SSLContext; the handshake is its own phase."""

    def __init__(self, context: ssl.SSLContext, smtp: MeteredSmtplib) -> None:
        self._context = context
        self._smtp = smtp

    def wrap_socket(self, sock: socket.socket, server_hostname: str) -> ssl.SSLSocket:
        self._smtp.trace.mark(Phase.TLS)
        secured = self._context.wrap_socket(sock, server_hostname=server_hostname)
        self._smtp.meter.moved_to(secured)
        self._smtp.meter.secured(secured.version() or "", bool(secured.session_reused))
        return secured
