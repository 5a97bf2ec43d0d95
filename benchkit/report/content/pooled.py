"""Runs of one scenario taken together, as a page: each ratio over all runs, and where the next run's is expected."""

from __future__ import annotations

from benchkit.model.counts import counted
from benchkit.model.outside_text import escaped
from benchkit.model.pooled import PooledRuns, PooledValue
from benchkit.report import numbers
from benchkit.report.content.page import Block, Cell, Column, Page, Section, Table, Tone, columns, sentence


def pooled_page(pooled: PooledRuns) -> Page:
    pooled = escaped(pooled, lines=False)
    title = f"{len(pooled.runs):,} runs of “{pooled.scenario}” taken together"
    blocks: tuple[Block, ...] = (_contrasts(pooled), _arms(pooled), sentence(_explanation(pooled), Tone.FAINT))
    if pooled.left_out:
        warning = f"Left out, because they are invalid: {', '.join(pooled.left_out)}."
        blocks = (sentence(warning, Tone.WARNING), *blocks)
    return Page(f"benchkit report {pooled.scenario}", (Section("pooled", title, blocks),))


def _contrasts(pooled: PooledRuns) -> Table:
    several = len({one.condition for one in pooled.contrasts}) > 1
    rows = tuple(
        (
            Cell(one.arm, second=one.condition if several else ""),
            Cell(f"{numbers.decimal(one.ratio.value)}×", second=_interval(one.ratio.low, one.ratio.high)),
            Cell(_interval(one.ratio.next_low, one.ratio.next_high)),
            *_spread(one.ratio),
            Cell(one.verdict.lower(), second=f"{counted(one.withheld, 'run')} gave none" if one.withheld else ""),
        )
        for one in pooled.contrasts
    )
    return Table((*columns("time ÷ baseline", *_HEADINGS), Column("verdict", optional=True)), rows)


def _arms(pooled: PooledRuns) -> Table:
    several = len({one.condition for one in pooled.arms}) > 1
    rows = tuple(
        (
            Cell(one.arm, second=", ".join(filter(None, (one.client, one.condition if several else "")))),
            Cell(numbers.decimal(one.median_ms.value), second=_interval(one.median_ms.low, one.median_ms.high)),
            Cell(_interval(one.median_ms.next_low, one.median_ms.next_high)),
            *_spread(one.median_ms),
        )
        for one in pooled.arms
    )
    return Table(columns("median, ms", *_HEADINGS), rows)


TOO_FEW = "too few runs to say"
_HEADINGS = ("all runs", "next run", "sd between", "÷ claimed", "hold it")


def _spread(value: PooledValue) -> tuple[Cell, ...]:
    return (
        Cell(numbers.percent(value.spread.observed) if value.runs > 1 else numbers.NOT_KNOWN),
        Cell(numbers.decimal(value.spread.ratio, digits=2) if value.runs > 1 else numbers.NOT_KNOWN),
        Cell(f"{value.covering} of {value.given}"),
    )


def _interval(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return TOO_FEW
    return f"[{numbers.decimal(low)}, {numbers.decimal(high)}]"


def _explanation(pooled: PooledRuns) -> str:
    return (
        f"The run is the unit: {numbers.percent(pooled.confidence)} intervals of the mean over runs, and of what one "
        "more run would give. Beside them: the standard deviation between runs, the same ÷ the error that a run's own interval "
        "claims, and how many runs' intervals hold the mean. If the ratio is well above 1, a single run's interval is too "
        "narrow for the next "
        "run: use more starts (restarts in [load])."
    )
