"""Runs one segment of the plan: one start of the processes under one condition.

It makes the environment, starts the sink and the workers, waits until the workers have sent their cells, and ends all of them.
Each is a process of its own: it gets its work as a job, and sends messages back (process/parent_pipe.py).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from benchkit.experiment.conditions.machine_load import spare_cores
from benchkit.experiment.lab import LinkSpec
from benchkit.experiment.lab.lab import Lab, LabRefused, LinkCounters, Network
from benchkit.experiment.parent.child_process import Child, ChildBroken
from benchkit.experiment.parent.environment import Environment, open_environment
from benchkit.experiment.parent.stopping import Stopping
from benchkit.experiment.parent.worker_pool import OnNews, WorkerPool
from benchkit.experiment.plan.cores import cores_of
from benchkit.experiment.plan.schedule import total_sends
from benchkit.experiment.process import targets
from benchkit.experiment.process.job import SINK, SinkJob, WorkerJob, worker_name
from benchkit.experiment.process.stored_templates import with_stored_templates
from benchkit.model.endpoint import Endpoint
from benchkit.model.message import Batch
from benchkit.model.run import CHILDREN_LOG, RunStatus
from benchkit.model.scenario import Scenario
from benchkit.model.secret import Secret
from benchkit.store import record_wire


class SegmentObserver(Protocol):
    """Is told about the progress of a segment."""

    def on_news(self, condition: int, news: Mapping[str, Any]) -> None: ...

    async def goes_on(self, cells: int) -> bool:
        """Called before each cell of a load in step, with the number of finished cells: whether to send the next one."""


@dataclass(frozen=True, slots=True)
class Segment:
    scenario: Scenario
    batch: Batch
    revealed: Mapping[int, Secret]
    of_arms: Mapping[int, Batch]  # of the arms that do not send the batch itself
    folder: Path
    token: str
    condition: int
    start: int
    link: LinkSpec | None
    stopping: Stopping

    @property
    def capture(self) -> Path | None:
        """The file for the packets that cross the link."""
        start = f"-{self.start}" if self.scenario.load.restarts > 1 else ""
        return self.folder / f"link-{self.condition}{start}.pcap" if self.scenario.network.capture else None

    @property
    def seeded_link(self) -> LinkSpec | None:
        """The link with its own seed in each start: losses and jitter differ between starts."""
        return self.link and replace(self.link, seed=targets.seed_of_start(self.link.seed, self.start))

    async def run(self, listener: SegmentObserver) -> tuple[RunStatus, str]:
        """Runs the segment: how it ended, and what went wrong. Raises TargetUnreachable if nothing of this segment was sent."""
        try:
            async with open_environment(self.seeded_link, self.folder / CHILDREN_LOG, self.capture) as environment:
                return await _Walk(self, environment, listener).run()
        except LabRefused as refused:
            return RunStatus.BROKEN, str(refused)


class _Walk:
    def __init__(self, segment: Segment, environment: Environment, listener: SegmentObserver) -> None:
        self._segment = segment
        self._environment = environment
        self._listener = listener
        self._sinks: list[Child] = []  # one, or none where no arm is embedded
        self._workers: list[Child] = []
        self._ports: dict[int, int] = {}
        self._failover_ports: dict[int, int] = {}
        self._failovers: dict[int, Endpoint] = {}
        self._cores: Mapping[str, tuple[int, ...]] = {}

    async def run(self) -> tuple[RunStatus, str]:
        try:
            self._cores = await self._idle_cores()
            await self._start_processes()
            status, trouble = await self._walk(await self._prepare_sink())
        except ChildBroken as broken:  # at its start, before a worker stood
            status, trouble = RunStatus.BROKEN, str(broken)
        finally:
            for child in (*self._workers, *self._sinks):
                await child.end()
        if self._environment.lab is not None and status is not RunStatus.BROKEN:
            self._store_wire(await self._environment.lab.finish())
        return status, trouble

    async def _idle_cores(self) -> Mapping[str, tuple[int, ...]]:
        """A process that is bound to a busy core cannot move away from the other work, so only idle cores are used."""
        segment = self._segment
        draw = partial(cores_of, segment.scenario, condition=segment.condition, start=segment.start)
        every = draw(available=tuple(sorted(os.sched_getaffinity(0))))
        return draw(available=await asyncio.to_thread(spare_cores)) if every else every

    async def _start_processes(self) -> None:
        """Starts all at once: each takes equally long to load its modules."""
        scenario = self._segment.scenario
        if any(map(targets.is_embedded, scenario.arms)):
            self._sinks.append(await self._start("benchkit.experiment.process.sink_process", self._environment.server))
        for _ in range(scenario.load.workers):
            self._workers.append(
                await self._start("benchkit.experiment.worker.worker_process", self._environment.client)
            )

    async def _prepare_sink(self) -> tuple[Endpoint, ...]:
        segment, password = self._segment, targets.new_password()
        scenario, start = segment.scenario, segment.start
        regular = targets.listeners(scenario, password, start)
        further = targets.failover_listeners(scenario, password, start)
        every = with_stored_templates((*regular, *further.values()), scenario, segment.batch, segment.of_arms)
        listeners = every[: len(regular)]
        ca_pem = ""
        for sink in self._sinks:
            await sink.give(
                SinkJob(
                    every, segment.token, str(segment.folder),
                    self._environment.sink_host, segment.condition, self._cores.get(SINK, ()),
                )
            )  # fmt: skip
            ready = await sink.receive()
            ports = ready["ports"]
            self._ports = {listener.arm: port for listener, port in zip(listeners, ports, strict=False)}
            self._failover_ports = dict(zip(further, ports[len(listeners) :], strict=True))
            ca_pem = ready["ca_pem"]
            in_force = zip(listeners, ready["congestion"], strict=False)
            facts = [{"arm": listener.arm, "server_congestion": name} for listener, name in in_force]
            self._listener.on_news(segment.condition, {"arms": facts})
        sink_end = targets.SinkEnd(self._environment.sink_host, self._ports, ca_pem, password, self._failover_ports)
        arms = targets.endpoints(segment.scenario, segment.revealed, sink_end)
        self._failovers = targets.failovers(segment.scenario, sink_end, arms)
        return arms

    async def _walk(self, arms: tuple[Endpoint, ...]) -> tuple[RunStatus, str]:
        """Runs the workers, and then ends the sink, so that the ledger holds all that was sent."""
        pool = await self._prepare_workers(arms)
        on_news = partial(self._listener.on_news, self._segment.condition)
        watch = [asyncio.create_task(_watch(sink, pool, on_news)) for sink in self._sinks]
        link = asyncio.create_task(_watch_link(self._environment.lab, pool))
        try:
            with self._segment.stopping.reaches(pool):
                status = await pool.walk(on_news)
            if pool.has_enough and not self._segment.stopping.requested:
                status = RunStatus.COMPLETE
            if link.done():
                await link
            for sink in self._sinks:
                await sink.ask_to_stop()
            await asyncio.gather(*watch)
        except ChildBroken as broken:
            return RunStatus.BROKEN, str(broken)
        finally:
            for task in (*watch, link):
                task.cancel()
            await asyncio.gather(*watch, link, return_exceptions=True)
        return status, ""

    async def _prepare_workers(self, arms: tuple[Endpoint, ...]) -> WorkerPool:
        segment = self._segment
        job = WorkerJob(
            segment.scenario, segment.batch, arms, segment.token, str(segment.folder), segment.condition,
            total_sends(segment.scenario), start=segment.start, failovers=self._failovers, of_arms=segment.of_arms,
        )  # fmt: skip
        for number, worker in enumerate(self._workers):
            await worker.give(replace(job, worker=number, cores=self._cores.get(worker_name(number), ())))
        return WorkerPool(self._workers, goes_on=self._listener.goes_on)

    async def _start(self, module: str, network: Network | None) -> Child:
        return await Child.start(module, self._segment.folder / CHILDREN_LOG, network)

    def _store_wire(self, counters: LinkCounters) -> None:
        """Stores each connection under the arm that made it."""
        ports = (*self._ports.items(), *self._failover_ports.items())
        condition, arm_of = self._segment.condition, {port: arm for arm, port in ports}
        rows = [
            {"condition": condition, "arm": arm_of.get(count.server_port, -1), **asdict(count)}
            for count in counters.connections
        ]
        record_wire(self._segment.folder, rows)
        link = {name: value for name, value in asdict(counters).items() if name != "connections"}
        self._listener.on_news(condition, {"link": link})
        capture = self._segment.capture
        if capture is not None and counters.captured < counters.packets:
            warning = f"{capture.name} holds the first {counters.captured:,} of {counters.packets:,} packets: the disk was full"
            self._listener.on_news(condition, {"warning": warning})


async def _watch(sink: Child, pool: WorkerPool, on_news: OnNews) -> None:
    """Waits until the sink is done. If it breaks first, the workers are stopped: their server is gone."""
    try:
        while "done" not in (news := await sink.receive()):
            on_news(news)
    except ChildBroken:
        await pool.ask_to_stop()
        raise


async def _watch_link(lab: Lab | None, pool: WorkerPool) -> None:
    """If the link dies, current sends would wait for their time-outs: they are stopped at once."""
    if lab is None:
        return
    await lab.broken()
    await pool.ask_to_stop()
    await pool.ask_to_stop()
    raise ChildBroken("the link's process died")
