"""Numbers as people read them: as many digits as the interval supports, a unit on each, never a bare NaN.

Law: value → str only. What is not known becomes NOT_KNOWN; a number that the sample is too small for becomes `needs N`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from benchkit.model.plain_number import significant
from benchkit.model.summary import Estimate

NOT_KNOWN = "–"
SIGNIFICANT_DIGITS = 3
MOST_DECIMALS = 3
_MOST_DECIMALS_OF_A_RATIO = 6  # beyond it no reader would tell an end from the edge
_COARSEST = 3  # an interval is at least so many units of its last digit wide


def count(value: int | None) -> str:
    return NOT_KNOWN if value is None else f"{value:,}"


def decimal(value: float | None, unit: str = "", *, digits: int = SIGNIFICANT_DIGITS) -> str:
    """Three significant digits, thousands separated, no exponent: 1,234 ms · 12.3 ms · 0.031 ms."""
    if value is None or math.isnan(value):
        return NOT_KNOWN
    text = "∞" if math.isinf(value) else f"{value:,.{_decimals(value, digits)}f}"
    return f"{text} {unit}" if unit else text


def run_time(seconds: float) -> str:
    """8 s · 1 min 20 s · 2 h 5 min."""
    if seconds < 60:
        return f"{math.ceil(seconds)} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min" + (f" {rest} s" if rest else "")
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h" + (f" {minutes} min" if minutes else "")


def with_interval(estimate: Estimate, between: str = " ") -> str:
    """`1.23 [1.20, 1.27]`, with the digits that the interval's width supports; `needs 400` where the sample is too small.

    The value has two digits at least, and no end is rounded to 0, so that a wide interval still shows where its value lies. A
    value that failures reach is ∞, and an end that nothing bounds is open: `∞ [12.3, ∞)`.
    """
    if estimate.value is None and estimate.needs:
        return f"needs {estimate.needs:,}"
    value = math.inf if estimate.value is None else estimate.value
    if estimate.low is None and estimate.high is None:
        return decimal(value)
    low = -math.inf if estimate.low is None else estimate.low
    high = math.inf if estimate.high is None else estimate.high
    decimals = max(_decimals_of_interval(value, low, high), _decimals(value, 2), _decimals(low, 1), _decimals(high, 1))
    return between.join(_to_decimals(decimals, value, low, high))


def value_of(estimate: Estimate, unit: str) -> str:
    """Without its interval: ∞ where failures reach it, and NOT_KNOWN where the sample is too small for it."""
    return decimal(math.inf if estimate.value is None and not estimate.needs else estimate.value, unit)


def times(ratio: float, ci: tuple[float, float] | None, edges: Sequence[float] = (1.0,)) -> tuple[str, str]:
    """A ratio and its interval, to the same digit: ("2.9×", "[2.7, 3.1]"); the interval is empty where there is none.

    Both ends have two digits at least, and more where one would be rounded onto an edge, or across it: the digits that are
    read must not contradict the verdict. A ratio is ∞ where the first side failed, 0 where the other did; an end that nothing
    bounds is open: ("∞×", "[1.2, ∞)").
    """
    if ratio == 0:
        return "0×", "" if ci is None else f"[0, {decimal(ci[1])}{')' if math.isinf(ci[1]) else ']'}"
    if math.isinf(ratio) and (ci is None or math.isinf(ci[0])):
        return "∞×", ""
    if ci is None:
        return f"{decimal(ratio)}×", ""
    decimals = max(_decimals_of_interval(ratio, *ci), *(_decimals(end, 2) for end in ci if math.isfinite(end)), 0)
    while decimals < _MOST_DECIMALS_OF_A_RATIO and any(_moves(end, decimals, edge) for end in ci for edge in edges):
        decimals += 1
    value, interval = _to_decimals(decimals, ratio, *ci)
    return f"{value}×", interval


def trips(turns: float) -> str:
    """`1 round trip`, `4 round trips`, `0.2 round trips`."""
    return f"{significant(turns, 3)} round {'trip' if turns == 1 else 'trips'}"


def percent(fraction: float | None) -> str:
    return NOT_KNOWN if fraction is None else f"{significant(100 * fraction, 3)} %"


def duration(ms: float) -> str:
    """Two digits in the unit that suits: 31 µs, 1.2 ms, 14 s."""
    for below_ms, scale, unit in ((0.1, 1e3, "µs"), (1e4, 1.0, "ms")):
        if ms < below_ms:
            return decimal(scale * ms, unit, digits=2)
    return decimal(ms / 1e3, "s", digits=2)


def size(number_of_bytes: float) -> str:
    """Bytes in decimal units, as networks count them."""
    for limit, scale, unit in ((1e6, 1e3, "kB"), (1e9, 1e6, "MB"), (math.inf, 1e9, "GB")):
        if 1e3 <= number_of_bytes < limit:
            return decimal(number_of_bytes / scale, unit)
    return f"{number_of_bytes:.0f} B"


def _decimals_of_interval(value: float, low: float, high: float) -> int:
    width = high - low
    if math.isinf(value):
        value = low
    known = width > 0 and math.isfinite(width)
    return _decimals(width / _COARSEST, 1) if known else _decimals(value, SIGNIFICANT_DIGITS)


def _moves(end: float, decimals: int, edge: float) -> bool:
    """Whether rounding brings the end onto the edge or to its other side."""
    return (end > edge) - (end < edge) != (round(end, decimals) > edge) - (round(end, decimals) < edge)


def _to_decimals(decimals: int, value: float, low: float, high: float) -> tuple[str, str]:
    """An infinite end is no part of the interval: round bracket."""
    opening = "(−∞" if math.isinf(low) else f"[{low:,.{decimals}f}"
    closing = "∞)" if math.isinf(high) else f"{high:,.{decimals}f}]"
    return "∞" if math.isinf(value) else f"{value:,.{decimals}f}", f"{opening}, {closing}"


def _decimals(value: float, digits: int) -> int:
    """Decimal places that show `digits` significant digits of the value."""
    if value == 0 or math.isinf(value):
        return 0
    return min(MOST_DECIMALS, max(0, digits - 1 - math.floor(math.log10(abs(value)))))
