"""The embedded sink in a process of its own, with its ledger on disk.

Messages to the parent: {"ports", "ca_pem", "congestion"} once it listens, then {"process"}, {"done"}, or {"broken"}.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from time import process_time_ns

from benchkit.errors import StoreError
from benchkit.experiment.process.core_binding import CoresUsed, bind_to
from benchkit.experiment.process.job import SINK, SinkJob
from benchkit.experiment.process.parent_pipe import ParentLine, run_child
from benchkit.model.clock import MonotonicClock
from benchkit.sink import Sink
from benchkit.store import SpoolLedger, record_sink_lag

_FLUSH_EVERY_S = 0.5
WATCH_EVERY_NS = 250_000_000
_ORPHAN_GRACE_S = 3.0  # longer than the worker's


async def serve(line: ParentLine, job: SinkJob) -> None:
    """Listens until the parent says stop, or has ended."""
    bind_to(job.cores)
    cores = CoresUsed()
    ledger = SpoolLedger(Path(job.folder))
    sink = Sink(job.listeners, ledger, run_token=job.run_token, host=job.host)
    ports = await sink.start()
    flushing = asyncio.create_task(_keep_flushing(ledger))
    watching = asyncio.create_task(_watch_standstills(Path(job.folder), job.condition, cores))
    line.tell(ports=list(ports), ca_pem=sink.ca_pem, congestion=sink.congestion)
    stop = asyncio.create_task(line.next_command())
    try:
        await asyncio.wait({stop, flushing}, return_when=asyncio.FIRST_COMPLETED)
        if stop.done() and not stop.result():  # the parent is dead: the worker first ends what it has under way
            await asyncio.sleep(_ORPHAN_GRACE_S)
        await sink.stop()
        if flushing.done():
            await flushing
    finally:
        flushing.cancel()
        watching.cancel()
        stop.cancel()
        ledger.close()
    line.tell(process=cores.as_news(SINK, job.cores))
    line.tell(done=True)


async def _keep_flushing(ledger: SpoolLedger) -> None:
    """Ends only on a full disk."""
    while not ledger.disk_full:
        await asyncio.sleep(_FLUSH_EVERY_S)
        ledger.flush()
    raise StoreError("the disk is full: the sink stopped, all that had arrived is recorded")


async def _watch_standstills(folder: Path, condition: int, cores: CoresUsed) -> None:
    """A blocked sink looks like a slow server: its blocked times are recorded like a worker's, under its own number."""
    clock, computed_ns = MonotonicClock(), process_time_ns()
    while True:
        due_ns = clock.now_ns() + WATCH_EVERY_NS
        await asyncio.sleep(WATCH_EVERY_NS / 1e9)
        called_ns, now_ns = clock.now_ns(), process_time_ns()
        if called_ns - due_ns > WATCH_EVERY_NS:
            with suppress(StoreError):
                record_sink_lag(folder, condition, due_ns, called_ns, now_ns - computed_ns)
        computed_ns = now_ns
        cores.note_core()


if __name__ == "__main__":
    run_child(serve, "the sink")
