"""Thresholds as lines: ✗ crossed, ? not decided by this sample, ✓ kept. Arms that keep the
same threshold, or are undecided for the same reason, share a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from benchkit.model.counts import counted
from benchkit.model.summary import ThresholdResult
from benchkit.report import numbers
from benchkit.report.content.page import Sentence, Span, Tone

_MARKS = {False: ("✓", Tone.GOOD), True: ("✗", Tone.ALARM), None: ("?", Tone.WARNING)}


def threshold_lines(results: Sequence[ThresholdResult], links: int = 1) -> Iterator[Sentence]:
    """In the order of the scenario; within one threshold what was crossed comes first. Each arm has a result on each link."""
    for _, group in groupby(results, key=lambda result: (result.key, result.text)):
        of_one = list(group)
        kept = [result for result in of_one if result.crossed is False]
        for result in (result for result in of_one if result.crossed):
            yield _line(result, f"{result.arm}: {value_of(result)}{_whose(result)}")
        yield from _undecided_lines([result for result in of_one if result.crossed is None], links)
        if kept:
            yield _line(kept[0], _together(kept, links))


def value_of(result: ThresholdResult) -> str:
    if result.crossed is None:
        return _undecided(result)
    if result.value is None:
        return numbers.NOT_KNOWN
    if result.key.endswith("_rate"):  # a fraction, which people read as a percentage
        return numbers.percent(result.value)
    return numbers.decimal(result.value, result.unit.removeprefix("1"))  # 1/s: written as in the scenario, 380 /s


def _undecided_lines(results: Sequence[ThresholdResult], links: int) -> Iterator[Sentence]:
    """Arms that are undecided for the same reason share a line."""
    reasons = dict.fromkeys(f"{value_of(result)}{_whose(result)}" for result in results)
    for reason in reasons:
        alike = [result for result in results if f"{value_of(result)}{_whose(result)}" == reason]
        yield _line(alike[0], f"{alike[0].arm if len(alike) == 1 else _arms(len(alike), links)}: {reason}")


def _undecided(result: ThresholdResult) -> str:
    if not result.needs:
        return "nothing to compare was measured" if result.value is None else "too close to the limit to say"
    seen = "" if result.value is None else f"{numbers.percent(result.value)}, but "
    return f"{seen}too few messages: it needs {'about ' if seen else ''}{result.needs:,}"


def _line(result: ThresholdResult, text: str) -> Sentence:
    mark, tone = _MARKS[result.crossed]
    return Sentence((Span(f"{mark} ", tone), Span(f"{result.key} {result.text} · {text}")))


def _whose(result: ThresholdResult) -> str:
    """It remains crossed: otherwise a slow generator would let every threshold pass."""
    return ", by a generator that was the limit" if result.saturated else ""


def _together(kept: Sequence[ThresholdResult], links: int) -> str:
    if len(kept) == 1:
        return f"{kept[0].arm}: {value_of(kept[0])}"
    values = dict.fromkeys(value_of(result) for result in sorted(kept, key=lambda result: result.value or 0.0))
    lowest, *_, highest = (*values, *values)
    return f"{_arms(len(kept), links)}: {lowest if lowest == highest else f'{lowest} to {highest}'}"


def _arms(results: int, links: int) -> str:
    """What so many results are of: all arms of a pattern on every link, or some of them."""
    if links == 1:
        return f"{results:,} arms"
    return (
        f"{counted(results // links, 'arm')} on {links:,} links"
        if not results % links
        else f"{results:,} × arm and link"
    )
