"""Axes with round ticks."""

from __future__ import annotations

from math import ceil, floor, isfinite, log10

from benchkit.model.plain_number import significant
from benchkit.report.content.page import Axis

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_MOST_TICKS = 6


def linear(label: str, high: float, low: float = 0.0, *, whole: bool = False) -> Axis:
    """From `low` to `high` at least; with ticks at whole numbers only where the axis counts something."""
    span = high - low if high > low else 1.0
    scale = 10 ** floor(log10(span / _MOST_TICKS))
    step = next(scale * step for step in _STEPS if span / (scale * step) <= _MOST_TICKS)
    step = float(ceil(step)) if whole else step
    first, last = ceil(low / step), floor((low + span) / step + 1e-9)
    return Axis(label, low, low + span, tuple((step * n, tick(step * n)) for n in range(first, last + 1)))


def logarithmic(label: str, low: float, high: float) -> Axis:
    """Ticks at 1, 2 and 5 of each decade, fewer over many decades."""
    low, high = (low / 1.1, high * 1.1) if high > low else (low / 2, low * 2)
    decades = log10(high / low)
    parts = (1.0, 2.0, 5.0) if decades < 2.5 else (1.0,)
    ticks = [
        10.0**decade * part
        for decade in range(floor(log10(low)), ceil(log10(high)) + 1)
        for part in parts
        if low <= 10.0**decade * part <= high
    ]
    return Axis(label, low, high, tuple((value, tick(value)) for value in ticks), logarithmic=True)


def tick(value: float) -> str:
    if not isfinite(value):
        return "∞"
    return f"{value:,.0f}" if abs(value) >= 1000 else significant(value)
