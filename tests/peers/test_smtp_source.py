"""smtp-source, the field's load generator, against our sink: nothing is refused that is right, and every message is counted."""

from __future__ import annotations

import asyncio
import subprocess

import pytest

from benchkit.model.endpoint import ListenerConfig
from benchkit.model.scenario import Security
from benchkit.sink import MemoryLedger, Sink, Transcript
from tests.peers.requirements import need
from tests.peers.servers.peer import DOMAIN, HOST

BYTES = 4096
_PATIENCE_S = 60.0


@pytest.mark.parametrize(
    ("sessions", "messages", "recipients", "kept"), [(10, 2000, 1, True), (10, 300, 1, False), (3, 100, 5, True)]
)
@pytest.mark.parametrize("session", ["quick", "careful"])
def test_all_of_it_is_taken(sessions: int, messages: int, recipients: int, kept: bool, session: str) -> None:
    options = ["-s", str(sessions), "-m", str(messages), "-r", str(recipients), *(["-d"] if kept else [])]
    ledger = MemoryLedger()
    asyncio.run(_send(options, ledger, Transcript() if session == "careful" else None))
    assert len(ledger.arrivals) == messages
    assert {arrival.recipients for arrival in ledger.arrivals} == {recipients}
    assert min(arrival.size for arrival in ledger.arrivals) > BYTES


async def _send(options: list[str], ledger: MemoryLedger, transcript: Transcript | None) -> None:
    """It stops at the first reply that it did not expect, and says so."""
    sink = Sink((ListenerConfig(0, "smtp", Security.NONE),), ledger, "0badcafe", transcript)
    (port,) = await sink.start()
    addresses = ["-M", f"source.{DOMAIN}", "-f", f"shop@{DOMAIN}", "-t", f"one@{DOMAIN}"]
    process = await asyncio.create_subprocess_exec(
        need("smtp-source"), *options, "-l", str(BYTES), *addresses, f"{HOST}:{port}",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        said, _ = await asyncio.wait_for(process.communicate(), _PATIENCE_S)
    finally:
        await sink.stop()
    assert (process.returncode, said) == (0, b"")
