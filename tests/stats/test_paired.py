"""The paired statistics, against textbooks and scipy."""

from __future__ import annotations

import itertools
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from benchkit.model.summary import Estimate
from benchkit.stats.paired import (
    EXACT,
    hodges_lehmann,
    holm,
    median_interval,
    median_of,
    min_blocks,
    signed_rank_distribution,
    signed_rank_p,
)
from benchkit.stats.proportion import wilson

# Hollander & Wolfe, Nonparametric Statistical Methods, table 3.1: Hamilton depression scale before and after treatment.
BEFORE = np.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30])
AFTER = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29])


def test_hodges_lehmann_of_the_depression_scale() -> None:
    """Their estimate is −0.46; R's wilcox.test gives the 95 % interval [−0.786, −0.010] (96.1 % exact)."""
    estimate = hodges_lehmann(AFTER - BEFORE, 0.95)
    assert (estimate.value, estimate.low, estimate.high) == pytest.approx((-0.46, -0.786, -0.010), abs=5e-4)


def test_signed_rank_test_of_the_depression_scale() -> None:
    assert signed_rank_p(AFTER - BEFORE) == pytest.approx(0.0390625)  # R: V = 5, p = 0.03906


@pytest.mark.parametrize("n", [1, 2, 5, 9])
def test_signed_rank_distribution_by_listing_every_sign(n: int) -> None:
    sums = [sum(chosen) for k in range(n + 1) for chosen in itertools.combinations(range(1, n + 1), k)]
    assert signed_rank_distribution(n) == pytest.approx(np.bincount(sums) / 2**n)


@pytest.mark.parametrize(("n", "bounded"), [(1, False), (5, False), (6, True), (30, True)])
def test_shift_has_an_interval_from_six_blocks(n: int, bounded: bool) -> None:
    estimate = hodges_lehmann(np.arange(1.0, n + 1), 0.95)
    assert estimate.value == pytest.approx((n + 1) / 2)
    assert (estimate.low is not None) is (estimate.high is not None) is bounded


def test_shift_of_nothing_is_unknown() -> None:
    assert hodges_lehmann(np.array([]), 0.95) == Estimate(None, needs=1)


def test_shift_s_interval_holds_exactly_the_shifts_that_the_test_does_not_reject() -> None:
    differences = np.random.default_rng(5).normal(1, 2, 20)
    estimate = hodges_lehmann(differences, 0.95)
    assert estimate.low is not None
    assert (
        signed_rank_p(differences - (estimate.low - 1e-9)) < 0.05 < signed_rank_p(differences - (estimate.low + 1e-9))
    )


def test_nothing_differs_where_all_ratios_are_one() -> None:
    assert signed_rank_p(np.zeros(10)) == 1.0
    assert median_interval(np.zeros(10), 0.95) == (0.0, 0.0)


@pytest.mark.parametrize(("confidence", "fewest"), [(0.95, 6), (0.99, 8), (0.999, 11)])
def test_the_fewest_blocks_follow_from_the_confidence(confidence: float, fewest: int) -> None:
    assert min_blocks(confidence) == fewest
    assert median_interval(np.arange(fewest - 1.0), confidence) is None
    assert median_interval(np.arange(float(fewest)), confidence) is not None


def test_the_interval_of_the_median_by_hand() -> None:
    """Of 1 to 10: depth 2 holds 97.85 %, depth 3 89.06 %; their formula puts 95 % at 0.6575 of the way from 2 to 3."""
    assert median_interval(np.arange(1.0, 11.0), 0.95) == pytest.approx((2.6575, 8.3425), abs=1e-3)


def test_failed_blocks_stand_in_the_ranks_and_open_the_interval() -> None:
    logs = np.array([0.1, 0.12, 0.09, 0.11, 0.1, 0.13, np.inf, np.inf])
    low, high = median_interval(logs, 0.95) or (0.0, 0.0)
    assert 0.09 <= low <= 0.1
    assert high == np.inf


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=40))
def test_pairwise_means_by_selection_are_those_by_sorting(values: list[float]) -> None:
    sample = np.array(values)
    first, second = np.triu_indices(len(sample))
    means = np.sort((sample[first] + sample[second]) / 2)
    assert hodges_lehmann(sample, 0.95).value == pytest.approx(float(np.median(means)), abs=1e-9)


