"""Round ticks, and whole ones where an axis counts something."""

from __future__ import annotations

import pytest

from benchkit.report.content.axes import linear


@pytest.mark.parametrize("high", [2.0, 4.0, 13.0, 61.0, 1_000.0])
def test_an_axis_that_counts_has_ticks_at_whole_numbers(high: float) -> None:
    ticks = [value for value, _ in linear("run", high, whole=True).ticks]
    assert len(ticks) >= 2
    assert all(value == int(value) for value in ticks)


def test_any_other_axis_may_have_a_tick_at_a_half() -> None:
    assert [label for _, label in linear("ms", 13.0).ticks] == ["0", "2.5", "5", "7.5", "10", "12.5"]
