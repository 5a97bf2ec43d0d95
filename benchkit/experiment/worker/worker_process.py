"""The load worker: a separate process with its own event loop, apart from the progress display and the sink.

Several may share the plan; the first one speaks for all where all would say the same. Messages to the parent, one JSON object
a line:
{"rtt_ms"}, {"overhead_us"}, {"unreachable"}, {"ready"} before each cell where there are several, {"sent"} up to four times a
second, and at the end {"arms"}, {"process"}, {"done", "sent", "interrupted"} or {"broken"}.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar, cast

from benchkit.errors import TargetUnreachable
from benchkit.experiment.conditions import round_trips_ms
from benchkit.experiment.paces import PACES
from benchkit.experiment.plan.schedule import cells, sends_of_start
from benchkit.experiment.process.core_binding import CoresUsed, bind_to
from benchkit.experiment.process.job import WorkerJob, worker_name
from benchkit.experiment.process.parent_pipe import ParentLine, run_child
from benchkit.experiment.worker.cell_watch import CellWatch
from benchkit.experiment.worker.engine import ArmAtWork, Engine
from benchkit.experiment.worker.failover import BothWays, FailoverSender
from benchkit.experiment.worker.message_limits import Retries
from benchkit.experiment.worker.overhead import own_cost_us
from benchkit.experiment.worker.start_times import InStep, at_once
from benchkit.experiment.worker.virtual_sender import VirtualSender
from benchkit.model.clock import MonotonicClock
from benchkit.model.contracts import Batches, SendsStored, Transport
from benchkit.model.endpoint import Endpoint
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.plan import PlanCell
from benchkit.model.scenario import Render, Scenario
from benchkit.model.secret import SecretMask
from benchkit.model.unreachable import advice_on_failure
from benchkit.providers.idempotency import repeats_safely
from benchkit.store import Recorder
from benchkit.transports import TRANSPORTS
from benchkit.transports.api_requests import with_sessions

T = TypeVar("T")
_NEWS_EVERY_S = 0.25
_ORPHAN_GRACE_S = 2.0  # the parent is dead: no one waits for a slow server any more


async def work(line: ParentLine, job: WorkerJob) -> None:
    """The whole life of the worker. It reacts to the parent's commands, and to its death, from the first connection on."""
    bind_to(job.cores)
    in_step, cores = InStep(line), CoresUsed()
    stop = asyncio.create_task(in_step.stop_requested())
    preparing = asyncio.create_task(_prepare(line, job, in_step, cores))
    try:
        await asyncio.wait({preparing, stop}, return_when=asyncio.FIRST_COMPLETED)
        if not preparing.done():
            line.tell(done=True, sent=0, interrupted=True)
            return
        if (prepared := await preparing) is None:
            return
        engine, recorder = prepared
        interrupted = await _walk(engine, recorder, job, line, stop)
    finally:
        for task in (preparing, stop):
            task.cancel()
        await asyncio.gather(preparing, stop, return_exceptions=True)
    line.tell(arms=_in_force(engine))
    line.tell(process=cores.as_news(worker_name(job.worker), job.cores))
    line.tell(done=True, sent=recorder.recorded, interrupted=interrupted)


async def _prepare(
    line: ParentLine, job: WorkerJob, in_step: InStep, cores: CoresUsed
) -> tuple[Engine, Recorder] | None:
    """Before the first message: round trips, own cost, connections. None if a target is unreachable."""
    try:
        targets = job.endpoints if job.worker == 0 else ()
        if job.start > 0:  # a foreign server meets each connection without mail once in the run
            targets = tuple(target for target in targets if target.arm.server is None)
        round_trips = await _in_a_thread(lambda: round_trips_ms(targets))
        if any(endpoint.arm.transport == "api" for endpoint in job.endpoints):
            job = replace(job, endpoints=await with_sessions(job.endpoints))
    except TargetUnreachable as error:
        line.tell(unreachable=str(error))
        return None
    if job.worker == 0:
        if job.scenario.baseline in round_trips:
            line.tell(rtt_ms=round_trips[job.scenario.baseline])
        line.tell(overhead_us=await own_cost_us(job))
    workers = job.scenario.load.workers
    recorder = Recorder(
        Path(job.folder), MonotonicClock(), job.worker, workers,
        planned=job.planned, attempts=_most_attempts(job),
    )  # fmt: skip
    engine = Engine(
        _arms(job, line.mask), PACES[job.scenario.load.model], job.run_token, recorder,
        CellWatch(recorder, MonotonicClock(), cores).over, in_step.start if job.scenario.load.in_step else at_once,
    )  # fmt: skip
    if told := _unreachable(job, await engine.open()):
        line.tell(unreachable=told)
        return None
    return engine, recorder


async def _in_a_thread(call: Callable[[], T]) -> T:
    """Like asyncio.to_thread, but the process does not wait for the thread when it ends."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(cast(T, result))

    def run() -> None:
        result, failure = None, None
        try:
            result = call()
        except BaseException as error:
            failure = error
        with suppress(RuntimeError):  # the loop is closed: no one waits for the result
            loop.call_soon_threadsafe(settle, result, failure)

    Thread(target=run, daemon=True).start()
    return await done


async def _walk(engine: Engine, recorder: Recorder, job: WorkerJob, line: ParentLine, stop: asyncio.Task[bool]) -> bool:
    """Runs all cells, or as many as the parent allows; gives whether some are missing. Always closes the records."""
    walk = asyncio.create_task(engine.walk(_cells(job)))
    news = asyncio.create_task(_report_progress(line, recorder))
    try:
        await asyncio.wait({walk, stop, news}, return_when=asyncio.FIRST_COMPLETED)
        if not walk.done():
            engine.stopping = True
            await _finish(walk, line, told=stop.done() and stop.result())
        await engine.close()
        try:
            return walk.cancelled() or not await walk
        finally:
            recorder.close()
    finally:
        news.cancel()
        await asyncio.gather(news, return_exceptions=True)


def _unreachable(job: WorkerJob, failures: Sequence[tuple[int, Outcome]]) -> str:
    """Arms without a connection, why, and what to do, in one line. Failures from the scenario's own faults are left out."""
    found = [(job.endpoints[arm].arm, why) for arm, why in failures]
    return "; ".join(
        f"arm {arm.name!r}: {why.text}: {advice_on_failure(why)}"
        for arm, why in found
        if _is_final(why) or not arm.faults
    )


