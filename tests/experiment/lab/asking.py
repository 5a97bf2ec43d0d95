"""A lab with far_end.py at both ends: what a link does to packets, asked by the tests and by benchmarks/lab_link.py."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from benchkit.experiment.lab import LinkSpec
from benchkit.experiment.lab.lab import Lab, LinkCounters, Network, open_lab

_CHECKOUT = Path(__file__).parents[3]


def inside(network: Network, *arguments: str) -> subprocess.Popen[str]:
    """far_end.py in a lab's network."""
    command = (*network.command("tests.experiment.lab.far_end"), *arguments)
    return subprocess.Popen(command, pass_fds=network.descriptors, stdout=subprocess.PIPE, text=True, cwd=_CHECKOUT)


@asynccontextmanager
async def served(link: LinkSpec, log: Path, pcap: Path | None = None) -> AsyncIterator[Lab]:
    async with open_lab(link, log, pcap) as lab:
        with inside(lab.server, "serve", lab.server_address) as server:
            assert server.stdout is not None
            await asyncio.to_thread(server.stdout.readline)
            try:
                yield lab
            finally:
                server.kill()


def asked(
    link: LinkSpec, log: Path, *, pings: int = 0, packets: int = 0, size: int = 100, rate_per_s: float = 1e9
) -> tuple[dict[str, Any], LinkCounters]:
    async def run() -> tuple[dict[str, Any], LinkCounters]:
        async with served(link, log) as lab:
            numbers = (str(pings), str(packets), str(size), str(rate_per_s))
            with inside(lab.client, "ask", lab.server_address, *numbers) as client:
                out, _ = await asyncio.to_thread(client.communicate, None, 60)
            return json.loads(out), await lab.finish()

    return asyncio.run(run())
