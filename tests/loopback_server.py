"""A server on loopback that runs a script over each connection, and is gone with its `with`; and TLS at both its ends."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import trustme

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(script: Script, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port. A script that still runs at the end is cancelled; what one has raised is raised."""
    running: set[asyncio.Task[None]] = set()

    async def run(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        try:
            await script(incoming, outgoing)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            outgoing.transport.abort()

    def connected(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        running.add(asyncio.create_task(run(incoming, outgoing)))

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in running:
            task.cancel()
        for ended in await asyncio.gather(*running, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended


def server_context(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*names).configure_cert(context)
    return context


def client_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context
