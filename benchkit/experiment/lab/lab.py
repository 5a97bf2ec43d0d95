"""The parent's side of the lab: a link opened, the two networks at its ends, and what the link counted.

async with open_lab(LinkSpec(rtt_ms=40), log) as lab:
    …  # one process in lab.client, one in lab.server that listens on lab.server_address
    counted = await lab.finish()
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchkit.errors import BenchkitError
from benchkit.experiment.lab.link_process import CLIENT_ADDRESS, MESSAGE_BYTES, SERVER_ADDRESS
from benchkit.experiment.lab.packet_counter import ConnectionCount
from benchkit.experiment.lab.spec import LinkSpec
from benchkit.model.plain_number import significant

_GRACE_S = 10.0
_MOST_DESCRIPTORS = 3


class LabRefused(BenchkitError):
    """This machine cannot make a lab; the message says what is missing and how to get it."""


@dataclass(frozen=True, slots=True)
class Network:
    """One end of the link, as descriptors: its network namespace, and the user namespace that owns it (or -1)."""

    network: int
    user: int

    @property
    def descriptors(self) -> tuple[int, ...]:
        """The descriptors that a process in this network must inherit."""
        return tuple(descriptor for descriptor in (self.network, self.user) if descriptor >= 0)

    def command(self, module: str) -> tuple[str, ...]:
        """The command that runs a Python module in this network."""
        return (
            sys.executable,
            "-m",
            "benchkit.experiment.lab.enter_network",
            str(self.network),
            str(self.user),
            module,
        )


@dataclass(frozen=True, slots=True)
class LinkCounters:
    """What entered the link or was dropped: packets and bytes of both directions together.

    `captured`: packets in the capture file: all of them, unless the disk was full; 0 without a file.
    """

    packets: int
    bytes: int
    lost: int
    overflowed: int
    captured: int
    connections: tuple[ConnectionCount, ...]


class Lab:
    """A link that is up."""

    client_address = CLIENT_ADDRESS
    server_address = SERVER_ADDRESS

    def __init__(self, process: asyncio.subprocess.Process, talk: socket.socket, descriptors: list[int]) -> None:
        self._process = process
        self._talk = talk
        self._descriptors = descriptors
        client, server, user = (*descriptors, -1)[:_MOST_DESCRIPTORS]
        self.client = Network(client, user)
        self.server = Network(server, user)
        self.rootless = user >= 0

    async def broken(self) -> None:
        """Returns when the link process has ended: packets are no longer forwarded."""
        await self._process.wait()

    async def finish(self) -> LinkCounters:
        """Stops the link and gives its counts. Raises LabRefused if it had already ended."""
        with suppress(OSError):
            self._talk.shutdown(socket.SHUT_WR)
        received = await asyncio.to_thread(_receive_all, self._talk)
        if not received:
            raise LabRefused("the link's process died")
        found: dict[str, Any] = json.loads(received)
        connections = tuple(ConnectionCount(*values) for values in found.pop("connections"))
        return LinkCounters(**found, connections=connections)

    async def close(self) -> None:
        self._talk.close()
        for descriptor in self._descriptors:
            os.close(descriptor)
        try:
            await asyncio.wait_for(self._process.wait(), _GRACE_S)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


@asynccontextmanager
async def open_lab(spec: LinkSpec, log: Path, pcap: Path | None = None) -> AsyncIterator[Lab]:
    """Raises LabRefused. Everything is removed when the block ends, or when this process or the link's process is killed."""
    lab = await _open(spec, log, pcap)
    try:
        yield lab
    finally:
        await lab.close()


async def _open(spec: LinkSpec, log: Path, pcap: Path | None) -> Lab:
    talk, theirs = socket.socketpair()
    with theirs, log.open("ab") as stderr:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchkit.experiment.lab.link_process",
            stdin=theirs.fileno(), stdout=asyncio.subprocess.DEVNULL, stderr=stderr, start_new_session=True,
        )  # fmt: skip
    job = {"link": asdict(spec), "pcap": str(pcap) if pcap is not None else ""}
    try:
        descriptors = await asyncio.to_thread(_descriptors, talk, json.dumps(job).encode())
    except (OSError, LabRefused) as error:
        talk.close()
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise LabRefused(str(error)) from error
    return Lab(process, talk, descriptors)


def _descriptors(talk: socket.socket, job: bytes) -> list[int]:
    talk.settimeout(_GRACE_S)
    try:
        talk.sendall(job)
        received, descriptors, _, _ = socket.recv_fds(talk, MESSAGE_BYTES, _MOST_DESCRIPTORS)
    except ConnectionError:  # it was killed before it had read its job
        received, descriptors = b"", []
    except TimeoutError:
        raise LabRefused(f"the link's process said nothing for {significant(_GRACE_S)} s at its start") from None
    if not received:
        raise LabRefused("the link's process died at its start")
    if not descriptors:
        raise LabRefused(json.loads(received)["refused"])
    return descriptors


def _receive_all(talk: socket.socket) -> bytes:
    parts = []
    with suppress(OSError):
        while part := talk.recv(MESSAGE_BYTES):
            parts.append(part)
    return b"".join(parts)
