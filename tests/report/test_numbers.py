"""Numbers as text: tables, and that nothing ever reads as nan or an exponent."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.model.summary import Estimate
from benchkit.report import numbers


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, "–"), (math.nan, "–"), (math.inf, "∞ ms"), (0.0, "0 ms"), (0.0312, "0.031 ms"), (1.234, "1.23 ms"),
     (12.34, "12.3 ms"), (1234.5, "1,234 ms"), (0.00001, "0.000 ms")],
)  # fmt: skip
def test_decimal(value: float | None, expected: str) -> None:
    assert numbers.decimal(value, "ms") == expected


@pytest.mark.parametrize(
    ("estimate", "expected"),
    [
        (Estimate(1.234, 1.2012, 1.2698), "1.23 [1.20, 1.27]"),
        (Estimate(3.57, 3.15, 4.2), "3.6 [3.1, 4.2]"),
        (Estimate(412.0, 390.0, 470.0), "412 [390, 470]"),
        (Estimate(0.6, 0.3, 9.4), "0.60 [0.30, 9.40]"),
        (Estimate(1.0, 1.0, 1.0), "1.00 [1.00, 1.00]"),
        (Estimate(5.0, 4.0, math.inf), "5.00 [4.00, ∞)"),
        (Estimate(math.inf, 4.0, math.inf), "∞ [4.00, ∞)"),
        (Estimate(None, 47.6), "∞ [47.6, ∞)"),
        (Estimate(99.7, 47.6), "99.7 [47.6, ∞)"),
        (Estimate(99.7, None, 120.0), "99.7 (−∞, 120.0]"),
        (Estimate(1.5), "1.50"),
        (Estimate(None, needs=4000), "needs 4,000"),
        (Estimate(None), "∞"),
    ],
)
def test_with_interval(estimate: Estimate, expected: str) -> None:
    assert numbers.with_interval(estimate) == expected


@pytest.mark.parametrize(
    ("ratio", "ci", "expected"),
    [
        (2.913, (2.71, 3.11), ("2.9×", "[2.7, 3.1]")),
        (1.004, (0.981, 1.032), ("1.00×", "[0.98, 1.03]")),
        (2, None, ("2.00×", "")),
        (5.2, (1.31, 9.4), ("5.2×", "[1.3, 9.4]")),
        (5.2, (1.04, 9.4), ("5.20×", "[1.04, 9.40]")),
        (0.6, (0.34, 0.9004), ("0.6000×", "[0.3400, 0.9004]")),
        (0.62, (0.34, 0.941), ("0.62×", "[0.34, 0.94]")),
        (12.3, (9.6, 14.2), ("12.3×", "[9.6, 14.2]")),
        (1.3, (1.1, 1.5), ("1.3×", "[1.1, 1.5]")),
        (2.0, (1.5, math.inf), ("2.00×", "[1.50, ∞)")),
        (math.inf, (4.0, math.inf), ("∞×", "[4.00, ∞)")),
        (math.inf, (math.inf, math.inf), ("∞×", "")),
        (math.inf, None, ("∞×", "")),
        (0.0, (0.0, 0.5), ("0×", "[0, 0.500]")),
        (0.0, (0.0, math.inf), ("0×", "[0, ∞)")),
        (0.7, (0.0, 0.85), ("0.70×", "[0.00, 0.85]")),
    ],
)
def test_times(ratio: float, ci: tuple[float, float] | None, expected: tuple[str, str]) -> None:
    assert numbers.times(ratio, ci, (1.0, 0.9, 1.1)) == expected


@given(low=st.floats(0.01, 100), factor=st.floats(1.0, 50))
def test_an_end_is_read_on_the_side_of_an_edge_where_it_lies(low: float, factor: float) -> None:
    ends, edges = (low, low * factor), (1.0, 0.9, 1.1)
    _, interval = numbers.times(low, ends, edges)
    for end, read in zip(
        ends, map(float, interval.strip("[]").replace(", ", " ").replace(",", "").split()), strict=True
    ):
        assert all((read > edge) == (end > edge) or abs(end - edge) < 1e-6 for edge in edges)


@pytest.mark.parametrize(
    ("ms", "expected"), [(0.031, "31 µs"), (0.0, "0 µs"), (1.26, "1.3 ms"), (9_999, "9,999 ms"), (14_000, "14 s")]
)
def test_duration(ms: float, expected: str) -> None:
    assert numbers.duration(ms) == expected


@pytest.mark.parametrize(
    ("size", "expected"), [(0, "0 B"), (999, "999 B"), (4520, "4.52 kB"), (2.5e6, "2.50 MB"), (3e9, "3.00 GB")]
)
def test_size(size: float, expected: str) -> None:
    assert numbers.size(size) == expected


@pytest.mark.parametrize(
    ("fraction", "expected"), [(None, "–"), (0.95, "95 %"), (0.001, "0.1 %"), (0.0, "0 %"), (1.0, "100 %")]
)
def test_percent(fraction: float | None, expected: str) -> None:
    assert numbers.percent(fraction) == expected


@given(st.floats(-900, 900), st.floats(0, 90), st.floats(0, 90))
def test_an_interval_always_holds_its_value_as_printed(value: float, below: float, above: float) -> None:
    text = numbers.with_interval(Estimate(value, value - below, value + above))
    shown, low, high = (float(part) for part in text.translate(str.maketrans("", "", "[],")).split())
    assert low <= shown <= high


@given(st.floats(0.001, 1e6), st.floats(0.01, 0.999), st.floats(1.001, 1000))
def test_a_wide_interval_still_shows_where_its_value_and_its_ends_lie(value: float, below: float, above: float) -> None:
    """Not `1 [0, 9]` for 0.6 between 0.3 and 9.4."""
    text = numbers.with_interval(Estimate(value, value * below, value * above)).replace(",", "")
    shown, low, high = (float(word) for word in text.replace("[", "").replace("]", "").split())
    for printed, true in ((shown, value), (low, value * below), (high, value * above)):
        assert abs(printed - true) <= max(0.5 * true, 0.0005001)
    assert abs(shown - value) <= max(0.051 * value, 0.0005001)
