"""benchkit checks itself: what physics predicts against what it measured (method.md §10).

Three runs, made like any other run, in a folder that goes away: the dialogues over three links; delays at known
points of the dialogue; speed. What is certified is the machine as it is now, with this version and this kernel.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from benchkit import __version__
from benchkit.batch import compose
from benchkit.clock import utc_now
from benchkit.conditions import describe_host
from benchkit.errors import BenchkitError
from benchkit.experiment.certify import checks, scenarios
from benchkit.experiment.certify.scenarios import CertifiedSequence
from benchkit.experiment.parent.body_parser import open_run
from benchkit.experiment.parent.certificate_file import machine_of
from benchkit.experiment.parent.run_experiment import run_experiment
from benchkit.experiment.parent.stopping import signals_given_back
from benchkit.experiment.parent.temp_folder import temporary_folder
from benchkit.model.certificate import Certificate, CertificationCheck
from benchkit.model.load import LoadModel
from benchkit.model.run import Run, RunStatus
from benchkit.model.scenario import Scenario
from benchkit.stats.analysis import analyse
from benchkit.stats.phase_medians import median_phases_ms

BLOCKS = 12
_DELAY_BLOCKS, _SPEED_BLOCKS, _SPEED_MESSAGES = 20, 6, 400
Tell = Callable[[str], None]


def certify(
    tell: Tell,
    dialogues: tuple[CertifiedSequence, ...] = scenarios.DIALOGUES,
    rtts_ms: tuple[float, ...] = scenarios.RTTS_MS,
    blocks: int = BLOCKS,
) -> Certificate:
    """Under three minutes with the defaults; `tell` hears what is going on. Without a lab, nothing is certified.

    Raises KeyboardInterrupt, and BenchkitError where a run breaks.
    """
    started = time.perf_counter()
    with temporary_folder() as folder:
        swept = _run(scenarios.sweep(dialogues, rtts_ms, blocks), folder, tell, "turns, slopes and A/A")
        lab = next((condition.note for condition in swept.manifest.conditions if not condition.lab), "")
        checks = [_no_lab(lab)] if lab else list(_checks(swept, dialogues, folder, tell))
    return Certificate(
        created_utc=utc_now().isoformat(timespec="seconds"),
        version=__version__,
        machine=machine_of(describe_host(resolved=False)),
        lab=lab or "TUN",
        seconds=round(time.perf_counter() - started, 1),
        checks=checks,
    )


def _checks(
    swept: Run, dialogues: tuple[CertifiedSequence, ...], folder: Path, tell: Tell
) -> Iterator[CertificationCheck]:
    yield from checks.link_checks(swept.manifest.conditions)
    yield from checks.sweep_checks(dialogues, analyse(swept))
    way = next((dialogue.arm for dialogue in dialogues if dialogue.arm.auth and dialogue.turns == 11), None)
    if way is not None:
        delayed = _run(scenarios.delays(way, _DELAY_BLOCKS), folder, tell, "delays at known points")
        plain_ms, delayed_ms = (median_phases_ms(delayed, 0, arm) for arm in (0, 1))
        yield from checks.delay_checks(plain_ms, delayed_ms, scenarios.expected_delays_ms())
    overhead_us = swept.manifest.overhead_us
    yield checks.overhead_check(overhead_us)
    kept = tuple(dialogue for dialogue in dialogues if dialogue.arm.connection.messages == 0)
    speed = _run(_speed(kept), folder, tell, "speed")
    yield from checks.speed_checks(analyse(speed), overhead_us)


def _speed(dialogues: tuple[CertifiedSequence, ...]) -> Scenario:
    plan = scenarios.sweep(dialogues, (), _SPEED_BLOCKS)
    load = replace(plan.load, model=LoadModel.THROUGHPUT, messages_per_block=_SPEED_MESSAGES, concurrency=4)
    return replace(plan, load=load)


def _run(scenario: Scenario, folder: Path, tell: Tell, what: str) -> Run:
    """Of a run that did not come to its end nothing is judged: the machine is not to blame."""
    tell(what)
    with signals_given_back():
        ended = run_experiment(scenario, compose(scenario.message), {}, folder, lambda sent, planned: None)
    if ended.status is RunStatus.INTERRUPTED:
        raise KeyboardInterrupt
    if ended.status is RunStatus.BROKEN:
        raise BenchkitError(f"nothing is certified: {ended.trouble}")
    return open_run(ended.folder)


def _no_lab(note: str) -> CertificationCheck:
    return CertificationCheck("lab", "this machine", passed=False, found=note, wanted="a link of known RTT")
