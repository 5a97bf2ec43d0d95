"""What a plan says that it can see, against simulated runs of that plan."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest

from benchkit.model.summary import Verdict
from benchkit.stats.paired import median_interval
from benchkit.stats.precision import noise_of, plan_precision, precision_of, units_for
from benchkit.stats.verdict import rope_rule

ROPE = (0.9, 1.1)


def share_of(verdict: Verdict, ratio: float, units: int, noise: float) -> float:
    rng, found = np.random.default_rng(units), []
    for _ in range(400):
        ends = median_interval(log(ratio) + noise * rng.normal(size=units), 0.95)
        found.append(ends is not None and rope_rule((exp(ends[0]), exp(ends[1])), ROPE) is verdict)
    return sum(found) / len(found)


@pytest.mark.parametrize("units", [12, 30, 80])
def test_the_ratio_that_it_sees_is_seen_in_nine_of_ten_runs(units: int) -> None:
    slower, equivalent = precision_of(units, 0.11, ROPE, 0.95)
    assert 0.85 <= share_of(Verdict.SLOWER, slower, units, 0.11) <= 0.97
    assert share_of(Verdict.EQUIVALENT, 1.0, units, 0.11) >= equivalent - 0.05


@pytest.mark.parametrize("ratio", [1.2, 1.3, 1.5])
def test_as_many_units_as_it_asks_for_see_that_ratio(ratio: float) -> None:
    units = units_for(ratio, 0.11, ROPE, 0.95)
    assert units is not None
    assert share_of(Verdict.SLOWER, ratio, units, 0.11) >= 0.85


def test_within_the_rope_no_number_of_blocks_helps() -> None:
    assert units_for(1.1, 0.11, ROPE, 0.95) is None


@pytest.mark.parametrize(
    ("starts", "measured", "unit", "noise"),
    [(1, None, "blocks", 0.11), (6, None, "starts", 0.157), (6, 0.4, "starts", 0.4)],
)
def test_the_noise_is_measured_or_assumed(starts: int, measured: float | None, unit: str, noise: float) -> None:
    found = plan_precision(30, starts, ROPE, 0.95, measured)
    assert (found.unit, found.measured) == (unit, measured is not None)
    assert found.noise == pytest.approx(noise, abs=0.001)


def test_an_earlier_run_tells_its_noise_in_the_same_unit_only() -> None:
    half = 1.959964 * 1.2533141 * 0.2 / 30**0.5
    contrast = {"aa": False, "ci": [exp(-half), exp(half)], "confidence": 0.95, "blocks": 30, "starts": 1}
    assert noise_of([contrast, contrast | {"ci": None}], starts=False) == pytest.approx(0.2, rel=1e-5)
    assert noise_of([contrast], starts=True) is None
    assert noise_of([contrast | {"aa": True}, contrast | {"ci": [0.5, None]}], starts=False) is None