@pytest.mark.parametrize("n", [7, 50, 201, 400])
def test_signed_rank_p_as_in_scipy(n: int) -> None:
    sample = np.random.default_rng(n).normal(0.1, 1, n)
    method: Literal["exact", "approx"] = "exact" if n <= EXACT else "approx"
    assert signed_rank_p(sample) == pytest.approx(stats.wilcoxon(sample, method=method).pvalue, rel=1e-9)
    tied = np.round(sample, 1)
    if np.count_nonzero(tied) > EXACT:
        expected = stats.wilcoxon(tied[tied != 0], method="approx").pvalue
        assert signed_rank_p(tied) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    "values", [(1, 1, 1, 1, 1, 1, 1, 1), (1, 1, 2, -2, 3, 3, 3, 4), (1, -1, 1, 2, 2, 5), (0, 0, 1, 1, 2)]
)
def test_equal_differences_have_the_p_of_every_sign_that_they_could_have(values: tuple[int, ...]) -> None:
    """Times in whole microseconds tie; eight blocks on one side are p = 2 ÷ 2⁸ then too."""
    sample = np.array([value for value in values if value], dtype=np.float64)
    ranks = stats.rankdata(np.abs(sample))
    sums = [float(ranks @ np.array(signs)) for signs in itertools.product((0, 1), repeat=len(sample))]
    found = float(ranks[sample > 0].sum())
    tail = min(sum(one <= found for one in sums), sum(one >= found for one in sums)) / len(sums)
    assert signed_rank_p(np.array(values)) == pytest.approx(min(1.0, 2 * tail))


@pytest.mark.parametrize(
    ("values", "middle"),
    [
        ([1.0, 2.0, 4.0], 2.0),
        ([1.0, 2.0], 1.5),
        ([1.0, np.inf], np.inf),
        ([-np.inf, 1.0], -np.inf),
        ([np.inf, np.inf], np.inf),
    ],
)
def test_a_median_also_of_infinite_values(values: list[float], middle: float) -> None:
    assert median_of(np.array(values)) == middle


def test_between_minus_and_plus_infinity_there_is_no_median_and_the_interval_is_open_at_both_ends() -> None:
    halves = np.array([-np.inf] * 10 + [np.inf] * 10)
    assert np.isnan(median_of(halves))
    assert median_interval(halves, 0.95) == (-np.inf, np.inf)


def test_holm_s_textbook_example() -> None:
    """Four hypotheses with p 0.01, 0.04, 0.03, 0.005; R's p.adjust(method = "holm") gives these."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_keeps_the_order_and_never_helps(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert all(p <= after <= 1 for p, after in zip(p_values, adjusted, strict=True))
    for (p, after), (q, other) in itertools.combinations(zip(p_values, adjusted, strict=True), 2):
        assert after == other or (p < q) == (after < other)


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_s_interval_as_in_newcombe(count: int, n: int, low: float, high: float) -> None:
    estimate = wilson(count, n, 0.95)
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 1000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_s_interval_as_in_scipy(count_of: tuple[int, int]) -> None:
    count, n = count_of
    estimate = wilson(count, n, 0.95)
    if n == 0:
        assert estimate == Estimate(None, needs=1)
        return
    expected = stats.binomtest(count, n).proportion_ci(method="wilson")
    assert (estimate.low, estimate.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize("n", [1, 7, 300, 310, 12_345])
def test_a_rate_of_none_begins_at_zero_and_a_rate_of_all_ends_at_one(n: int) -> None:
    assert (wilson(0, n, 0.95).low, wilson(n, n, 0.95).high) == (0.0, 1.0)
