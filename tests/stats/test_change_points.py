"""A level that changes is found soon after; a stable series raises no alarm; one odd run is no change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchkit.stats.change_points import MIN_RUNS, failure_changes, time_changes

RUNS = 60
NOISE = 0.01  # between runs of one scenario on a quiet machine
SERIES = 200


def medians(rng: Any, noise: float = NOISE) -> Any:
    return 4.0 * np.exp(rng.normal(0, noise, RUNS))


@pytest.mark.parametrize("noise", [NOISE, 0.05])
def test_at_most_one_false_alarm_in_200_stable_series(noise: float) -> None:
    rng = np.random.default_rng(7)
    assert sum(bool(time_changes(medians(rng, noise))) for _ in range(SERIES)) <= 1


def test_a_step_of_5_percent_is_found_within_five_runs() -> None:
    rng = np.random.default_rng(8)
    for _ in range(SERIES):
        at = int(rng.integers(20, RUNS - 5))
        series = medians(rng)
        series[at:] *= 1.05
        (change,) = time_changes(series)
        assert abs(change.place - at) <= 2
        assert change.found_at < at + 5
        assert change.after / change.before == pytest.approx(1.05, abs=0.02)


def test_two_steps_are_two_changes() -> None:
    series = medians(np.random.default_rng(9))
    series[20:] *= 1.2
    series[40:] /= 1.2
    assert [change.place for change in time_changes(series)] == [20, 40]


def test_one_odd_run_is_no_change() -> None:
    series = medians(np.random.default_rng(10))
    series[30] *= 5
    assert time_changes(series) == []


@pytest.mark.parametrize("n", range(2 * MIN_RUNS))
def test_a_few_runs_tell_nothing(n: int) -> None:
    assert time_changes([1.0] * (n // 2) + [9.0] * (n - n // 2)) == []
    assert failure_changes([0] * n, [100] * n) == []


def test_equal_runs_are_no_change_and_a_clean_step_is_one() -> None:
    assert time_changes([4.0] * RUNS) == []
    assert [change.place for change in time_changes([4.0] * 10 + [5.0] * 10)] == [10]


def test_failure_rates_stay_or_change() -> None:
    rng, sent = np.random.default_rng(11), [400] * RUNS
    assert sum(bool(failure_changes(rng.binomial(400, 0.01, RUNS), sent)) for _ in range(SERIES)) <= 1
    assert failure_changes([0] * RUNS, sent) == []
    assert failure_changes([400] * RUNS, sent) == []
    for _ in range(20):
        failed = rng.binomial(400, 0.01, RUNS)
        failed[30:] = rng.binomial(400, 0.06, RUNS - 30)
        (change,) = failure_changes(failed, sent)
        assert abs(change.place - 30) <= 2
        assert change.found_at < 35


def test_failures_that_come_in_bursts_are_no_change() -> None:
    rng = np.random.default_rng(12)
    bursts = [rng.binomial(400, rates) for rates in rng.beta(0.2, 10, (50, RUNS))]
    assert sum(bool(failure_changes(failed, [400] * RUNS)) for failed in bursts) <= 1
