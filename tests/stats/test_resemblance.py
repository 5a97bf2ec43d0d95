"""Ratios of consecutive blocks that resemble each other: the interval takes them as independent, so the run warns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchkit.model.notice import Code
from benchkit.stats.analysis import analyse
from benchkit.stats.stationarity import is_resemblance, resemblance
from benchmarks.coverage_cells import autoregressive
from tests.stats.varied import Factory, with_columns


def test_ranks_that_rise_resemble_each_other_and_those_that_alternate_do_not() -> None:
    rising = np.array([*range(19), np.inf])
    assert (resemblance(rising) or 0.0) > 0.8
    assert (resemblance(np.tile([0.0, 1.0], 10)) or 0.0) < 0
    assert resemblance(rising[:9]) is None


def test_false_alarms_are_one_in_a_hundred() -> None:
    rng = np.random.default_rng(3)
    alarms = sum(is_resemblance(resemblance(rng.normal(size=30)) or 0.0, 30, 1) for _ in range(2000))
    assert alarms / 2000 <= 0.015


@pytest.mark.parametrize(("coefficient", "starts", "expected"), [(0.0, 1, False), (0.9, 1, True), (0.9, 4, False)])
def test_a_run_says_so(synthetic_run: Factory, coefficient: float, starts: int, expected: bool) -> None:
    run: Any = synthetic_run(times=(1.0, 1.3), blocks=60, block_noise=0.02, starts=starts)
    swing = np.exp(0.3 * autoregressive(np.random.default_rng(1), 80, coefficient))[run.messages["block"]]
    service_ns = run.messages["ended_ns"] - run.messages["started_ns"]
    longer = np.where(run.messages["arm"] == 1, swing, 1.0)
    changed = with_columns(run, ended_ns=run.messages["started_ns"] + (service_ns * longer).astype(np.int64))
    assert any(one.code is Code.RATIOS_RESEMBLE for one in analyse(changed).warnings) is expected
