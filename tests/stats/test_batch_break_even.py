"""Messages that make up for a set-up: known answers, what no scaling may change, and how often the interval holds the truth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchkit.model.summary import BreakEven
from benchkit.stats.batch_break_even import break_even_batch

TIMES = st.lists(st.tuples(*[st.floats(0.1, 100)] * 3), min_size=6, max_size=20)


def found(rows: Any, confidence: float = 0.95) -> BreakEven:
    values = np.array(rows, dtype=float).reshape(-1, 3)
    return break_even_batch(values, np.zeros(len(values), dtype=int), confidence)


@pytest.mark.parametrize(
    ("setup_ms", "message_ms", "baseline_ms", "expected"),
    [
        (70, 20, 30, BreakEven("at", 7, 7, 7)),
        (71, 20, 30, BreakEven("at", 8, 8, 8)),
        (1, 20, 30, BreakEven("at", 1, 1, 1)),
        (70, 40, 10, BreakEven("never")),
        (70, 10, 10, BreakEven("never")),
        (0, 10, 20, BreakEven("not identified")),
    ],
)
def test_without_noise_it_is_exact(setup_ms: float, message_ms: float, baseline_ms: float, expected: BreakEven) -> None:
    assert found([(setup_ms, message_ms, baseline_ms)] * 8) == expected


@pytest.mark.parametrize("blocks", [0, 1, 2])
def test_too_few_blocks_tell_nothing(blocks: int) -> None:
    assert found([(70, 20, 30)] * blocks) == BreakEven("not identified")


def test_a_gain_that_may_be_none_has_a_lower_end_only() -> None:
    rows = [(70, 20, 20 + gain) for gain in (-5, 6, -4, 5, -6, 7, -5, 6)]
    uncertain = found(rows)
    assert (uncertain.found, uncertain.value, uncertain.high) == ("not identified", None, None)
    assert uncertain.low is not None
    assert uncertain.low >= 70 / 7


@settings(max_examples=25)
@given(TIMES)
def test_the_value_lies_in_its_interval_and_is_given_only_with_one(rows: list[tuple[float, ...]]) -> None:
    answer = found(rows)
    ends = (answer.low, answer.value, answer.high)
    if answer.found == "at":
        assert None not in ends
        assert list(ends) == sorted(end for end in ends if end is not None)
        assert ends[0] is not None
        assert ends[0] >= 1
    else:
        assert answer.value is answer.high is None


@settings(max_examples=25)
@given(TIMES, st.sampled_from([0.25, 2.0, 1024.0]))
def test_another_unit_of_time_changes_nothing(rows: list[tuple[float, ...]], scale: float) -> None:
    assert found(np.array(rows) * scale) == found(rows)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Blocks slow down together, which pairing takes out: 80 ms of set-up, 10 ms earned back a message, level at 8."""
    draw, held = np.random.default_rng(5), 0
    for _ in range(100):
        slower = np.exp(draw.normal(0, 0.3, (30, 1)))
        answer = found(np.array([80.0, 20.0, 30.0]) * slower + draw.normal(0, 1.0, (30, 3)), 0.90)
        assert answer.low is not None
        assert answer.high is not None
        held += answer.low <= 8 <= answer.high
    assert held >= 85
