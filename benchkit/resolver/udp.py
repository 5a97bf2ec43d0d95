"""One connected UDP socket for one server, and every question to it: the kernel drops datagrams from other hosts.

On the bare socket and not on asyncio's transport, which reads one datagram a turn of the loop: a burst of answers would wait
for so many turns that questions look unanswered whose answers have long come.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

from benchkit.resolver.matching import PendingQuestions
from benchkit.resolver.question import Question

RECEIVE_BYTES = 1 << 20  # a burst of answers must not overrun the socket
DATAGRAM_BYTES = 65_535
A_TURN = 64  # datagrams, before the rest of the program has its turn


class UdpChannel:
    """Opened with the first question, from a port of the kernel's choice."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._waiting = PendingQuestions()
        self._socket: socket.socket | None = None

    async def exchange(self, question: Question, wait_s: float) -> bytes:
        """The response; TimeoutError, or OSError when the server's host says that the port is closed."""
        if self._socket is None:
            self._socket = self._open()
        return await self._waiting.exchange(question, self._send, wait_s)

    def _send(self, wire: bytes) -> None:
        assert self._socket is not None
        with suppress(BlockingIOError):  # no room: as lost as on the way, and sent again as that would be
            self._socket.send(wire)

    def _open(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._address[0] else socket.AF_INET
        opened = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        try:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
            opened.connect(self._address)
        except BaseException:
            opened.close()
            raise
        asyncio.get_running_loop().add_reader(opened, self._read, opened)
        return opened

    def _read(self, opened: socket.socket) -> None:
        try:
            for _ in range(A_TURN):
                self._waiting.settle(opened.recv(DATAGRAM_BYTES))
        except BlockingIOError:
            pass
        except OSError as error:  # what ICMP said of an earlier datagram, and so of them all
            self._waiting.fail(error)

    def close(self) -> None:
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None
