"""smtplib with a meter and a watch: its reads and writes are counted on the decrypted stream, TLS is stamped.

The same bytes go through `ReplyStream`: a reply that RFC 5321 §4.2 does not allow does not count, even if the library accepts
it. From a write to the whole reply a step takes at most the arm's `timeout_s`, however slowly the bytes come.
"""

from __future__ import annotations

import io
import smtplib
import socket
import ssl
from contextlib import suppress
from time import monotonic
from typing import Any

from benchkit.model.endpoint import Endpoint
from benchkit.model.scenario import Security
from benchkit.model.trace import Phase, Trace
from benchkit.protocol.replies import Garbled, ReplyStream
from benchkit.transports.connection import ConnectionMeter


class MeteredSmtplib(smtplib.SMTP):
    """On a connected socket; nothing is looked up. `connect` is what the library makes of it: implicit TLS, and the banner."""

    def __init__(self, connected: socket.socket, endpoint: Endpoint, tls: ssl.SSLContext | None, trace: Trace) -> None:
        super().__init__(local_hostname=endpoint.local_hostname, timeout=endpoint.arm.timeout_s)
        self.trace = trace
        self.meter = ConnectionMeter()
        self.meter.over(connected, trace)
        self._host = endpoint.server_name  # what the library's STARTTLS holds the certificate against
        self._connected = connected
        self._timeout_s = endpoint.arm.timeout_s
        self._begin_step()
        self.watch = ReplyStream()
        self._implicit = endpoint.arm.security is Security.IMPLICIT
        self.tls = None if tls is None else _MeteredContext(tls, self)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        if self._implicit and self.tls is not None:
            self.tls.wrap_socket(self._connected, self._host)
        self.trace.mark(Phase.BANNER)
        self._begin_step()
        return self._connected

    @property
    def idle(self) -> bool:
        """Whether nothing was received after the last expected reply."""
        return self.watch.idle

    def set_timeout(self, timeout_s: float) -> None:
        """Sets the time limit of each step from now on."""
        self._timeout_s = timeout_s

    def _begin_step(self) -> None:
        self.step_ends_s = monotonic() + self._timeout_s
        (self.sock or self._connected).settimeout(self._timeout_s)

    def send(self, s: Any) -> None:
        """Refuses extra bytes after a reply: the library would take an extra 250 as the acceptance of the next command."""
        if not self.idle:
            raise Garbled("a reply without a command")
        data = s.encode(self.command_encoding) if isinstance(s, str) else s
        if self.trace.phases[-1] == Phase.DATA and data != b"data\r\n":
            self.trace.mark(Phase.CONTENT)
        self.meter.wrote(len(data))
        self._begin_step()
        super().send(data)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_MeteredReader(self.sock, self))
        try:
            code, text = super().getreply()
        except smtplib.SMTPResponseException as error:  # its code is the library's, and no word of the server
            raise Garbled(str(error.smtp_error)) from None
        taken = self.watch.take(1)
        if taken is None:
            raise smtplib.SMTPServerDisconnected("the connection ended within a reply")
        if taken[0].code != code:
            raise Garbled(f"not an SMTP reply: {code} {text[:80]!r}")
        return code, text

    def cut(self) -> None:
        """Called from another thread: ends whatever this thread waits for, a handshake too."""
        with suppress(OSError):
            socket.socket.shutdown(
                self._connected, socket.SHUT_RDWR
            )  # ssl's own would take the TLS object from under it

    def hang_up(self) -> None:
        """Closes the socket in any state of the library: it may not have taken the socket yet, or have released it already."""
        self.close()
        self._connected.close()

    def take_over(self, secured: ssl.SSLSocket) -> None:
        """From now on this object owns the connection; the one before has released it."""
        self._connected = secured
        self.meter.moved_to(secured)


class _MeteredReader(io.RawIOBase):
    """The reading half of a socket, which counts, watches, and ends with the step."""

    def __init__(self, sock: socket.socket, smtp: MeteredSmtplib) -> None:
        self._socket = sock
        self._smtp = smtp

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        smtp = self._smtp
        remaining_s = smtp.step_ends_s - monotonic()
        if remaining_s <= 0:
            raise TimeoutError("timed out")
        self._socket.settimeout(remaining_s)
        size = self._socket.recv_into(buffer)
        smtp.meter.read(size)
        smtp.watch.feed(bytes(buffer[:size]))
        if smtp.watch.broken:
            smtp.watch.take(1)  # raises what is wrong: the library would read on for ever
        return size


class _MeteredContext:
    """What smtplib asks of an SSLContext; the handshake is its own phase."""

    def __init__(self, context: ssl.SSLContext, smtp: MeteredSmtplib) -> None:
        self._context = context
        self._smtp = smtp

    def wrap_socket(self, sock: socket.socket, server_hostname: str) -> ssl.SSLSocket:
        if not self._smtp.idle:  # RFC 3207 §6, CVE-2011-0411
            raise Garbled("plaintext came before the TLS handshake")
        self._smtp.trace.mark(Phase.TLS)
        secured = self._context.wrap_socket(sock, server_hostname=server_hostname, do_handshake_on_connect=False)
        self._smtp.take_over(secured)
        secured.do_handshake()
        self._smtp.meter.secured(secured.version() or "", bool(secured.session_reused))
        return secured
