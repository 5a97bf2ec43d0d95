"""Thresholds as lines: ✗ crossed, ? not told by this sample, ✓ kept. Arms that all keep one threshold share a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.text import Text

from benchkit.model.summary import ThresholdResult
from benchkit.report import numbers

_MARKS = {False: ("✓", "green"), True: ("✗", "bold red"), None: ("?", "yellow")}


def threshold_lines(results: Sequence[ThresholdResult]) -> Iterator[Text]:
    """In the order of the scenario; within one threshold what was crossed comes first."""
    for _, group in groupby(results, key=lambda result: (result.key, result.text)):
        of_one = list(group)
        kept = [result for result in of_one if result.crossed is False]
        for result in sorted((r for r in of_one if r.crossed is not False), key=lambda r: r.crossed is None):
            yield _line(result, f"{result.arm}: {_value(result)}{_whose(result)}")
        if kept:
            yield _line(kept[0], _together(kept))


def _line(result: ThresholdResult, told: str) -> Text:
    mark, style = _MARKS[result.crossed]
    return Text.assemble((f"{mark} ", style), f"{result.key} {result.text} · {told}")


def _whose(result: ThresholdResult) -> str:
    """It remains crossed: a gate that opened because the generator was too slow would open for all."""
    return ", by a generator that was the limit" if result.saturated else ""


def _together(kept: Sequence[ThresholdResult]) -> str:
    if len(kept) == 1:
        return f"{kept[0].arm}: {_value(kept[0])}"
    values = dict.fromkeys(_value(result) for result in sorted(kept, key=lambda result: result.value or 0.0))
    lowest, *_, highest = (*values, *values)
    return f"{len(kept)} arms: {lowest if lowest == highest else f'{lowest} to {highest}'}"


def _value(result: ThresholdResult) -> str:
    if result.crossed is None:
        return f"too few messages: it needs {result.needs:,}" if result.needs else "nothing to compare was measured"
    if result.value is None:
        return numbers.NOT_KNOWN
    if result.key.endswith("_rate"):  # a fraction, which people read as a percentage
        return numbers.percent(result.value)
    return numbers.decimal(result.value, result.unit)