def _in_force(engine: Engine) -> list[dict[str, object]]:
    """The socket options in force, as fields of the arms' records."""
    return [
        {
            "arm": arm,
            "client_congestion": options.congestion,
            "nodelay": options.nodelay,
            "pacing_limit": options.pacing_limit,
        }
        for arm, options in engine.sockets.items()
    ]


def _is_final(failure: Outcome) -> bool:
    """A refusal without a code is benchkit's own: the server lacks what the arm needs. No fault of the scenario caused it."""
    return failure.kind is OutcomeKind.REJECTED and not failure.code


def _cells(job: WorkerJob) -> Iterator[PlanCell]:
    """This worker's share of each."""
    for cell in cells(job.scenario, len(job.batch), job.condition, job.start):
        yield cell.share(job.worker, job.scenario.load.workers)


def _arms(job: WorkerJob, mask: SecretMask) -> tuple[ArmAtWork, ...]:
    """Senders and prepared messages of every arm: all of it before the clock starts."""
    load = job.scenario.load
    senders_of_all = min(PACES[load.model].senders(load.concurrency), load.messages_per_block)
    senders = len(range(job.worker, senders_of_all, load.workers))
    sends = max(sends_of_start(job.scenario, start) for start in range(load.restarts))
    most_connections = sends * _most_attempts(job) + senders_of_all * len(job.endpoints)
    segment = job.condition * load.restarts + job.start
    numbers = itertools.count((segment * load.workers + job.worker) * most_connections)
    sender = partial(_sender, job.scenario, numbers, mask)
    arms, tries_out = [], job.worker == 0 and job.start == 0
    for number, endpoint in enumerate(job.endpoints):
        seeds = [f"{load.seed}/{segment}/{job.worker}/{number}/{place}" for place in range(senders)]
        own = tuple(sender(endpoint, seed) for seed in seeds)
        foreign = tries_out and endpoint.arm.server is not None
        prepared = _prepared(job, number, endpoint)
        if (failover := endpoint.arm.failover) is None:
            arms.append(ArmAtWork(own, prepared, foreign))
            continue
        other = job.failovers[number]
        others = (sender(other, f"{seed}/failover") for seed in seeds)
        both = tuple(FailoverSender(one, two, failover) for one, two in zip(own, others, strict=True))
        ways = tuple(map(BothWays, prepared, _prepared(job, failover.arm, other)))
        arms.append(ArmAtWork(both, ways, foreign))
    return tuple(arms)


def _most_attempts(job: WorkerJob) -> int:
    """Of one message, by all ways."""
    return job.scenario.retry.attempts * (2 if job.failovers else 1)


def _transport(endpoint: Endpoint) -> Transport:
    return TRANSPORTS[f"{endpoint.arm.transport}_{endpoint.arm.client}"](endpoint)


def _sender(
    scenario: Scenario, numbers: Iterator[int], mask: SecretMask, endpoint: Endpoint, seed: str
) -> VirtualSender:
    arm = endpoint.arm
    return VirtualSender(
        _transport(endpoint), arm.connection, numbers, arm.messages_per_request, scenario.load.deadline_s, mask,
        Retries(scenario.retry.of_arm(repeats_safely=repeats_safely(arm)), seed) if scenario.retry.attempts > 1 else None,
    )  # fmt: skip


def _prepared(job: WorkerJob, number: int, endpoint: Endpoint) -> tuple[Any, ...]:
    """What each message of the arm's batch becomes for its transport."""
    transport, batch = _transport(endpoint), job.of_arms.get(number, job.batch)
    if endpoint.arm.messages_per_request > 1:
        assert isinstance(transport, Batches), "the scenario's rules know which clients do"
        return tuple(transport.prepare_batch(batch.messages))
    if endpoint.arm.render is not Render.CLIENT:
        assert isinstance(transport, SendsStored), "the scenario's rules know which clients do"
        return tuple(transport.prepare_stored(batch.messages))
    return tuple(transport.prepare(message) for message in batch.messages)


async def _report_progress(line: ParentLine, recorder: Recorder) -> None:
    """Reports progress, and flushes a recorder that is not called while a server hangs."""
    while True:
        await asyncio.sleep(_NEWS_EVERY_S)
        recorder.flush_if_due()
        line.tell(sent=recorder.recorded)


async def _finish(walk: asyncio.Task[bool], line: ParentLine, *, told: bool) -> None:
    """Lets the current sends finish. A second command of the parent, or two seconds after its death, ends them at once."""
    hurry = asyncio.create_task(line.next_command() if told else asyncio.sleep(_ORPHAN_GRACE_S, ""))
    await asyncio.wait({walk, hurry}, return_when=asyncio.FIRST_COMPLETED)
    hurry.cancel()
    while not walk.done():
        walk.cancel()
        await asyncio.wait({walk}, timeout=0.1)


if __name__ == "__main__":
    run_child(work, "the load worker")
