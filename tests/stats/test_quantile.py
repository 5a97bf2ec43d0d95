"""Quantiles and the mean, against scipy and against tables."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from benchkit.model.estimate import Clusters
from benchkit.model.summary import Estimate
from benchkit.stats import STATISTICS
from benchkit.stats.quantile import Quantile, interval_ranks


@pytest.mark.parametrize(
    ("n", "quantile", "ranks"),
    [
        (5, 0.5, (0, 6)),  # five samples do not bound a median at 95 %
        (6, 0.5, (1, 6)),
        (10, 0.5, (2, 9)),  # Conover, Practical Nonparametric Statistics: table of the sign test
        (20, 0.5, (6, 15)),
        (100, 0.5, (40, 61)),
        (80, 0.95, (72, 80)),
        (400, 0.99, (392, 400)),
        (4000, 0.999, (3992, 4000)),
    ],
)
def test_ranks_of_the_interval(n: int, quantile: float, ranks: tuple[int, int]) -> None:
    assert interval_ranks(n, quantile, 0.95) == ranks


@pytest.mark.parametrize(("n", "quantile"), [(30, 0.5), (300, 0.9), (300, 0.95), (1000, 0.99)])
def test_interval_covers_as_promised(n: int, quantile: float) -> None:
    low, high = interval_ranks(n, quantile, 0.95)
    assert stats.binom.cdf(high - 1, n, quantile) - stats.binom.cdf(low - 1, n, quantile) >= 0.95


@pytest.mark.parametrize("per_mille", [500, 900, 950])
def test_agrees_with_scipy_s_quantile_test(per_mille: int) -> None:
    sample = np.random.default_rng(per_mille).lognormal(size=501)
    expected: Any = stats.quantile_test(sample, p=per_mille / 1000).confidence_interval(0.95)
    ours = Quantile("q", per_mille, needs=1)(sample, 0.95)
    assert (ours.low, ours.high) == (expected.low, expected.high)


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=300), st.sampled_from([500, 900, 950, 990, 999]))
def test_value_is_numpy_s_inverted_cdf(sample: list[float], per_mille: int) -> None:
    value = Quantile("q", per_mille, needs=1)(sample, 0.95).value
    assert value is not None
    at_most = sum(x <= value for x in sample)
    below = sum(x < value for x in sample)
    assert at_most * 1000 >= len(sample) * per_mille > below * 1000
    assert value in sample


@pytest.mark.parametrize(("name", "needs"), [("p90", 40), ("p95", 80), ("p99", 400), ("p999", 4000)])
def test_refuses_what_fewer_than_four_samples_would_lie_beyond(name: str, needs: int) -> None:
    assert STATISTICS[name](np.ones(needs - 1), 0.95) == Estimate(None, needs=needs)
    assert STATISTICS[name](np.ones(needs), 0.95) == Estimate(1.0, 1.0, 1.0)


def test_failures_stand_in_the_ranks_above_every_success() -> None:
    sample = np.concatenate([np.arange(1.0, 91.0), np.full(10, np.inf)])
    assert STATISTICS["p90"](sample, 0.95) == Estimate(90.0, 84.0, None)
    assert STATISTICS["p95"](sample, 0.95) == Estimate(None, 90.0, None)


def _starts(count: int, messages: int) -> Clusters:
    return Clusters(np.repeat(np.arange(count), messages), count, count * messages)


def test_medians_of_six_starts_bound_a_median_that_their_shares_do_not() -> None:
    medians = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    sample = np.repeat(medians, 4) + np.tile([-0.2, -0.1, 0.1, 0.2], 6)
    assert STATISTICS["p50"](sample, 0.95, _starts(6, 4)) == Estimate(3.2, 0.9, 5.9)


def test_fewer_starts_are_averaged_with_student_s_t_of_their_logarithms() -> None:
    sample = np.repeat([1.0, 1.0, 2.0, 2.0], 4)
    found, half = STATISTICS["p50"](sample, 0.95, _starts(4, 4)), 3.182446 * np.log(2) / 12**0.5
    assert (found.value, found.low, found.high) == pytest.approx((1.0, 2**0.5 * np.exp(-half), 2**0.5 * np.exp(half)))
    assert STATISTICS["p50"](sample[:4], 0.95, _starts(1, 4)) == Estimate(1.0, None, None)


def test_a_start_that_fails_leaves_the_median_without_an_upper_bound() -> None:
    sample = np.concatenate([np.repeat([1.0, 2.0, 3.0, 4.0, 5.0], 4), np.full(4, np.inf)])
    assert STATISTICS["p50"](sample, 0.95, _starts(6, 4)) == Estimate(3.0, 1.0, None)


@pytest.mark.parametrize("name", ["p50", "p90", "mean"])
@pytest.mark.parametrize("starts", [2, 3])
@pytest.mark.parametrize("differ", [1.0, 1.001, 2.0, 1000.0])
def test_two_and_three_starts_or_blocks_give_no_interval(name: str, starts: int, differ: float) -> None:
    sample = np.repeat(differ ** np.arange(starts), 40) * np.tile(np.linspace(1, 1.1, 40), starts)
    found = STATISTICS[name](sample, 0.95, _starts(starts, 40))
    assert (found.value is None, found.low, found.high) == (False, None, None)


def test_four_starts_that_differ_tenfold_give_no_interval() -> None:
    found = STATISTICS["p50"](np.repeat([1.0, 3.0, 9.0, 27.0], 4), 0.95, _starts(4, 4))
    assert found == Estimate(3.0, None, None)


@pytest.mark.parametrize("starts", [5, 6])
@pytest.mark.parametrize("start_sd", [0.0, 0.02, 0.1])
def test_several_starts_always_give_an_interval_and_it_covers(start_sd: float, starts: int) -> None:
    rng = np.random.default_rng(6)
    runs, held = 600, 0
    for _ in range(runs):
        sample = np.exp(np.repeat(rng.normal(0, start_sd, starts), 4) + rng.normal(0, 0.02, 4 * starts))
        found = STATISTICS["p50"](sample, 0.95, _starts(starts, 4))
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 1.0 <= found.high
    assert held / runs >= 0.93


def test_mean_of_values_without_skewness_agrees_with_scipy() -> None:
    half = np.random.default_rng(4).normal(0, 1, 20)
    sample = 5 + np.concatenate([half, -half])
    expected = stats.ttest_1samp(sample, 0).confidence_interval(0.95)
    ours = STATISTICS["mean"](sample, 0.95)
    assert (ours.value, ours.low, ours.high) == pytest.approx((sample.mean(), expected.low, expected.high))


def test_a_skewed_mean_is_never_narrower_than_students_t() -> None:
    for seed in range(20):
        sample = np.random.default_rng(seed).lognormal(size=10)
        expected = stats.ttest_1samp(sample, 0).confidence_interval(0.95)
        ours = STATISTICS["mean"](sample, 0.95)
        assert ours.low is not None
        assert ours.high is not None
        assert ours.low <= max(0.0, expected.low) + 1e-9
        assert ours.high >= expected.high


def test_one_sample_has_a_mean_and_a_median_without_an_interval() -> None:
    assert STATISTICS["mean"](np.array([3.0]), 0.95) == Estimate(3.0)
    assert STATISTICS["p50"](np.array([3.0]), 0.95) == Estimate(3.0)


def test_importing_the_room_loads_no_scipy_and_no_numpy() -> None:
    code = "import sys, benchkit.stats; print(sorted({'numpy', 'scipy'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
