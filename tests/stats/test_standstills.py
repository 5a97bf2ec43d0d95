"""A machine that stopped: its blocks are left out for every arm, named, and move no number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from benchkit.model.run import Run
from benchkit.model.summary import Verdict
from benchkit.report.content.notices import texts, warning_lines
from benchkit.stats.analysis import analyse
from benchkit.stats.standstills import STOPPED_NS, standstills

Factory = Callable[..., Run]
STOP_NS = 8_000_000_000


def stopped(run: Run, row: int, lasted_ns: int, cpu_ns: int = 0) -> Run:
    """The loop stands still while the message in that row is sent, which takes that much longer; all later ones are later."""
    columns = {name: run.messages[name].copy() for name in ("intended_ns", "started_ns", "ended_ns")}
    columns["ended_ns"][row:] += lasted_ns
    for name in ("intended_ns", "started_ns"):
        columns[name][row + 1 :] += lasted_ns
    at_ns = run.messages["started_ns"][row]
    cells = {name: column.copy() for name, column in run.cells.items()}
    cells["ended_ns"][cells["ended_ns"] >= at_ns] += lasted_ns
    cells["started_ns"][cells["started_ns"] > at_ns] += lasted_ns
    lags = {
        "condition": np.array([0]), "worker": np.array([0]), "due_ns": np.array([at_ns + 1]),
        "called_ns": np.array([at_ns + 1 + lasted_ns]), "cpu_ns": np.array([cpu_ns]),
    }  # fmt: skip
    return replace(run, messages={**run.messages, **columns}, cells=cells, lags=lags)


@pytest.mark.parametrize("at", [25, 111, 499])
def test_the_block_of_a_standstill_is_left_out_and_named(synthetic_run: Factory, at: int) -> None:
    run = synthetic_run(times=(1.0, 2.9))
    block = int(run.messages["block"][at])
    before, after = analyse(run), analyse(stopped(run, at, STOP_NS))
    assert [arm.planned for arm in after.arms] == [290, 290]
    assert [arm.unsent for arm in after.arms] == [0, 0]
    assert after.contrasts[0].blocks == 29
    assert after.contrasts[0].verdict is before.contrasts[0].verdict is Verdict.SLOWER
    (said,) = [warning for warning in warning_lines(after) if "stood still" in warning]
    assert said == f"this machine or its processes stood still for 8.0 s: block {block} is left out for every arm"
    for one, other in zip(before.arms, after.arms, strict=True):
        assert (other.service_ms["mean"].value or 0.0) < 1.1 * (one.service_ms["mean"].value or 0.0)


@pytest.mark.parametrize(("lasted_ns", "cpu_ns"), [(STOPPED_NS - 1, 0), (STOP_NS, STOP_NS)])
def test_a_short_one_and_one_that_computed_are_the_watchdog_s_business(
    synthetic_run: Factory, lasted_ns: int, cpu_ns: int
) -> None:
    assert not standstills(stopped(synthetic_run(), 25, lasted_ns, cpu_ns))


def test_a_machine_that_slept_gives_no_verdict(synthetic_run: Factory) -> None:
    run = synthetic_run(times=(1.0, 2.9))
    summary = analyse(replace(run, manifest=replace(run.manifest, host={"slept_s": 12.3})))
    assert not summary.valid
    assert "this machine slept for 12.3 s" in texts(summary.invalid_because)[0]


def test_blocks_that_are_left_out_are_not_in_doubt(synthetic_run: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    run = synthetic_run(blocks=8)
    monkeypatch.setattr("benchkit.stats.sample.stopped_blocks", lambda _: {0: frozenset({3})})
    for arm in analyse(run).arms:
        assert (arm.planned, arm.in_doubt, arm.unsent) == (70, 0, 0)
        assert arm.recipients_planned == arm.recipients_accepted == 70
