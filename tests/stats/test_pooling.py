"""Runs taken together: the run is the unit, and the next run lies where it was said to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import exp, log

import numpy as np
import pytest

from benchkit.errors import InputError
from benchkit.model.run import Run
from benchkit.model.summary import Summary, Verdict
from benchkit.stats.analysis import analyse
from benchkit.stats.pooling import pool

Factory = Callable[..., Run]


@pytest.fixture(scope="module")
def summary(synthetic_run: Factory) -> Summary:
    return analyse(synthetic_run(times=(1.0, 2.0)))


def with_ratio(summary: Summary, ratio: float, error: float = 0.05) -> Summary:
    ci = (ratio * exp(-1.96 * error), ratio * exp(1.96 * error))
    return replace(summary, contrasts=tuple(replace(one, ratio=ratio, ci=ci) for one in summary.contrasts))


def test_the_mean_the_spread_and_the_next_run_are_those_of_the_logarithms(summary: Summary) -> None:
    ratios = (1.6, 2.0, 2.5)
    (contrast,) = pool([with_ratio(summary, ratio) for ratio in ratios]).contrasts
    found, sd = contrast.ratio, float(np.std(np.log(ratios), ddof=1))
    assert found.value == pytest.approx(2.0)
    assert found.spread.observed == pytest.approx(sd)
    assert found.spread.claimed == pytest.approx(0.05, rel=1e-3)
    assert found.spread.between == pytest.approx((sd**2 - 0.05**2) ** 0.5, rel=1e-3)
    assert found.covering == 1
    t = 4.302653
    assert (log(found.high or 0), log(found.next_high or 0)) == pytest.approx(
        (log(2) + t * sd / 3**0.5, log(2) + t * sd * (4 / 3) ** 0.5), rel=1e-5
    )


@pytest.mark.parametrize(
    ("ratios", "verdict"),
    [
        ((2.0,), Verdict.UNDECIDED),
        ((2.0, 2.01, 1.99), Verdict.SLOWER),
        ((1.2, 2.9), Verdict.UNDECIDED),
        ((1.0, 1.01, 0.99), Verdict.EQUIVALENT),
    ],
)
def test_the_verdict_is_that_of_the_mean_over_runs(
    summary: Summary, ratios: tuple[float, ...], verdict: Verdict
) -> None:
    (contrast,) = pool([with_ratio(summary, ratio) for ratio in ratios]).contrasts
    assert contrast.verdict is verdict


def test_the_next_run_lies_in_its_interval_as_often_as_it_says(summary: Summary) -> None:
    rng, held = np.random.default_rng(1), 0
    for _ in range(300):
        *before, after = np.exp(0.3 * rng.normal(size=6))
        (contrast,) = pool([with_ratio(summary, float(ratio)) for ratio in before]).contrasts
        held += (contrast.ratio.next_low or 0) <= after <= (contrast.ratio.next_high or 0)
    assert 0.91 <= held / 300 <= 0.99


def test_a_noisy_run_counts_for_less(summary: Summary) -> None:
    quiet = [with_ratio(summary, ratio, error=0.01) for ratio in (1.99, 2.0, 2.01)]
    (contrast,) = pool([*quiet, with_ratio(summary, 4.0, error=0.8)]).contrasts
    assert contrast.ratio.value == pytest.approx(2.0, rel=0.01)
    assert contrast.ratio.covering == 4


def test_runs_of_other_scenarios_are_refused_and_invalid_ones_left_out(summary: Summary) -> None:
    with pytest.raises(InputError, match="they differ in the ROPE"):
        pool([summary, replace(summary, rope=(0.8, 1.25))])
    invalid = replace(summary, run="the bad one", valid=False)
    assert pool([summary, invalid]).left_out == ("the bad one",)
    with pytest.raises(InputError, match="nothing to pool"):
        pool([invalid, invalid])
    withheld = replace(summary, contrasts=tuple(replace(one, verdict=Verdict.WITHHELD) for one in summary.contrasts))
    assert pool([withheld, withheld]).contrasts == ()
