"""Servers that repeat the credential that they were sent, in every form, wherever a reply has text. Each fails in one way."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


def echoes(credential: bytes) -> str:
    """Plain, base64, percent-encoded, hex in both cases, and base64 of what was around it."""
    forms = (
        credential.decode("latin-1"),
        b64encode(credential).decode(),
        quote(credential, safe=""),
        credential.hex(),
        credential.hex().upper(),
        b64encode(b"\0user\0" + credential).decode(),
        b64encode(b"api:" + credential).decode(),
    )
    return " ".join(forms)


class EchoingSmtp:
    """`way`: where it fails. "auth" refuses logins; all others let the first connection, which only tries, pass."""

    def __init__(self, way: str) -> None:
        self.way = way
        self.logins = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 echo.test\r\n")
        said, content = "", False
        while line := await reader.readline():
            command = line.strip().upper()
            if content:
                if line != b".\r\n":
                    continue
                content = False
                reply = self._reply("content", said) or b"250 2.0.0 queued\r\n"
            elif command.startswith(b"EHLO"):
                reply = b"250-echo.test\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"
            elif command.startswith(b"AUTH PLAIN"):
                said = echoes(b64decode(line.split()[2]).rpartition(b"\0")[2])
                self.logins += 1
                reply = self._reply("auth", said) or b"235 2.7.0 go on\r\n"
                if self.way == "later auth" and self.logins > 1:
                    reply = f"535 5.7.8 {said}\r\n".encode()
            elif command == b"DATA":
                content = self.way != "data"
                reply = self._reply("data", said) or b"354 go on\r\n"
            elif command == b"QUIT":
                reply = f"221 {said}\r\n".encode()
            else:
                reply = self._reply(command.split(b" ")[0].decode().lower(), said) or b"250 2.1.0 ok\r\n"
            writer.write(reply)
            if reply == b"":
                break
        writer.close()

    def _reply(self, place: str, said: str) -> bytes | None:
        if self.way == place:
            return f"550-5.7.1 no\r\n550 5.7.1 {said}\r\n".encode()
        if self.way == "garbled" and place == "mail":
            return f"25x {said}\r\n".encode()
        if self.way == "binary" and place == "rcpt":
            return f"550 \xff\x1b[31m {said}\r\n".encode("latin-1")
        if self.way == "cut" and place == "content":
            return f"250 {said}".encode()[:200]
        return None


class EchoingApi:
    """`way`: the kind of its response."""

    def __init__(self, way: str) -> None:
        self.way = way

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await self._request(reader):
            header = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"authorization:"))
            value = header.split()[2]
            key = b64decode(value).partition(b":")[2] if b" basic " in header.lower() else value
            said = echoes(key) + " " + header.decode("latin-1")
            writer.write(self._response(said))
            if self.way in ("cut", "garbled"):
                break
        writer.close()

    @staticmethod
    async def _request(reader: asyncio.StreamReader) -> bytes:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"content-length" in line), 0
            )
            await reader.readexactly(length)
        except asyncio.IncompleteReadError:
            return b""
        return head

    def _response(self, said: str) -> bytes:
        if self.way == "silent":
            return b""
        if self.way == "garbled":
            return f"HTTP/1.1 2x0 {said}\r\n{said}\r\n\r\n".encode()
        status = {"refused": "401 Unauthorized", "json": "500 Error", "moved": "302 Found"}.get(self.way, "200 OK")
        body = json.dumps({"message": said, "detail": said, "type": "no"}) if self.way == "json" else said
        more = f"Location: https://{quote(said)}/\r\nSet-Cookie: a={quote(said)}\r\n" if self.way == "moved" else ""
        length = len(body) + (9 if self.way == "cut" else 0)
        return f"HTTP/1.1 {status}\r\nX-Echo: {said}\r\n{more}Content-Length: {length}\r\n\r\n{body}".encode()


@contextmanager
def listening(servers: list[Serve], tls: ssl.SSLContext | None = None) -> Iterator[list[int]]:
    """The ports of the servers, in a thread of their own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def start() -> list[asyncio.Server]:
        return [await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls) for serve in servers]

    async def stop() -> None:
        for server in started:
            server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    started = asyncio.run_coroutine_threadsafe(start(), loop).result()
    try:
        yield [server.sockets[0].getsockname()[1] for server in started]
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
