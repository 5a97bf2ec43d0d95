"""A sweep's verdicts in one table: a row an arm, a column a condition, in each cell the ratio and its interval."""

from __future__ import annotations

from benchkit.model.summary import Contrast, Summary, Verdict
from benchkit.report import numbers
from benchkit.report.content import sentences
from benchkit.report.content.arms import arm_cell, clients_of
from benchkit.report.content.page import Cell, Table, Tone, columns

_WORDS = {
    Verdict.SLOWER: "slower",
    Verdict.FASTER: "faster",
    Verdict.EQUIVALENT: "the same",
    Verdict.UNDECIDED: "undecided",
}
_OPEN = (Verdict.UNDECIDED, Verdict.WITHHELD)


def sweep_table(summary: Summary) -> Table:
    """The conditions in their order; the RTT that was measured stands on a line of its own."""
    found = {(one.arm, one.baseline, one.condition): one for one in summary.contrasts}
    pairs = list(dict.fromkeys((one.arm, one.baseline) for one in sentences.by_weight(summary)))
    headings = [sentences.link(summary, one.name).replace(" (", "\n(", 1) for one in summary.conditions]
    clients = clients_of(summary)
    rows = [
        (
            arm_cell(arm, client=clients.get(arm, ""), saturated=False),
            *(_cell(summary, found.get((arm, baseline, one.name))) for one in summary.conditions),
        )
        for arm, baseline in pairs
    ]
    return Table(columns("against the baseline", *headings), tuple(rows), splits=True)


def _cell(summary: Summary, contrast: Contrast | None) -> Cell:
    """Of an A/A pair the bare ratio: whether it differs is judged over all of them (docs/method.md, §7)."""
    if contrast is None:
        return Cell(numbers.NOT_KNOWN)
    tone = Tone.WARNING if contrast.verdict in _OPEN else Tone.PLAIN
    if contrast.verdict is Verdict.WITHHELD or contrast.ratio is None:
        return Cell("no verdict", tone)
    value, interval = sentences.ratio(summary, contrast)
    if contrast.aa:
        return Cell(f"A/A {value}", second=interval)
    return Cell(f"{value} {_WORDS[contrast.verdict]}", tone, interval)
