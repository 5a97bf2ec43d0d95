"""TLS in memory, between a client's bytes and the encrypted ones: the wire clients use it over their own sockets."""

from __future__ import annotations

import ssl
from contextlib import suppress

_READ_SIZE = 262_144
_RECORD = 16_384  # RFC 8446 §5.1
_RECORD_OVERHEAD = 64  # header, tag, content type, padding of the ciphers in use; more than any needs


class TlsLayer:
    """One client's side; `handshake` until it is done, then `encrypted` and `decrypted`. Raises ssl.SSLError."""

    __slots__ = ("_incoming", "_outgoing", "_session")

    def __init__(self, context: ssl.SSLContext, server_name: str) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._session = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)

    @property
    def version(self) -> str:
        return self._session.version() or ""

    @property
    def resumed(self) -> bool:
        return bool(self._session.session_reused)

    def handshake(self) -> bool:
        """Whether the handshake is done; if not, write `outgoing` and receive more."""
        try:
            self._session.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    def received(self, wire: bytes) -> None:
        self._incoming.write(wire)

    def outgoing(self) -> bytes:
        """Bytes to write: handshake messages and key updates."""
        return self._outgoing.read()

    def encrypted(self, data: bytes) -> bytes:
        if data:
            self._session.write(data)
        return self._outgoing.read()

    def decrypted(self) -> tuple[bytes, bool]:
        """The bytes that can be read now, and whether the other side is still open.

        Raises only if nothing arrived before the error.
        """
        parts = []
        try:
            while part := self._session.read(_READ_SIZE):
                parts.append(part)
        except ssl.SSLWantReadError:
            return b"".join(parts), True
        except ssl.SSLError as error:
            if not (parts or isinstance(error, ssl.SSLZeroReturnError)):
                raise
        return b"".join(parts), False

    def close_notify(self) -> bytes:
        """Our close_notify (RFC 8446 §6.1); it does not wait for the server's."""
        with suppress(ssl.SSLError):
            self._session.unwrap()
        return self._outgoing.read()

    @staticmethod
    def overhead(size: int) -> int:
        """How many bytes longer `size` bytes may be on the wire."""
        return (size // _RECORD + 2) * _RECORD_OVERHEAD
