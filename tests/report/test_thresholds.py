"""One threshold over many arms: what is crossed or unknown stands out, what is kept is one line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchkit.model.summary import ThresholdResult
from benchkit.report.content.thresholds import threshold_lines


def rate(arm: str, value: float, *, crossed: bool) -> ThresholdResult:
    return ThresholdResult("*.failure_rate", "< 1 %", arm, value, "", crossed)


def p95(arm: str, value: float | None, crossed: bool | None) -> ThresholdResult:
    return ThresholdResult("*.response.p95", "< 250 ms", arm, value, "ms", crossed)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([], []),
        ([rate("a", 0.0, crossed=False)], ["✓ *.failure_rate < 1 % · a: 0 %"]),
        ([rate(arm, 0.0, crossed=False) for arm in "abc"], ["✓ *.failure_rate < 1 % · 3 arms: 0 %"]),
        (
            [p95("a", 12.0, False), p95("b", 3.0, False), p95("c", 7.0, False)],
            ["✓ *.response.p95 < 250 ms · 3 arms: 3.00 ms to 12.0 ms"],
        ),
        (
            [p95("a", None, None), p95("b", 3.0, False), p95("c", 271.0, True), p95("d", None, True)],
            [
                "✗ *.response.p95 < 250 ms · c: 271 ms",
                "✗ *.response.p95 < 250 ms · d: –",
                "? *.response.p95 < 250 ms · a: nothing to compare was measured",
                "✓ *.response.p95 < 250 ms · b: 3.00 ms",
            ],
        ),
        (
            [replace(p95("a", None, None), needs=1040)],
            ["? *.response.p95 < 250 ms · a: too few messages: it needs 1,040"],
        ),
        (
            [replace(p95("a", 271.0, True), saturated=True), replace(p95("b", 3.0, False), saturated=True)],
            [
                "✗ *.response.p95 < 250 ms · a: 271 ms, by a generator that was the limit",
                "✓ *.response.p95 < 250 ms · b: 3.00 ms",
            ],
        ),
        (
            [rate("a", 0.05, crossed=True), p95("a", 3.0, False)],
            ["✗ *.failure_rate < 1 % · a: 5 %", "✓ *.response.p95 < 250 ms · a: 3.00 ms"],
        ),
    ],
)
def test_lines(results: list[ThresholdResult], expected: list[str]) -> None:
    assert [line.text for line in threshold_lines(results)] == expected
