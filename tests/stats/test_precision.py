"""What a plan says that it can see, against simulated runs of that plan."""

from __future__ import annotations

from math import exp, inf, log

import numpy as np
import pytest

from benchkit.model.summary import Verdict
from benchkit.stats.distributions import student_t_quantile
from benchkit.stats.precision import (
    fewest_units,
    noise_of,
    plan_precision,
    share_equivalent,
    smallest_slower,
    units_for,
)
from benchkit.stats.starts import units_interval
from benchkit.stats.verdict import rope_rule

ROPE = (0.9, 1.1)
NOISE = 0.11


def share_of(verdict: Verdict, ratio: float, units: int, unit: str = "blocks") -> float:
    rng, found = np.random.default_rng(units), []
    starts = np.arange(units) if unit == "starts" else np.zeros(units)
    for _ in range(600):
        ends = units_interval(log(ratio) + NOISE * rng.normal(size=units), starts, 0.95)
        found.append(ends is not None and rope_rule((exp(ends[0]), exp(ends[1])), ROPE) is verdict)
    return sum(found) / len(found)


@pytest.mark.parametrize(
    ("unit", "units"),
    [("blocks", 6), ("blocks", 7), ("blocks", 12), ("blocks", 30), ("blocks", 80), ("starts", 2), ("starts", 4)],
)
def test_the_ratio_that_it_sees_is_seen_in_nine_of_ten_runs(unit: str, units: int) -> None:
    slower = smallest_slower(units, NOISE, ROPE, 0.95)
    assert 0.86 <= share_of(Verdict.SLOWER, slower, units, unit) <= 0.94
    assert share_of(Verdict.EQUIVALENT, 1.0, units, unit) >= share_equivalent(units, NOISE, ROPE, 0.95) - 0.05


@pytest.mark.parametrize("unit", ["blocks", "starts"])
@pytest.mark.parametrize("ratio", [1.2, 1.3, 1.5, 2.0])
def test_as_many_units_as_it_asks_for_see_that_ratio_and_one_fewer_does_not(ratio: float, unit: str) -> None:
    units = units_for(ratio, NOISE, ROPE, 0.95, unit)
    assert units is not None
    assert smallest_slower(units, NOISE, ROPE, 0.95) <= ratio
    assert units == fewest_units(unit, 0.95) or smallest_slower(units - 1, NOISE, ROPE, 0.95) > ratio
    assert share_of(Verdict.SLOWER, ratio, units, unit) >= 0.86


def test_within_the_rope_no_number_of_blocks_helps() -> None:
    assert units_for(1.1, 0.11, ROPE, 0.95, "blocks") is None


@pytest.mark.parametrize(("starts", "confidence", "blocks"), [(1, 0.95, 5), (1, 0.999, 10)])
def test_too_few_blocks_see_nothing(starts: int, confidence: float, blocks: int) -> None:
    """What the run then finds has no interval either."""
    found = plan_precision(blocks, starts, ROPE, confidence)
    assert (found.slower, found.equivalent, found.fewest) == (None, 0.0, blocks + 1)
    assert units_interval(np.zeros(blocks), np.zeros(blocks), confidence) is None
    assert all(units >= found.fewest for _, units in found.needs)


@pytest.mark.parametrize(
    ("starts", "measured", "unit", "noise"),
    [(1, None, "blocks", 0.11), (6, None, "starts", 0.157), (6, 0.4, "starts", 0.4)],
)
def test_the_noise_is_measured_or_assumed(starts: int, measured: float | None, unit: str, noise: float) -> None:
    found = plan_precision(30, starts, ROPE, 0.95, measured)
    assert (found.unit, found.measured) == (unit, measured is not None)
    assert found.noise == pytest.approx(noise, abs=0.001)


@pytest.mark.parametrize("starts", [1, 2, 3, 6])
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999, 0.99999, 1 - 0.00001 / 3])
def test_at_any_confidence_there_is_a_finite_answer(starts: int, confidence: float) -> None:
    found = plan_precision(24, starts, ROPE, confidence, 2.0)
    assert found.slower is None or ROPE[1] < found.slower < inf
    assert 0 <= found.equivalent <= 1
    assert all(units >= found.fewest for _, units in found.needs)


def test_an_earlier_run_tells_its_noise_in_the_same_unit_only() -> None:
    half = 1.959964 * 1.2533141 * 0.2 / 30**0.5
    contrast = {"aa": False, "ci": [exp(-half), exp(half)], "confidence": 0.95, "blocks": 30, "starts": 1}
    assert noise_of([contrast, contrast | {"ci": None}], starts=False) == pytest.approx(0.2, rel=1e-5)
    assert noise_of([contrast], starts=True) is None
    assert noise_of([contrast | {"aa": True}, contrast | {"ci": [0.5, None]}], starts=False) is None


def test_the_noise_of_a_few_starts_is_read_back_from_their_interval() -> None:
    half = student_t_quantile(0.975, 3) * 0.2 / 2
    contrast = {"aa": False, "ci": [exp(-half), exp(half)], "confidence": 0.95, "blocks": 30, "starts": 4}
    assert noise_of([contrast], starts=True) == pytest.approx(0.2)
