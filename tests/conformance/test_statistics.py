"""What every registered statistic must keep, whoever wrote it."""

from __future__ import annotations

import numpy as np
import pytest

from benchkit.model.contracts import Statistic
from benchkit.model.summary import Estimate
from benchkit.stats import STATISTICS

ENOUGH = 10_000


@pytest.fixture(params=STATISTICS.names())
def statistic(request: pytest.FixtureRequest) -> Statistic:
    return STATISTICS[request.param]


def test_its_name_is_its_file_s(statistic: Statistic) -> None:
    assert STATISTICS[statistic.name] is statistic


def test_no_sample_gives_no_value_and_says_what_it_needs(statistic: Statistic) -> None:
    estimate = statistic(np.array([]), 0.95)
    assert estimate.value is None
    assert estimate.needs > 0


def test_what_it_needs_is_enough_and_one_less_is_not(statistic: Statistic) -> None:
    needs = statistic(np.array([]), 0.95).needs
    assert statistic(np.arange(1.0, needs + 1), 0.95).value is not None
    assert statistic(np.arange(1.0, needs), 0.95) == Estimate(None, needs=needs)


def test_value_lies_in_its_interval_and_in_the_sample(statistic: Statistic) -> None:
    sample = np.random.default_rng(1).lognormal(size=ENOUGH)
    estimate = statistic(sample, 0.95)
    assert estimate.value is not None
    assert estimate.low is not None
    assert estimate.high is not None
    assert sample.min() <= estimate.low < estimate.value < estimate.high <= sample.max()


def test_more_confidence_is_a_wider_interval(statistic: Statistic) -> None:
    sample = np.random.default_rng(2).lognormal(size=ENOUGH)
    wide, narrow = statistic(sample, 0.99), statistic(sample, 0.8)
    assert wide.value == narrow.value
    for outer, inner in ((wide.low, narrow.low), (narrow.high, wide.high)):
        assert outer is not None
        assert inner is not None
        assert outer < inner


def test_the_order_of_the_sample_does_not_matter_nor_is_it_changed(statistic: Statistic) -> None:
    sample = np.random.default_rng(3).lognormal(size=ENOUGH)
    before = sample.copy()
    assert statistic(sample[::-1], 0.95).value == pytest.approx(statistic(sample, 0.95).value)
    assert (sample == before).all()


def test_a_sample_of_failures_has_no_value_and_no_number_of_samples_helps(statistic: Statistic) -> None:
    assert statistic(np.full(ENOUGH, np.inf), 0.95) == Estimate(None)


def test_everything_that_comes_out_can_be_written_as_json(statistic: Statistic) -> None:
    sample = np.arange(float(ENOUGH))
    sample[-3:] = np.inf
    estimate = statistic(sample, 0.95)
    for number in (estimate.value, estimate.low, estimate.high):
        assert number is None or (type(number) is float and np.isfinite(number))
