"""What every statistic must guarantee: it refuses small samples, failures never improve it, its interval is valid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest

from benchkit.model.contracts import Statistic
from benchkit.model.estimate import Clusters
from benchkit.model.summary import Estimate
from benchkit.testing.suite import Suite

ENOUGH = 10_000
SEEDS = 200
BLOCKS = 40
BLOCK_SPREAD = 0.3  # standard deviation of the logarithm of what the values of one block have in common
SPREAD = 0.5  # … and of the values
LOW_SHARE = 0.90  # of 95 % intervals that must hold the truth: 3 standard errors of 200 seeds below 0.95


@dataclass(frozen=True, slots=True)
class StatisticCase:
    """A statistic and its plain formula, without an interval, as numpy has it: `lambda sample: np.quantile(sample, 0.95)`."""

    statistic: Statistic
    reference: Callable[[Any], float]

    @property
    def label(self) -> str:
        return self.statistic.name

    @property
    def needs(self) -> int:
        return self.statistic(np.array([]), 0.95).needs

    def truth(self, spread: float) -> float:
        return float(self.reference(np.random.default_rng(0).lognormal(sigma=spread, size=1_000_000)))

    def estimate(self, sample: Any, clusters: Clusters | None = None) -> Estimate:
        """One that has a value."""
        estimate = self.statistic(sample, 0.95, clusters)
        assert estimate.value is not None
        return estimate


class StatisticSuite(Suite):
    """Set `cases` to one StatisticCase for each statistic."""

    cases: ClassVar[Sequence[StatisticCase]] = ()

    def test_no_sample_gives_no_value_and_says_what_it_needs(self, case: StatisticCase) -> None:
        estimate = case.statistic(np.array([]), 0.95)
        assert estimate.value is None
        assert estimate.needs > 0

    def test_what_it_needs_is_enough_and_one_less_is_not(self, case: StatisticCase) -> None:
        assert case.statistic(np.arange(1.0, case.needs + 1), 0.95).value is not None
        assert case.statistic(np.arange(1.0, case.needs), 0.95) == Estimate(None, needs=case.needs)

    def test_it_is_what_its_formula_says(self, case: StatisticCase) -> None:
        for seed in range(5):
            sample = _lognormal(seed, ENOUGH)
            assert case.estimate(sample).value == pytest.approx(case.reference(sample), rel=0.02)

    def test_value_lies_in_its_interval_and_in_the_sample(self, case: StatisticCase) -> None:
        sample = _lognormal(1, ENOUGH)
        estimate = case.estimate(sample)
        assert estimate.low is not None
        assert estimate.high is not None
        assert estimate.low < estimate.value < estimate.high  # type: ignore[operator]
        assert sample.min() <= estimate.low
        assert estimate.high <= sample.max()

    def test_more_confidence_is_a_wider_interval(self, case: StatisticCase) -> None:
        sample = _lognormal(2, ENOUGH)
        wide, narrow = case.statistic(sample, 0.99), case.statistic(sample, 0.8)
        assert wide.value == narrow.value
        assert _width(wide) > _width(narrow)

    def test_more_data_is_a_narrower_interval(self, case: StatisticCase) -> None:
        few, many = case.statistic(_lognormal(3, ENOUGH), 0.95), case.statistic(_lognormal(3, 16 * ENOUGH), 0.95)
        assert _width(many) < 0.5 * _width(few)

    def test_the_order_of_the_sample_does_not_matter_nor_is_it_changed(self, case: StatisticCase) -> None:
        sample = _lognormal(4, ENOUGH)
        before = sample.copy()
        assert case.estimate(sample[::-1]).value == pytest.approx(case.estimate(sample).value)
        assert case.statistic(sample, 0.95) == case.statistic(sample, 0.95)
        assert (sample == before).all()

    def test_it_scales_with_the_unit(self, case: StatisticCase) -> None:
        """Milliseconds or seconds: nothing in it knows a size."""
        sample = _lognormal(5, ENOUGH)
        for plain, scaled in zip(_numbers(case.estimate(sample)), _numbers(case.estimate(sample * 1024)), strict=True):
            assert scaled == pytest.approx(plain * 1024)

    def test_a_failure_never_makes_it_better(self, case: StatisticCase) -> None:
        """A failure is +∞: it counts as slower than every success, and is not left out."""
        sample = np.sort(_lognormal(6, ENOUGH))
        whole = case.estimate(sample)
        for count in (1, 20, 300, 700):
            for failing in (slice(-count, None), slice(0, count), slice(4_000, 4_000 + count)):
                failed = sample.copy()
                failed[failing] = np.inf
                estimate = case.statistic(failed, 0.95)
                for with_failures, without in zip(_bounds(estimate), _bounds(whole), strict=True):
                    assert with_failures is None or without is None or with_failures >= without

    def test_many_failures_make_it_infinite_or_worse(self, case: StatisticCase) -> None:
        """Two fifths of the messages fail, of any duration."""
        sample = _lognormal(7, ENOUGH)
        whole = case.estimate(sample)
        sample[np.random.default_rng(7).random(ENOUGH) < 0.4] = np.inf
        estimate = case.statistic(sample, 0.95)
        assert estimate.needs == 0
        assert estimate.value is None or (whole.high is not None and estimate.value > whole.high)

    def test_a_sample_of_failures_has_no_value_and_no_number_of_samples_helps(self, case: StatisticCase) -> None:
        assert case.statistic(np.full(ENOUGH, np.inf), 0.95) == Estimate(None)

    def test_everything_that_comes_out_can_be_written_as_json(self, case: StatisticCase) -> None:
        sample = np.arange(float(ENOUGH))
        sample[-3:] = np.inf
        for number in _bounds(case.statistic(sample, 0.95)):
            assert number is None or (type(number) is float and np.isfinite(number))

    def test_its_interval_holds_the_truth(self, case: StatisticCase) -> None:
        """Of 200 samples with a known truth, about 190 intervals of 95 % hold it."""
        size, truth = max(200, 2 * case.needs), case.truth(SPREAD)
        estimates = [case.statistic(_lognormal(100 + seed, size), 0.95) for seed in range(SEEDS)]
        assert _share_that_hold(truth, estimates) >= LOW_SHARE

    def test_its_interval_holds_the_truth_where_values_of_a_block_are_correlated(self, case: StatisticCase) -> None:
        size = -(-max(800, 2 * case.needs) // BLOCKS)
        truth = case.truth((SPREAD**2 + BLOCK_SPREAD**2) ** 0.5)
        clusters = Clusters(np.repeat(np.arange(BLOCKS), size), BLOCKS, BLOCKS * size)
        estimates = [case.statistic(_in_blocks(seed, size), 0.95, clusters) for seed in range(SEEDS)]
        assert _share_that_hold(truth, estimates) >= LOW_SHARE - 0.03

    def test_correlated_values_make_the_interval_wider(self, case: StatisticCase) -> None:
        """Wider than that of the same values in an order in which the blocks have nothing in common."""
        size = max(ENOUGH, 25 * case.needs) // BLOCKS
        sample = _in_blocks(9, size)
        clusters = Clusters(np.repeat(np.arange(BLOCKS), size), BLOCKS, BLOCKS * size)
        apart = case.estimate(np.random.default_rng(9).permutation(sample), clusters)
        together = case.estimate(sample, clusters)
        assert together.value == pytest.approx(apart.value)
        assert _width(together) > 1.2 * _width(apart)


def _lognormal(seed: int, size: int) -> Any:
    return np.random.default_rng(seed).lognormal(sigma=SPREAD, size=size)


def _in_blocks(seed: int, size: int) -> Any:
    common = np.random.default_rng(seed + 5_000).lognormal(sigma=BLOCK_SPREAD, size=BLOCKS)
    return _lognormal(seed + 1_000, BLOCKS * size) * np.repeat(common, size)


def _bounds(estimate: Estimate) -> tuple[float | None, float | None, float | None]:
    return estimate.value, estimate.low, estimate.high


def _numbers(estimate: Estimate) -> list[float]:
    return [number for number in _bounds(estimate) if number is not None]


def _width(estimate: Estimate) -> float:
    low = -np.inf if estimate.low is None else estimate.low
    return float((np.inf if estimate.high is None else estimate.high) - low)


def _share_that_hold(truth: float, estimates: Sequence[Estimate]) -> float:
    """The share of intervals that contain the true value; a bound of None is infinite."""
    assert all(estimate.value is not None for estimate in estimates)
    held = [(one.low is None or one.low <= truth) and (one.high is None or truth <= one.high) for one in estimates]
    return sum(held) / len(held)
