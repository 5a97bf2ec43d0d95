"""Runs taken together: the run is the unit, and the next run lies where it was said to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import exp, inf, log

import numpy as np
import pytest

from benchkit.errors import InputError
from benchkit.model.notice import Code, notice
from benchkit.model.run import Run
from benchkit.model.summary import Estimate, Summary, Verdict
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


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (Code.FAILURE_RATES_DIFFER, Verdict.WITHHELD),
        (Code.ARM_ALTERED, Verdict.WITHHELD),
        (Code.GENERATOR_LIMITED, Verdict.SLOWER),
    ],
)
def test_runs_that_lost_mail_are_not_hidden_by_the_others(summary: Summary, code: Code, verdict: Verdict) -> None:
    others = [with_ratio(summary, ratio) for ratio in (1.99, 2.0, 2.01)]
    (own,) = summary.contrasts
    withheld = replace(own, verdict=Verdict.WITHHELD, reasons=(notice(code),))
    (contrast,) = pool([*others, replace(summary, contrasts=(withheld,))]).contrasts
    assert (contrast.verdict, contrast.withheld, contrast.ratio.runs) == (verdict, 1, 3)


def test_a_run_whose_ratio_is_infinite_is_not_hidden_by_the_others(summary: Summary) -> None:
    others = [with_ratio(summary, ratio) for ratio in (0.5, 0.51, 0.49)]
    (own,) = summary.contrasts
    failed = replace(own, verdict=Verdict.UNDECIDED, ratio=inf, ci=(0.5, inf))
    (contrast,) = pool([*others, replace(summary, contrasts=(failed,))]).contrasts
    assert contrast.verdict is Verdict.WITHHELD


def test_only_runs_with_an_interval_are_counted_among_those_that_hold_the_mean(summary: Summary) -> None:
    arm = summary.arms[0]
    ends = (Estimate(5.0, 4.0, 6.0), Estimate(5.0), Estimate(5.0, 4.0, None), Estimate(5.0, None, 4.5))
    runs = [replace(summary, arms=(replace(arm, service_ms={"p50": one}),)) for one in ends]
    (pooled,) = pool(runs).arms
    assert (pooled.median_ms.covering, pooled.median_ms.given, pooled.median_ms.runs) == (2, 3, 4)


def test_runs_of_other_scenarios_are_refused_and_invalid_ones_left_out(summary: Summary) -> None:
    with pytest.raises(InputError, match="they differ in the ROPE"):
        pool([summary, replace(summary, rope=(0.8, 1.25))])
    invalid = replace(summary, run="the bad one", valid=False)
    assert pool([summary, invalid]).left_out == ("the bad one",)
    with pytest.raises(InputError, match="nothing to pool"):
        pool([invalid, invalid])
    withheld = replace(summary, contrasts=tuple(replace(one, verdict=Verdict.WITHHELD) for one in summary.contrasts))
    assert pool([withheld, withheld]).contrasts == ()


def test_two_runs_that_differ_give_no_interval_of_no_meaning(summary: Summary) -> None:
    (contrast,) = pool([with_ratio(summary, ratio) for ratio in (0.5, 1.5)]).contrasts
    ends = (contrast.ratio.low, contrast.ratio.high, contrast.ratio.next_low, contrast.ratio.next_high)
    assert (ends, contrast.verdict) == ((None, None, None, None), Verdict.UNDECIDED)
