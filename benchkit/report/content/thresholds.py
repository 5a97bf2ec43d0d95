"""Thresholds as lines: ✗ crossed, ? not decided by this sample, ✓ kept. Arms that keep the same threshold share a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from benchkit.model.summary import ThresholdResult
from benchkit.report import numbers
from benchkit.report.content.page import Sentence, Span, Tone

_MARKS = {False: ("✓", Tone.GOOD), True: ("✗", Tone.ALARM), None: ("?", Tone.WARNING)}


def threshold_lines(results: Sequence[ThresholdResult]) -> Iterator[Sentence]:
    """In the order of the scenario; within one threshold what was crossed comes first."""
    for _, group in groupby(results, key=lambda result: (result.key, result.text)):
        of_one = list(group)
        kept = [result for result in of_one if result.crossed is False]
        for result in sorted((r for r in of_one if r.crossed is not False), key=lambda r: r.crossed is None):
            yield _line(result, f"{result.arm}: {value_of(result)}{_whose(result)}")
        if kept:
            yield _line(kept[0], _together(kept))


def value_of(result: ThresholdResult) -> str:
    if result.crossed is None:
        return f"too few messages: it needs {result.needs:,}" if result.needs else "nothing to compare was measured"
    if result.value is None:
        return numbers.NOT_KNOWN
    if result.key.endswith("_rate"):  # a fraction, which people read as a percentage
        return numbers.percent(result.value)
    return numbers.decimal(result.value, result.unit)


def _line(result: ThresholdResult, text: str) -> Sentence:
    mark, tone = _MARKS[result.crossed]
    return Sentence((Span(f"{mark} ", tone), Span(f"{result.key} {result.text} · {text}")))


def _whose(result: ThresholdResult) -> str:
    """It remains crossed: otherwise a slow generator would let every threshold pass."""
    return ", by a generator that was the limit" if result.saturated else ""


def _together(kept: Sequence[ThresholdResult]) -> str:
    if len(kept) == 1:
        return f"{kept[0].arm}: {value_of(kept[0])}"
    values = dict.fromkeys(value_of(result) for result in sorted(kept, key=lambda result: result.value or 0.0))
    lowest, *_, highest = (*values, *values)
    return f"{len(kept):,} arms: {lowest if lowest == highest else f'{lowest} to {highest}'}"
