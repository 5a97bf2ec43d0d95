"""The contrasts of the 90th and 95th percentile and of the mean, beside the median's: one row a contrast, with intervals.

Here are numbers only; a tail that points the other way is said in the verdict's sentence (median_cautions.py).
"""

from __future__ import annotations

from collections.abc import Iterator

from benchkit.model.summary import Contrast, RatioEstimate, Summary, Verdict
from benchkit.report import numbers
from benchkit.report.content.arms import arm_cell, clients_of
from benchkit.report.content.page import Cell, Table, Tone, columns
from benchkit.stats.blocks import MESSAGES_NEEDED

_OTHERS = {"p90": "90th percentile", "p95": "95th percentile", "mean": "mean"}


def tail_tables(summary: Summary, condition: str) -> Iterator[Table]:
    """One, or none: where a block has one message, its percentiles are its median; an invalid run has no ratios to read."""
    shown = [one for one in summary.contrasts if one.condition == condition and not one.aa and _tells_more(one)]
    if not shown or not summary.valid:
        return
    clients = clients_of(summary)
    rows = tuple(
        (
            arm_cell(one.arm, client=clients.get(one.arm, ""), saturated=False),
            _cell(summary, RatioEstimate(one.ratio, one.ci)),
            *(_other(summary, one, name) for name in _OTHERS),
        )
        for one in shown
    )
    yield Table(columns("block by block ÷ baseline", "median", *_OTHERS.values()), rows)


def _other(summary: Summary, one: Contrast, name: str) -> Cell:
    """A tail needs messages in each block: the 95th percentile of five is the slowest of them."""
    if name in one.others:
        return _cell(summary, one.others[name])
    return Cell(f"needs {MESSAGES_NEEDED[name]} a block", Tone.FAINT)


def _tells_more(contrast: Contrast) -> bool:
    return contrast.verdict is not Verdict.WITHHELD and any(
        other.ratio != contrast.ratio for other in contrast.others.values()
    )


def _cell(summary: Summary, found: RatioEstimate) -> Cell:
    if found.ratio is None:
        return Cell(numbers.NOT_KNOWN)
    value, interval = numbers.times(found.ratio, found.ci, (1.0, *summary.rope))
    return Cell(value, second=interval)
