"""A sweep's verdicts at one look: a row an arm, a column a condition, in each cell the ratio and under it the interval.

Law: no number is cut; conditions for which the terminal has no room stand in a further table below.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from benchkit.model.summary import Contrast, Summary, Verdict
from benchkit.report import numbers, sentences
from benchkit.report.columns import NAME_WIDTH, column_width, empty_table

_WORDS = {
    Verdict.SLOWER: "slower",
    Verdict.FASTER: "faster",
    Verdict.EQUIVALENT: "the same",
    Verdict.UNDECIDED: "undecided",
}
_STYLES = dict.fromkeys((Verdict.UNDECIDED, Verdict.WITHHELD), "yellow")


def sweep_tables(summary: Summary, *, width: int) -> Iterator[Table]:
    """The conditions in their order, as many a table as the width holds."""
    found = {(one.arm, one.baseline, one.condition): one for one in summary.contrasts}
    pairs = list(dict.fromkeys((one.arm, one.baseline) for one in sentences.by_weight(summary)))
    columns = [
        [_heading(summary, one.name), *(_cell(summary, found.get((*pair, one.name))) for pair in pairs)]
        for one in summary.conditions
    ]
    for fitting in _fitting(columns, width - NAME_WIDTH):
        table = empty_table("against the baseline", *(column[0] for column in fitting), no_wrap=True)
        for (arm, _), *cells in zip(pairs, *(column[1:] for column in fitting), strict=True):
            table.add_row(Text(arm), *cells)
        yield table


def _fitting(columns: Sequence[Sequence[Text]], width: int) -> Iterator[list[Sequence[Text]]]:
    """The columns in runs that are no wider than the width; one that is wider by itself stands alone."""
    run: list[Sequence[Text]] = []
    left = width
    for column in columns:
        left -= column_width(column)
        if run and left < 0:
            yield run
            run, left = [], width - column_width(column)
        run.append(column)
    yield run


def _heading(summary: Summary, condition: str) -> Text:
    """The link's name, and on a line of its own the RTT that was measured."""
    return Text(sentences.link(summary, condition).replace(" (", "\n(", 1))


def _cell(summary: Summary, contrast: Contrast | None) -> Text:
    """Of an A/A pair the bare ratio: whether it differs is judged over all of them (docs/method.md, §7)."""
    if contrast is None:
        return Text(numbers.NOT_KNOWN)
    style = _STYLES.get(contrast.verdict, "")
    if contrast.verdict is Verdict.WITHHELD or contrast.ratio is None:
        return Text("no verdict", style=style)
    value, interval = sentences.ratio(summary, contrast)
    if contrast.aa:
        return Text.assemble(f"A/A {value}", (f"\n{interval}", "dim"))
    return Text.assemble((f"{value} {_WORDS[contrast.verdict]}", style), (f"\n{interval}", "dim"))
