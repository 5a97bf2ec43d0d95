"""Two runs side by side, as a page: the answer, each arm before and after, and other differences between the runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchkit.model.counts import counted
from benchkit.model.metrics import Metric
from benchkit.model.outside_text import escaped
from benchkit.model.run_comparison import ArmChange, ChangeVerdict, RunComparison, Unit
from benchkit.report import numbers
from benchkit.report.content.page import Block, Cell, Page, Section, Sentence, Table, Tone, columns, sentence

_TONES = {
    ChangeVerdict.REGRESSION: Tone.BAD,
    ChangeVerdict.IMPROVEMENT: Tone.GOOD,
    ChangeVerdict.UNDECIDED: Tone.WARNING,
    ChangeVerdict.NOT_TESTED: Tone.WARNING,
}
_LEVELS = {
    Unit.PAIRS: "The unit is the pair of runs, made one after the other, so that both share the machine's state: {}.",
    Unit.RUNS: "The unit is the run: {}.",
    Unit.STARTS: "The unit is the start of the processes: {}. It does not include what varies only between runs, such as the "
    "time of day: --rerun runs both side by side.",
    Unit.BLOCKS: "Each run started its processes only once, so benchkit cannot tell a change from chance and tests none. "
    "Give both runs several starts (restarts in [load]), or several runs of each kind.",
}


def comparison_page(comparison: RunComparison, differences: Sequence[str]) -> Page:
    comparison, differences = escaped(comparison, lines=False), escaped(list(differences), lines=False)
    sections = (
        Section("answer", "", tuple(_answer(comparison))),
        *_arm_section(comparison),
        Section("differences", "How the runs differ", tuple(sentence(line, item=True) for line in differences)),
    )
    return Page(f"benchkit compare {' '.join((*comparison.before, *comparison.after))}", sections)


def _arm_section(comparison: RunComparison) -> Iterator[Section]:
    """An invalid run has no times to read."""
    if not comparison.invalid:
        yield Section("arms", f"{_names(comparison.before)} → {_names(comparison.after)}", tuple(_arms(comparison)))


def headline(comparison: RunComparison) -> str:
    if comparison.invalid:
        return f"No comparison: {', '.join(comparison.invalid)} is invalid."
    if not comparison.arms:
        return "No comparison: no arm has the same name and condition in both."
    limit = numbers.percent(comparison.limit)
    slower = [one for one in comparison.arms if one.change is ChangeVerdict.REGRESSION]
    failing = [one for one in comparison.arms if one.fails_more]
    if slower or failing:
        regressions = [*map(_slower, slower), *map(_failing, failing)]
        return f"REGRESSION: {'; '.join(regressions)}."
    if all(one.change is ChangeVerdict.NOT_TESTED for one in comparison.arms):
        return "No change of time was tested; no arm fails more often."
    if all(one.change in (ChangeVerdict.NONE, ChangeVerdict.IMPROVEMENT) for one in comparison.arms):
        return f"No arm got slower by more than {limit}, and none fails more often."
    return f"No regression beyond {limit} was found, and no arm fails more often; not every arm could be decided."


def _slower(one: ArmChange) -> str:
    value, interval = numbers.times(one.ratio or 0.0, one.ci)
    return f"“{one.arm}” takes {value} the time {interval} on {one.condition}"


def _failing(one: ArmChange) -> str:
    before, after = (numbers.percent(rate.value) for rate in (one.failures_before, one.failures_after))
    return f"“{one.arm}” fails {after} instead of {before} of the time on {one.condition}"


def _answer(comparison: RunComparison) -> Iterator[Sentence]:
    bad = bool(comparison.invalid or comparison.regressions or not comparison.arms)
    yield sentence(headline(comparison), Tone.ALARM if bad else Tone.STRONG)
    if comparison.invalid:
        return
    levels = (_LEVELS[one.unit].format("{:,} before, {:,} after".format(*one.units)) for one in comparison.arms)
    for level in dict.fromkeys(levels):
        yield sentence(level, Tone.WARNING if level == _LEVELS[Unit.BLOCKS] else Tone.FAINT)
    yield from _what_it_finds(comparison.arms)
    if comparison.unmatched:
        yield sentence(f"Only on one side: {', '.join(comparison.unmatched)}.", Tone.WARNING)


def _what_it_finds(arms: Sequence[ArmChange]) -> Iterator[Sentence]:
    """Of the hardest arm; a change that is more than twice the time is no answer, but too few units."""
    seen = [one.detectable for one in arms if one.detectable]
    vague = [one for one in arms if one.ratio is not None and one.p is not None and one.detectable is None]
    if vague:
        unit, needs = vague[0].unit, [one.needs_to_detect for one in vague]
        most = max((n for n in needs if n), default=0)
        told = f"that needs {most:,} a side" if most and None not in needs else "they differ too much from one another"
        yield sentence(
            f"Too few {unit} to say which change nine of ten such comparisons would find: {told}.", Tone.WARNING
        )
    elif seen:
        worst = numbers.percent(max(seen) - 1)
        yield sentence(f"Nine of ten such comparisons would find an arm that is {worst} slower.", Tone.FAINT)


def _arms(comparison: RunComparison) -> Iterator[Block]:
    metrics = sorted({one.metric for one in comparison.arms})
    headings = ("arm", f"typical {' and '.join(metrics)}, ms", "after ÷ before", "failed", "change")
    rows = tuple(_row(one) for one in comparison.arms)
    if not rows:
        return
    yield Table(columns(*headings), rows)
    tested = sum(one.change is not ChangeVerdict.NOT_TESTED for one in comparison.arms)
    family = f" (after Holm over {counted(tested, 'row')})" if tested else ""
    yield sentence(
        f"{_typical(metrics)} {numbers.percent(comparison.confidence)} intervals, each arm's own. A "
        f"regression is certainly slower{family}, and by more than {numbers.percent(comparison.limit)}.",
        Tone.FAINT,
    )


def _typical(metrics: Sequence[str]) -> str:
    """What the times of the table are: the report's own median is over all messages, and another number."""
    block = "a block's time ÷ its accepted messages" if Metric.TIME_PER_MESSAGE in metrics else "a block's median"
    return (
        f"A typical time is the median of {block} over a start's blocks, of several starts or runs the geometric mean."
    )


def _row(one: ArmChange) -> tuple[Cell, ...]:
    value, interval = numbers.times(one.ratio, one.ci) if one.ratio is not None else (numbers.NOT_KNOWN, "")
    if one.needs:
        interval = f"none: needs at least {one.needs:,} {one.unit}"
    elif one.ratio is not None and one.p is not None and one.ci is None:
        interval = f"none: the {one.unit} differ too much"
    rates = [numbers.percent(rate.value) for rate in (one.failures_before, one.failures_after)]
    return (
        Cell(one.arm, second=one.condition),
        Cell(f"{numbers.decimal(one.before_ms)} → {numbers.decimal(one.after_ms)}"),
        Cell(value, second=interval),
        Cell(rates[0] if rates[0] == rates[1] else " → ".join(rates), Tone.BAD if one.fails_more else Tone.PLAIN),
        Cell(one.change, _TONES.get(one.change, Tone.PLAIN)),
    )


def _names(runs: Sequence[str]) -> str:
    return runs[0] if len(runs) == 1 else f"{runs[0]} and {len(runs) - 1:,} more"
