"""`benchkit certify` checks benchkit itself: what physics predicts against what it measured (method.md §10).

The runs are ordinary runs in a temporary folder: the dialogues over three links, delays at known points of the dialogue, the
client libraries with a small and a large message, and speed. The certificate holds for this machine, version and kernel in
their current state.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchkit import __version__
from benchkit.batch import compose
from benchkit.errors import BenchkitError
from benchkit.experiment.certify import checks, scenarios
from benchkit.experiment.certify.attempts import MOST_ATTEMPTS, Busyness, combined, needs_another
from benchkit.experiment.certify.scenarios import CertifiedSequence
from benchkit.experiment.conditions import describe_host
from benchkit.experiment.conditions.machine_load import CpuTimes, cpu_times, load_average, stolen_share
from benchkit.experiment.parent.body_parser import open_run
from benchkit.experiment.parent.certificate_file import machine_of
from benchkit.experiment.parent.run_experiment import run_experiment
from benchkit.experiment.parent.stopping import signals_given_back
from benchkit.experiment.parent.temp_folder import temporary_folder
from benchkit.model.certificate import Certificate, CertificationCheck
from benchkit.model.clock import utc_now
from benchkit.model.load import LoadModel
from benchkit.model.run import Run, RunStatus
from benchkit.model.scenario import Scenario
from benchkit.stats.analysis import analyse
from benchkit.stats.clock_ratio import queued_share
from benchkit.stats.phase_medians import phase_growth_ms

BLOCKS = 12
_DELAY_BLOCKS, _CLIENT_BLOCKS, _SPEED_BLOCKS, _SPEED_MESSAGES = 20, 3, 6, 400
Report = Callable[[str], None]


def certify(
    report: Report,
    dialogues: tuple[CertifiedSequence, ...] = scenarios.DIALOGUES,
    rtts_ms: tuple[float, ...] = scenarios.RTTS_MS,
    blocks: int = BLOCKS,
) -> Certificate:
    """Takes under three minutes with the defaults; `report` gets the title of each step. Without a lab nothing is certified.

    Timing checks that fail are repeated, so a busy machine takes longer. Raises KeyboardInterrupt, and BenchkitError if a run
    breaks.
    """
    started, before = time.perf_counter(), cpu_times()
    with temporary_folder() as folder:
        measured = _Measured(folder, report)
        lab, found = measured.checks_of(dialogues, rtts_ms, blocks)
    return Certificate(
        created_utc=utc_now().isoformat(timespec="seconds"),
        version=__version__,
        machine=machine_of(describe_host(resolved=False)),
        lab=lab or "TUN",
        seconds=round(time.perf_counter() - started, 1),
        checks=found,
        busy=measured.busyness(before).too_busy,
    )


class _Measured:
    """The runs of a certificate: each stage is one run with its checks, repeated if only timing checks failed."""

    def __init__(self, folder: Path, report: Report) -> None:
        self._folder = folder
        self._report = report
        self._runs: list[Run] = []

    def busyness(self, before: Mapping[str, CpuTimes]) -> Busyness:
        stolen = stolen_share(before, cpu_times())
        return Busyness(queued_share(self._runs), stolen, load_average(), len(os.sched_getaffinity(0)))

    def checks_of(
        self, dialogues: tuple[CertifiedSequence, ...], rtts_ms: tuple[float, ...], blocks: int
    ) -> tuple[str, list[CertificationCheck]]:
        """Why there is no lab (empty if there is one), and the checks."""
        swept = partial(swept_checks, dialogues=dialogues)
        found = self._stage(scenarios.sweep(dialogues, rtts_ms, blocks), swept, "round trips, slopes and A/A")
        if lab := next((condition.note for condition in self._runs[0].manifest.conditions if not condition.lab), ""):
            return lab, [_no_lab(lab)]
        way = next((dialogue.arm for dialogue in dialogues if dialogue.arm.auth and dialogue.turns == 11), None)
        if way is not None:
            found += self._stage(scenarios.delays(way, _DELAY_BLOCKS), delayed_checks, "delays at known points")
            for size, text_bytes in scenarios.SIZES.items():
                of_size = partial(clients_checks, size=size)
                what = f"client libraries with messages of {size}"
                found += self._stage(scenarios.clients(text_bytes, _CLIENT_BLOCKS), of_size, what)
        on_open_connections = tuple(dialogue for dialogue in dialogues if dialogue.arm.connection.messages == 0)
        return "", found + self._stage(_speed(on_open_connections), fast_checks, "speed")

    def _stage(
        self, scenario: Scenario, checks_in: Callable[[Run], Iterable[CertificationCheck]], what: str
    ) -> list[CertificationCheck]:
        attempts: list[list[CertificationCheck]] = []
        while len(attempts) < MOST_ATTEMPTS:
            title = f"{what}, attempt {len(attempts) + 1}" if attempts else what
            run = _run(scenario, self._folder, self._report, title)
            self._runs.append(run)
            attempts.append(list(checks_in(run)))
            if not needs_another(combined(attempts)):
                break
        return combined(attempts)


def swept_checks(run: Run, dialogues: tuple[CertifiedSequence, ...]) -> Iterator[CertificationCheck]:
    yield from checks.link_checks(run.manifest.conditions)
    yield from checks.sweep_checks(dialogues, analyse(run))
    yield checks.clock_check(run)
    yield checks.overhead_check(run.manifest.overhead_us)


def delayed_checks(run: Run) -> Iterator[CertificationCheck]:
    for plain, expected_ms in zip((0, 2), scenarios.expected_delays_ms(), strict=True):
        yield from checks.delay_checks(phase_growth_ms(run, 0, plain=plain, delayed=plain + 1), expected_ms)


def clients_checks(run: Run, size: str) -> Iterator[CertificationCheck]:
    yield from checks.client_checks(size, analyse(run))


def fast_checks(run: Run) -> Iterator[CertificationCheck]:
    yield from checks.speed_checks(analyse(run), run.manifest.overhead_us)


def _speed(dialogues: tuple[CertifiedSequence, ...]) -> Scenario:
    plan = scenarios.sweep(dialogues, (), _SPEED_BLOCKS)
    load = replace(plan.load, model=LoadModel.THROUGHPUT, messages_per_block=_SPEED_MESSAGES, concurrency=4)
    return replace(plan, load=load)


def _run(scenario: Scenario, folder: Path, report: Report, what: str) -> Run:
    """One run. A run that did not finish is not judged: it says nothing about the machine."""
    report(what)
    with signals_given_back():
        ended = run_experiment(scenario, compose(scenario.message), {}, folder, lambda sent, planned: None)
    if ended.status is RunStatus.INTERRUPTED:
        raise KeyboardInterrupt
    if ended.status is RunStatus.BROKEN:
        raise BenchkitError(f"nothing is certified: {ended.trouble}")
    return open_run(ended.folder)


def _no_lab(note: str) -> CertificationCheck:
    return CertificationCheck("lab", "this machine", passed=False, found=note, wanted="a link of known RTT")
