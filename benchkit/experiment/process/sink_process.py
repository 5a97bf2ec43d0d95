"""The embedded sink in a process of its own, with its ledger on disk.

News to the parent: {"ports", "ca_pem", "congestion"} once it listens, then {"done"} or {"broken"}.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from benchkit.errors import StoreError
from benchkit.experiment.process.job import SinkJob
from benchkit.experiment.process.parent_pipe import ParentLine, run_child
from benchkit.sink import Sink
from benchkit.store import SpoolLedger

_FLUSH_EVERY_S = 0.5
_ORPHAN_GRACE_S = 3.0  # longer than the worker's


async def serve(line: ParentLine, job: SinkJob) -> None:
    """Listen until the parent says stop, or is gone."""
    ledger = SpoolLedger(Path(job.folder))
    sink = Sink(job.listeners, ledger, run_token=job.run_token, host=job.host)
    ports = await sink.start()
    flushing = asyncio.create_task(_keep_flushing(ledger))
    line.tell(ports=list(ports), ca_pem=sink.ca_pem, congestion=sink.congestion)
    stop = asyncio.create_task(line.next_word())
    try:
        await asyncio.wait({stop, flushing}, return_when=asyncio.FIRST_COMPLETED)
        if stop.done() and not stop.result():  # the parent is dead: the worker first ends what it has under way
            await asyncio.sleep(_ORPHAN_GRACE_S)
        await sink.stop()
        if flushing.done():
            await flushing
    finally:
        flushing.cancel()
        stop.cancel()
        ledger.close()
    line.tell(done=True)


async def _keep_flushing(ledger: SpoolLedger) -> None:
    """Ends only by a full disk."""
    while not ledger.disk_full:
        await asyncio.sleep(_FLUSH_EVERY_S)
        ledger.flush()
    raise StoreError("the disk is full: the sink stopped, all that had arrived is recorded")


if __name__ == "__main__":
    run_child(serve, "the sink")
