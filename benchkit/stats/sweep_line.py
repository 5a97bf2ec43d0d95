"""A line over the conditions of a sweep, with an interval that knows how the sweep was measured (method.md §9).

Conditions that come one after the other differ by more than their blocks show: the machine moves between them. So either the
conditions interleave in passes, and the line of each pass is one observation (Student's t, passes − 1), or, with one pass, the
conditions' means get a random effect (Paule and Mandel 1982) and the interval of Knapp and Hartung (2003, t with k − 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from benchkit.model.summary import BreakEven, Estimate
from benchkit.stats.distributions import student_t_quantile

MIN_CONDITIONS = 3  # of a single pass: with two nothing is left to tell the error from
_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Line:
    """value = intercept + slope · x; `covariance` is 2 × 2, of (intercept, slope); None where nothing shows the error."""

    intercept: float
    slope: float
    covariance: Any
    degrees: int

    def slope_estimate(self, confidence: float) -> Estimate:
        return self._estimate(self.slope, 1, confidence)

    def intercept_estimate(self, confidence: float) -> Estimate:
        return self._estimate(self.intercept, 0, confidence)

    def _estimate(self, value: float, place: int, confidence: float) -> Estimate:
        if self.covariance is None:
            return Estimate(value)
        t = student_t_quantile((1 + confidence) / 2, self.degrees)
        half = t * sqrt(float(self.covariance[place, place]))
        return Estimate(value, value - half, value + half)


def line_over(x: Any, condition: Any, passes: Any, values: Any) -> Line | None:
    """From blocks: the x, the condition, the pass and the value of each. None where x does not vary."""
    if len(x) == 0 or np.ptp(x) == 0:
        return None
    complete = [number for number in np.unique(passes) if _varies(x[passes == number])]
    if len(complete) > 1:
        return _over_passes([_means(x, condition, values, passes == number) for number in complete])
    return _over_conditions(*_means(x, condition, values, np.full(len(x), True)))


def break_even(line: Line | None, confidence: float) -> BreakEven:
    """As `crossing_of`, at this confidence."""
    known = line is not None and line.covariance is not None
    return crossing_of(
        line, student_t_quantile((1 + confidence) / 2, line.degrees) if line is not None and known else 0.0
    )


def crossing_of(line: Line | None, critical: float) -> BreakEven:
    """Where the line of a difference crosses zero, with Fieller's interval (1954).

    "never" where the whole interval lies below zero; not identified where the slope may be zero, where nothing shows the
    error, or where the interval only begins below zero.
    """
    if line is None or line.covariance is None or line.slope == 0:
        return BreakEven("not identified")
    t2 = critical**2
    (var_intercept, covariance), (_, var_slope) = line.covariance
    a = line.slope**2 - t2 * var_slope
    if a <= 0:
        return BreakEven("not identified")
    b = line.intercept * line.slope - t2 * covariance
    c = line.intercept**2 - t2 * var_intercept
    half = sqrt(max(0.0, b * b - a * c))
    low, root, high = (-b - half) / a, -line.intercept / line.slope, (-b + half) / a
    if high <= 0:
        return BreakEven("never")
    return BreakEven(
        "at" if root > 0 else "not identified", float(root) if root > 0 else None, max(0.0, float(low)), float(high)
    )


def _varies(x: Any) -> bool:
    return bool(np.ptp(x) > 0)


def _means(x: Any, condition: Any, values: Any, chosen: Any) -> tuple[Any, Any, Any]:
    """By condition, of the chosen blocks: x, the mean, and the variance of that mean (0 where one block stands alone)."""
    rows = []
    for number in np.unique(condition[chosen]):
        mine = chosen & (condition == number)
        n = int(np.count_nonzero(mine))
        variance = float(values[mine].var(ddof=1)) / n if n > 1 else 0.0
        rows.append((float(x[mine].mean()), float(values[mine].mean()), variance))
    found = np.array(rows)
    return found[:, 0], found[:, 1], found[:, 2]


def _over_passes(passes: list[tuple[Any, Any, Any]]) -> Line:
    lines = np.array([_weighted(x, y, np.ones(len(x)))[0] for x, y, _ in passes])
    covariance = np.cov(lines, rowvar=False) / len(lines)
    return Line(float(lines[:, 0].mean()), float(lines[:, 1].mean()), covariance, len(lines) - 1)


def _over_conditions(x: Any, y: Any, variances: Any) -> Line:
    k = len(x)
    if k < MIN_CONDITIONS:
        (intercept, slope), _ = _weighted(x, y, np.ones(k))
        return Line(float(intercept), float(slope), None, 0)
    weights = 1 / np.maximum(variances + _between(x, y, variances), 1e-300)
    (intercept, slope), spread = _weighted(x, y, weights)
    excess = float((weights * (y - intercept - slope * x) ** 2).sum()) / (k - 2)
    return Line(float(intercept), float(slope), max(1.0, excess) * spread, k - 2)


def _weighted(x: Any, y: Any, weights: Any) -> tuple[Any, Any]:
    """(intercept, slope) by weighted least squares, and the inverse of X'WX."""
    design = np.column_stack((np.ones(len(x)), x))
    inverse = np.linalg.inv(design.T @ (weights[:, None] * design))
    return inverse @ (design.T @ (weights * y)), inverse


def _between(x: Any, y: Any, variances: Any) -> float:
    """The variance between conditions with which the weighted residuals are as large as they should be (Paule and Mandel)."""

    def excess(between: float) -> float:
        weights = 1 / np.maximum(variances + between, 1e-300)
        intercept, slope = _weighted(x, y, weights)[0]
        return float((weights * (y - intercept - slope * x) ** 2).sum()) - (len(x) - 2)

    low, high = 0.0, float(np.var(y)) + float(variances.max())
    if excess(low) <= 0:
        return 0.0
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return high
