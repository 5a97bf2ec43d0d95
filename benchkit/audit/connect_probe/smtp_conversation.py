"""SMTP commands and replies on one connection (RFC 5321 §4.2), with a limit on the size of replies."""

from __future__ import annotations

import asyncio
import ssl

REPLY_LINES = 128
LINE_OCTETS = 4096


class UnexpectedReply(ValueError):
    """What came is no SMTP reply, or not the one that goes on."""


class SmtpConversation:
    """Every method raises OSError when the connection ends."""

    def __init__(self, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        self._incoming, self._outgoing = incoming, outgoing

    @classmethod
    async def open(cls, address: str, port: int) -> SmtpConversation:
        return cls(*await asyncio.open_connection(address, port, limit=LINE_OCTETS))

    async def command(self, line: str, expected: int) -> list[str]:
        """The reply's lines without their code; raises UnexpectedReply for another code."""
        self._outgoing.write(f"{line}\r\n".encode("ascii", "replace"))
        return await self.reply(expected)

    async def reply(self, expected: int) -> list[str]:
        texts: list[str] = []
        while len(texts) < REPLY_LINES:
            line = await self._line()
            texts.append(line[4:].strip())
            if line[3:4] != "-":
                if line[:3] != str(expected):
                    raise UnexpectedReply(line.strip())
                return texts
        raise UnexpectedReply(f"a reply of more than {REPLY_LINES} lines")

    async def _line(self) -> str:
        try:
            line = (await self._incoming.readline()).decode("ascii", "backslashreplace")
        except ValueError as error:
            raise UnexpectedReply(f"a line of more than {LINE_OCTETS} octets") from error
        if not line:
            raise ConnectionResetError("the server closed the connection")
        if not line[:3].isdigit() or line[3:4] not in (" ", "-", "\r", "\n"):
            raise UnexpectedReply(f"no SMTP reply: {line[:80].strip()!r}")
        return line

    async def start_tls(self, context: ssl.SSLContext, host: str) -> ssl.SSLObject:
        await self._outgoing.start_tls(context, server_hostname=host)
        up: ssl.SSLObject = self._outgoing.get_extra_info("ssl_object")
        return up

    def quit(self) -> None:
        """QUIT, without waiting for the reply."""
        self._outgoing.write(b"QUIT\r\n")

    def address_literal(self) -> str:
        """Our own address as RFC 5321 §4.1.3 writes it."""
        own: str = self._outgoing.get_extra_info("sockname")[0]
        return f"[IPv6:{own}]" if ":" in own else f"[{own}]"

    def close(self) -> None:
        self._outgoing.transport.abort()
