"""Conducting a run: the sink up, the targets reached, the worker walked to its end, whatever ends it, and the run closed.

Every way out of here leaves a folder that `load_run` reads and an account that closes: all messages sent, the user's Ctrl-C, a
dead worker, a dead sink, a full disk.
"""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from benchkit.conditions import describe_host
from benchkit.errors import StoreError, TargetUnreachable
from benchkit.experiment import targets
from benchkit.experiment.children import Child, ChildBroken
from benchkit.experiment.closing import parser_for
from benchkit.experiment.gate import leaving_hosts
from benchkit.experiment.job import SinkJob, WorkerJob
from benchkit.experiment.plan import total_sends
from benchkit.experiment.record import condition_of, manifest_of
from benchkit.model.endpoint import Endpoint
from benchkit.model.message import Batch
from benchkit.model.run import Manifest, RunStatus
from benchkit.model.scenario import Scenario, Secret
from benchkit.store import close_tables, create_folder, write_manifest

# (sends recorded so far, sends planned)
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended; its folder is closed unless `trouble` says that the disk refused."""

    folder: Path
    status: RunStatus
    trouble: str = ""


def conduct(
    scenario: Scenario, batch: Batch, revealed: Mapping[int, Secret], results: Path, progress: Progress
) -> Ended:
    """Run it. Raises TargetUnreachable (nothing was sent, no folder is left) and StoreError (no folder can be made)."""
    token = secrets.token_hex(4)
    folder = create_folder(results, scenario.name, token)
    conductor = _Conductor(
        scenario, batch, revealed, folder, progress, manifest_of(scenario, batch, folder.name, token)
    )
    try:
        return asyncio.run(conductor.run())
    except (TargetUnreachable, KeyboardInterrupt):  # before the worker stands, Ctrl-C has nothing to drain
        _remove(folder)
        raise


class _Conductor:
    def __init__(
        self, scenario: Scenario, batch: Batch, revealed: Mapping[int, Secret],
        folder: Path, progress: Progress, manifest: Manifest,
    ) -> None:  # fmt: skip
        self._scenario = scenario
        self._batch = batch
        self._revealed = revealed
        self._folder = folder
        self._progress = progress
        self._manifest = manifest
        self._children: list[Child] = []

    async def run(self) -> Ended:
        write_manifest(self._folder, self._manifest)
        try:
            arms = await self._start_sink()
            rtt_ms = await asyncio.to_thread(targets.round_trips_ms, arms)
            self._note(
                host=describe_host(resolved=bool(leaving_hosts(self._scenario))),
                conditions=(condition_of(self._scenario, rtt_ms),),
            )
            status, trouble = await self._walk(arms)
        finally:
            for child in reversed(self._children):
                await child.end()
        return self._close(status, trouble)

    async def _start_sink(self) -> tuple[Endpoint, ...]:
        password = targets.new_password()
        doors = targets.listeners(self._scenario, password)
        ports: dict[int, int] = {}
        ca_pem = ""
        if doors:
            job = SinkJob(doors, self._manifest.token, str(self._folder), targets.SINK_HOST)
            sink = await self._start("benchkit.experiment.sink_process", job)
            ready = await sink.hear()
            ports = {door.arm: port for door, port in zip(doors, ready["ports"], strict=True)}
            ca_pem = ready["ca_pem"]
        return targets.endpoints(self._scenario, self._revealed, ports, ca_pem, password)

    async def _walk(self, arms: tuple[Endpoint, ...]) -> tuple[RunStatus, str]:
        """The worker's life, and then the sink's end, so that the ledger holds all that was sent."""
        job = WorkerJob(self._scenario, self._batch, arms, self._manifest.token, str(self._folder))
        worker = await self._start("benchkit.experiment.worker", job)
        sinks = self._children[:-1]
        watch = [asyncio.create_task(_watch(sink, worker)) for sink in sinks]
        try:
            with _asked_to_stop(worker):
                status = await self._listen(worker)
            for sink in sinks:
                await sink.ask_to_stop()
            await asyncio.gather(*watch)
        except ChildBroken as broken:
            return RunStatus.BROKEN, str(broken)
        finally:
            for task in watch:
                task.cancel()
            await asyncio.gather(*watch, return_exceptions=True)
        return status, ""

    async def _listen(self, worker: Child) -> RunStatus:
        planned = total_sends(self._scenario)
        while True:
            news = await worker.hear()
            if "unreachable" in news:
                raise TargetUnreachable("; ".join(f"arm {name!r}: {text}" for name, text in news["unreachable"]))
            if "overhead_us" in news:
                self._note(overhead_us=news["overhead_us"])
            if "sent" in news:
                self._progress(news["sent"], planned)
            if "done" in news:
                return RunStatus.INTERRUPTED if news["interrupted"] else RunStatus.COMPLETE

    async def _start(self, module: str, job: object) -> Child:
        child = await Child.start(module, job, self._folder / "children.log")
        self._children.append(child)
        return child

    def _note(self, **facts: object) -> None:
        self._manifest = replace(self._manifest, **facts)  # type: ignore[arg-type]
        write_manifest(self._folder, self._manifest)

    def _close(self, status: RunStatus, trouble: str) -> Ended:
        try:
            close_tables(self._folder, parser_for(self._scenario.arms))
            self._note(status=status)
        except StoreError as error:
            return Ended(self._folder, RunStatus.BROKEN, "; ".join(part for part in (trouble, str(error)) if part))
        log = self._folder / "children.log"
        if log.stat().st_size == 0:
            log.unlink()
        return Ended(self._folder, status, trouble)


async def _watch(sink: Child, worker: Child) -> None:
    """Until the sink says that it is done; if it breaks before, the worker need not go on against a dead server."""
    try:
        while "done" not in await sink.hear():
            pass
    except ChildBroken:
        await worker.ask_to_stop()
        raise


@contextmanager
def _asked_to_stop(worker: Child) -> Iterator[None]:
    """Ctrl-C and SIGTERM become the worker's drain; the second one cuts short what is under way."""
    loop = asyncio.get_running_loop()
    asking: set[asyncio.Task[None]] = set()

    def ask() -> None:
        task = asyncio.ensure_future(worker.ask_to_stop())
        asking.add(task)
        task.add_done_callback(asking.discard)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ask)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _remove(folder: Path) -> None:
    """A run of which nothing left leaves nothing behind."""
    with suppress(OSError):
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
