"""Runs an experiment: its segments one after the other, and then closes the run, however they ended.

Every exit leaves a folder that `load_run` can read and an account that closes: all messages sent, the user's Ctrl-C, a dead
worker, a dead sink, a dead link, a full disk.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchkit.errors import InputError, StoreError, TargetUnreachable
from benchkit.experiment.conditions import describe_host
from benchkit.experiment.parent.altered_mail import keep_altered
from benchkit.experiment.parent.body_parser import parser_for
from benchkit.experiment.parent.certificate_file import certificate_in_words
from benchkit.experiment.parent.congestion import with_congestion
from benchkit.experiment.parent.environment import lab_refusal
from benchkit.experiment.parent.manifest import manifest_of
from benchkit.experiment.parent.relayed_arrivals import Relayed, relay_arrivals
from benchkit.experiment.parent.request_costs import request_costs
from benchkit.experiment.parent.segment import Segment
from benchkit.experiment.parent.signed_batches import SignedBatch, sign_batches
from benchkit.experiment.parent.stopping import Stopping
from benchkit.experiment.plan.arm_batches import arm_batches
from benchkit.experiment.plan.schedule import links, segments, sends_of_start, total_sends
from benchkit.experiment.plan.send_permission import check_permission, leaving_hosts
from benchkit.model.clock import MonotonicClock, slept_ns
from benchkit.model.message import Batch
from benchkit.model.receiving import RelayTarget
from benchkit.model.registration import registration_digest
from benchkit.model.run import CHILDREN_LOG, Manifest, RunStatus, StartRecord
from benchkit.model.scenario import NetworkSpec, Scenario
from benchkit.model.secret import Secret
from benchkit.stats.looks import is_decided
from benchkit.store import (
    create_folder,
    load_run,
    private_files,
    remove_spools,
    run_locked,
    write_manifest,
    write_tables,
)
from benchkit.transports import offers_of

# (sends recorded so far, sends planned)
Progress = Callable[[int, int], None]
OnStart = Callable[[Path], None]
LAB_ENDED = "the receiving lab's servers ended during the run, so its mail went nowhere from then on: run it again"
NO_KEYS: Mapping[int, Secret] = {}


@dataclass(frozen=True, slots=True)
class RunEnd:
    """The folder is closed unless `trouble` reports a disk error.

    `relay_stopped`: the user ended the relaying to the receiving lab.
    """

    folder: Path
    status: RunStatus
    trouble: str = ""
    relay_stopped: bool = False


def run_experiment(
    scenario: Scenario, batch: Batch, revealed: Mapping[int, Secret], results: Path, progress: Progress,
    dkim_keys: Mapping[int, Secret] = NO_KEYS, *, send: bool = False, on_start: OnStart = lambda folder: None,
    relay: RelayTarget | None = None, draining: Callable[[], None] = lambda: None,
) -> RunEnd:  # fmt: skip
    """Run it; `send`: the user says now that real mail may leave (plan/send_permission.py).

    `on_start` gets the run's folder once it holds a manifest. `relay`: where arms that relay send their mail on to.
    `draining` is called when a signal asks the run to end while messages are under way.

    Raises InputError and TargetUnreachable (nothing was sent, no folder is left), StoreError (none can be made).
    """
    check_permission(scenario, batch, send=send)
    scenario = with_congestion(scenario)
    of_arms = arm_batches(scenario, batch)
    signed = sign_batches(scenario, batch, dkim_keys, of_arms)
    token = secrets.token_hex(4)
    existing = next(path for path in (results, *results.parents) if path.exists())
    folder = create_folder(results, scenario.name, token)
    stopping = Stopping(draining)
    try:
        with private_files(), run_locked(folder):
            return asyncio.run(
                _conduct(scenario, batch, revealed, of_arms, signed, folder, token, progress, stopping, on_start, relay)
            )
    except (TargetUnreachable, InputError):
        _remove(folder, existing)
        raise
    except KeyboardInterrupt:
        if not stopping.has_started:
            _remove(folder, existing)
        raise
    finally:
        if stopping.has_started:
            stopping.ignore()


async def _conduct(
    scenario: Scenario, batch: Batch, revealed: Mapping[int, Secret], of_arms: Mapping[int, Batch],
    signed: Mapping[int, SignedBatch], folder: Path, token: str, progress: Progress, stopping: Stopping, on_start: OnStart,
    relay: RelayTarget | None,
) -> RunEnd:  # fmt: skip
    """A machine without a lab measures on plain loopback, and the run records that."""
    refusal = await lab_refusal(folder / CHILDREN_LOG) if links(scenario) else ""
    if refusal:
        refusal += "; so there is nothing to capture" if scenario.network.capture else ""
        scenario = replace(scenario, network=NetworkSpec())
    manifest = manifest_of(scenario, batch, folder.name, token, refusal)
    conductor = _Conductor(scenario, batch, revealed, of_arms, signed, folder, progress, manifest, stopping, relay)
    return await conductor.run(on_start)


class _Conductor:
    def __init__(
        self, scenario: Scenario, batch: Batch, revealed: Mapping[int, Secret], of_arms: Mapping[int, Batch],
        signed: Mapping[int, SignedBatch], folder: Path, progress: Progress, manifest: Manifest, stopping: Stopping,
        relay: RelayTarget | None,
    ) -> None:  # fmt: skip
        self._scenario = scenario
        self._batch = batch
        self._revealed = revealed
        self._of_arms = of_arms
        self._signed = signed
        self._folder = folder
        self._progress = progress
        self._manifest = manifest
        self._stopping = stopping
        self._relay = relay
        self._sent_before = 0  # in the segments before this one

    async def run(self, on_start: OnStart) -> RunEnd:
        awake = slept_ns()
        host = describe_host(resolved=bool(leaving_hosts(self._scenario)), libraries=_libraries(self._scenario))
        self._note(host=host, certificate=certificate_in_words(self._folder.parent, host))
        self._note(registered=registration_digest(self._manifest))
        on_start(self._folder)
        for arm, batch in self._signed.items():
            self._note_arm(arm, **batch.facts)
        for arm, costs in request_costs(self._scenario, self._batch, self._of_arms).items():
            self._note_arm(arm, **costs)
        of_arms = {**self._of_arms, **{arm: signed.batch for arm, signed in self._signed.items()}}
        status, trouble = RunStatus.COMPLETE, ""
        links_of_conditions = links(self._scenario) or (None,)
        for number, (condition, start) in enumerate(segments(self._scenario)):
            segment = Segment(
                self._scenario, self._batch, self._revealed, of_arms, self._folder, self._manifest.token, condition, start,
                links_of_conditions[condition], self._stopping,
            )  # fmt: skip
            self._keep(starts=(*self._manifest.starts, StartRecord(condition, start, MonotonicClock().now_ns())))
            status, trouble = await (segment.run(self) if number == 0 else self._run_later(segment))
            self._sent_before += sends_of_start(self._scenario, start)
            if status is not RunStatus.COMPLETE:
                break
            if self._stopping.requested:  # between two segments
                status = RunStatus.INTERRUPTED
                break
            if self._manifest.decided is not None or await self._decided_between(condition, start):
                break
        self._keep(host={**self._manifest.host, "slept_s": (slept_ns() - awake) / 1e9})
        return self._close(status, trouble)

    async def goes_on(self, cells: int) -> bool:
        """With one start: decides at the planned looks whether a run until decided continues."""
        load = self._scenario.load
        blocks, rest = divmod(cells, len(self._scenario.arms))
        measured = blocks - load.warmup_blocks
        return not (load.restarts == 1 and rest == 0 and measured in load.looks and await self._decided(measured))

    async def _decided_between(self, condition: int, start: int) -> bool:
        """With several starts: decides after all conditions had their turn in a start."""
        load, (*_, last) = self._scenario.load, (found for found in segments(self._scenario) if found[1] == start)
        measured = load.first_blocks[start + 1] - (start + 1) * load.warmup_blocks
        ends_pass = load.restarts > 1 and (condition, start) == last
        return ends_pass and measured in load.looks[:-1] and await self._decided(measured)

    async def _decided(self, blocks: int) -> bool:
        """Analyses what is stored so far. The files hold every finished send."""
        try:
            decided = await asyncio.to_thread(lambda: is_decided(load_run(self._folder)))
        except (StoreError, InputError):  # a full disk: the run goes on and will say so
            return False
        self._keep(looked=(*self._manifest.looked, blocks), decided=blocks if decided else None)
        return decided

    async def _run_later(self, segment: Segment) -> tuple[RunStatus, str]:
        """After the first segment there are results to keep, whatever happens."""
        try:
            return await segment.run(self)
        except (TargetUnreachable, InputError) as error:
            return RunStatus.BROKEN, str(error)
        except asyncio.CancelledError:
            return RunStatus.INTERRUPTED, ""

    def on_news(self, condition: int, news: Mapping[str, Any]) -> None:
        if "overhead_us" in news:
            self._keep(overhead_us=news["overhead_us"])
        if "rtt_ms" in news:
            known = self._manifest.conditions[condition].rtt_ms
            found = [rtt_ms for rtt_ms in (known, news["rtt_ms"]) if rtt_ms is not None]
            self._note_condition(condition, rtt_ms=min(found, default=None))
        if "link" in news:
            before = self._manifest.conditions[condition].link
            self._note_condition(condition, link={key: before.get(key, 0) + n for key, n in news["link"].items()})
        if "process" in news:
            self._note_process(**news["process"])
        if "warning" in news:
            self._keep(warnings=(*self._manifest.warnings, news["warning"]))
        for facts in news.get("arms", ()):
            self._note_arm(**facts)
        if "sent" in news:
            self._progress(self._sent_before + news["sent"], total_sends(self._scenario))

    def _note_condition(self, condition: int, **facts: Any) -> None:
        conditions = list(self._manifest.conditions)
        conditions[condition] = replace(conditions[condition], **facts)
        self._keep(conditions=tuple(conditions))

    def _note_process(self, name: str, pinned: Sequence[int], ran_on: Sequence[int]) -> None:
        """Adds the process to the record of the current start."""
        *before, last = self._manifest.starts
        last = replace(last, pinned={**last.pinned, name: pinned}, ran_on={**last.ran_on, name: ran_on})
        self._keep(starts=(*before, last))

    def _note_arm(self, arm: int, **facts: Any) -> None:
        arms = list(self._manifest.arms)
        arms[arm] = replace(arms[arm], **facts)
        self._keep(arms=tuple(arms))

    def _keep(self, **facts: Any) -> None:
        """Writes the manifest; if the disk is full now, it is written again when the run is closed."""
        with suppress(StoreError):
            self._note(**facts)

    def _note(self, **facts: Any) -> None:
        self._manifest = replace(self._manifest, **facts)
        write_manifest(self._folder, self._manifest)

    def _close(self, status: RunStatus, trouble: str) -> RunEnd:
        try:
            write_tables(self._folder, parser_for(self._scenario.arms))
            altered_kept = keep_altered(self._folder)
            relayed = relay_arrivals(self._folder, self._scenario, self._relay) if self._relay else Relayed()
            remove_spools(self._folder)
            if self._relay and self._relay.have_ended():
                status, trouble = RunStatus.BROKEN, "; ".join(filter(None, (trouble, LAB_ENDED)))
            broke = trouble if status is RunStatus.BROKEN else ""
            other = [trouble] if trouble and not broke else []
            warnings = (*self._manifest.warnings, *other, *relayed.warnings)
            status = RunStatus.INTERRUPTED if relayed.stopped and status is RunStatus.COMPLETE else status
            self._note(status=status, warnings=warnings, broke_because=broke, altered_kept=altered_kept)
        except StoreError as error:
            with suppress(StoreError):  # a full disk may have room for that line
                self._note(status=RunStatus.BROKEN, broke_because="; ".join(filter(None, (trouble, str(error)))))
            return RunEnd(self._folder, RunStatus.BROKEN, "; ".join(part for part in (trouble, str(error)) if part))
        log = self._folder / CHILDREN_LOG
        if log.stat().st_size == 0:
            log.unlink()
        return RunEnd(self._folder, status, trouble, relay_stopped=relayed.stopped)


def _libraries(scenario: Scenario) -> set[str]:
    """The packages that the clients of this run send with."""
    return {name for arm in scenario.arms for name in offers_of(arm.transport, arm.client).libraries}


def _remove(folder: Path, existing: Path) -> None:
    """A run that sent nothing leaves nothing behind: folders made for it below `existing` are removed too."""
    with suppress(OSError):
        for path in folder.iterdir():
            path.unlink()
        while folder != existing:
            folder.rmdir()
            folder = folder.parent
