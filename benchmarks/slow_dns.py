"""A DNS server in a process of its own that answers from zone files, each query after a fixed delay: a resolver far away."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import uvloop

from benchkit.resolver import from_zone
from benchkit.resolver.zone_server import ZoneServer


@contextmanager
def slow_dns(zones: Path, delay_s: float) -> Iterator[str]:
    """The address of a server of all the zone files in a folder."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(zones, delay_s, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield f"127.0.0.1:{ours.recv()}"
    finally:
        process.kill()  # it has nothing to tidy up, and may have inherited that SIGTERM is ignored
        process.join()


def _serve(zones: Path, delay_s: float, ready: Connection) -> None:
    ask = from_zone(sorted(zones.iterdir()))

    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = ZoneServer(ask, delay_s)
        transport, _ = await loop.create_datagram_endpoint(lambda: server, local_addr=("127.0.0.1", 0))
        ready.send(transport.get_extra_info("sockname")[1])
        await asyncio.Event().wait()

    uvloop.run(run())
