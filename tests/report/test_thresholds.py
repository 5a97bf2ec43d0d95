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


@pytest.mark.parametrize(
    ("kept", "links", "expected"),
    [(20, 4, "5 arms on 4 links"), (4, 4, "1 arm on 4 links"), (3, 1, "3 arms"), (19, 4, "19 × arm and link")],
)
def test_an_arm_on_several_links_is_counted_once(kept: int, links: int, expected: str) -> None:
    results = [rate(f"arm {n}", 0.0, crossed=False) for n in range(kept)]
    assert [line.text for line in threshold_lines(results, links)] == [f"✓ *.failure_rate < 1 % · {expected}: 0 %"]


def test_a_rate_of_messages_is_written_as_in_the_scenario() -> None:
    results = [ThresholdResult("*.throughput", "> 1 /s", arm, 1356.0, "1/s", crossed=False) for arm in "ab"]
    assert [line.text for line in threshold_lines(results)] == ["✓ *.throughput > 1 /s · 2 arms: 1,356 /s"]


def test_a_share_that_few_messages_do_not_prove_says_how_many_would() -> None:
    few = replace(rate("a", 0.0, crossed=False), crossed=None, needs=3838)
    near = replace(few, value=0.01, needs=0)
    assert [line.text for line in threshold_lines([few, near, few])] == [
        "? *.failure_rate < 1 % · 2 arms: 0 %, but too few messages: it needs about 3,838",
        "? *.failure_rate < 1 % · a: too close to the limit to say",
    ]
