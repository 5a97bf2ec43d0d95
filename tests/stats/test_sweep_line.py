"""Lines over a sweep: known answers, and how often their intervals hold the truth, with one pass and with several."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from benchkit.model.summary import BreakEven, Estimate
from benchkit.stats.sweep_line import Line, break_even, line_over

RTTS_MS = (1.0, 5.0, 10.0, 20.0, 40.0)
BLOCKS = 6
Noise = Callable[[np.random.Generator, Any], Any]


def sweep(intercept: float, slope: float, noise: float, *, passes: int = 1, offset: float = 0.0, seed: int = 3) -> Line:
    """Blocks of every condition in every pass; `offset` is the sd of what the blocks of a condition and pass have in common."""
    draw = np.random.default_rng(seed)
    shape = (passes, len(RTTS_MS), BLOCKS)
    x = np.broadcast_to(np.array(RTTS_MS)[None, :, None], shape)
    y = intercept + slope * x + draw.normal(0, noise or 1e-9, shape) + draw.normal(0, offset, (*shape[:2], 1))
    number, condition, _ = np.indices(shape)
    line = line_over(x.ravel(), condition.ravel(), number.ravel(), y.ravel())
    assert line is not None
    return line


def holds(estimate: Estimate, truth: float) -> bool:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low <= truth <= estimate.high


@pytest.mark.parametrize("passes", [1, 4])
def test_a_line_without_noise_is_found_exactly(passes: int) -> None:
    line = sweep(3.0, 11.0, 0.0, passes=passes)
    assert (line.slope, line.intercept) == pytest.approx((11, 3))


@pytest.mark.parametrize("rtts", [[], [10.0] * 5])
def test_without_two_rtts_there_is_no_line(rtts: list[float]) -> None:
    zeros = np.zeros(len(rtts), dtype=int)
    assert line_over(np.array(rtts), zeros, zeros, np.array(rtts)) is None
    assert break_even(None, 0.95) == BreakEven("not identified")


def test_two_conditions_of_one_pass_give_a_line_without_an_interval() -> None:
    """Nothing tells the error of a condition from the slope."""
    x, condition = np.repeat([1.0, 10.0], 5), np.repeat([0, 1], 5)
    line = line_over(x, condition, np.zeros(10, dtype=int), 3 + 2 * x)
    assert line is not None
    slope = line.slope_estimate(0.95)
    assert slope.value == pytest.approx(2.0)
    assert (slope.low, slope.high) == (None, None)


@pytest.mark.parametrize(("passes", "offset"), [(1, 0.0), (1, 0.3), (6, 0.0), (6, 0.3)])
def test_intervals_hold_the_truth_as_often_as_they_say(passes: int, offset: float) -> None:
    lines = [sweep(3.0, 11.0, 0.5, passes=passes, offset=offset, seed=seed) for seed in range(300)]
    for found in (
        [holds(line.slope_estimate(0.95), 11.0) for line in lines],
        [holds(line.intercept_estimate(0.95), 3.0) for line in lines],
    ):
        assert sum(found) / len(found) >= 0.92


@pytest.mark.parametrize("passes", [1, 6])
def test_the_break_even_rtt_is_held_as_often_as_it_says(passes: int) -> None:
    """SMTP has the faster server and three round trips more: they meet at 2 ms."""
    found = [break_even(sweep(-6.0, 3.0, 0.5, passes=passes, offset=0.3, seed=seed), 0.95) for seed in range(300)]
    held = [one.low is not None and one.high is not None and one.low <= 2.0 <= one.high for one in found]
    assert sum(held) / len(held) >= 0.92


@pytest.mark.parametrize(
    ("intercept", "slope", "noise", "found"),
    [
        pytest.param(5.0, 3.0, 0.1, "never", id="slower, and the more so the higher the RTT"),
        pytest.param(-5.0, -3.0, 0.1, "never", id="faster, and the more so"),
        pytest.param(5.0, 0.0, 0.1, "not identified", id="parallel"),
        pytest.param(-5.0, 0.001, 5.0, "not identified", id="hidden in noise"),
    ],
)
def test_where_no_break_even_is_found(intercept: float, slope: float, noise: float, found: str) -> None:
    assert break_even(sweep(intercept, slope, noise, passes=4), 0.95).found == found
