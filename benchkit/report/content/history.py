"""The history of a results folder as a page: what changed, what was sent by month and day, every series, every run, audits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchkit.model.counts import counted
from benchkit.model.history import ArmFacts, ArmSeries, AuditFacts, ChangePoint, Consumption, History
from benchkit.model.outcome import REFUSED
from benchkit.model.outside_text import escaped
from benchkit.report import numbers
from benchkit.report.content.axes import linear
from benchkit.report.content.page import (
    Block,
    Cell,
    Column,
    Curves,
    Figure,
    Page,
    Section,
    Sentence,
    Series,
    Table,
    Tone,
    columns,
    sentence,
)

MOST_DAYS = 31
MOST_RUNS = 60  # rows of the list of runs; the JSON has all
_REFUSED = ",\n".join(kind.label for kind in REFUSED)  # as the report of a run names them
_SENT = ("sent", "accepted", _REFUSED, "failed", "ambiguous", "bounced")


@dataclass(slots=True)
class Total:
    """What was sent in a period; `bounced` stays None where no run of it asked."""

    runs: int = 0
    sent: int = 0
    accepted: int = 0
    refused: int = 0
    failed: int = 0
    ambiguous: int = 0
    bounced: int | None = None
    own: int = 0

    def add(self, one: Consumption) -> None:
        self.sent += one.sent
        self.accepted += one.accepted
        self.refused += one.refused
        self.failed += one.failed
        self.ambiguous += one.ambiguous
        self.own += one.sent if one.own else 0
        if one.bounced is not None:
            self.bounced = (self.bounced or 0) + one.bounced


def totals(history: History, letters: int) -> Mapping[str, Total]:
    """By the first letters of the time: 7 for a month, 10 for a day; the newest first."""
    found: dict[str, Total] = {}
    for run in reversed(history.runs):
        total = found.setdefault(run.created_utc[:letters], Total())
        total.runs += 1
        for one in run.consumption:
            total.add(one)
    return found


def history_page(history: History, *, figures: bool = False) -> Page:
    history = escaped(history, lines=False)
    sections = (*_run_sections(history, figures=figures), *_audits(history.audits))
    unreadable = tuple(sentence(line, Tone.WARNING) for line in history.unreadable)
    return Page(
        "benchkit history", (*sections, *([Section("unreadable", "Left out", unreadable)] if unreadable else []))
    )


def _run_sections(history: History, *, figures: bool) -> Iterator[Section]:
    if not history.runs:
        yield Section("changes", "", (sentence("There is no run."),))
        return
    days = dict(list(totals(history, 10).items())[:MOST_DAYS])
    yield Section("changes", "", tuple(_answer(history)))
    yield Section("months", "What was sent, by month", (_consumption("month", totals(history, 7)),))
    yield Section("days", f"… and by day, the last {MOST_DAYS} with runs", (_consumption("day", days),))
    yield Section("series", "Each arm over time", tuple(_series_blocks(history, figures=figures)))
    yield Section("runs", "Runs", tuple(_runs(history)))


def change_sentences(history: History) -> Iterator[Sentence]:
    for series in history.series:
        for change in series.time_changes:
            yield sentence(
                _time_change(series, change), Tone.BAD if change.after > change.before else Tone.GOOD, item=True
            )
        for change in series.failure_changes:
            yield sentence(
                _rate_change(series, change), Tone.BAD if change.after > change.before else Tone.GOOD, item=True
            )


def _answer(history: History) -> Iterator[Block]:
    changes = list(change_sentences(history))
    scenarios = len({run.scenario for run in history.runs})
    span = " to ".join(dict.fromkeys(history.runs[end].created_utc[:10] for end in (0, -1)))
    invalid = sum(not run.valid for run in history.runs)
    summary = f"{counted(len(history.runs), 'run')} of {counted(scenarios, 'scenario')}, {span}"
    summary += f"; {invalid} of them invalid and left out of the series" if invalid else ""
    found = f"{counted(len(changes), 'change')} found:" if changes else "No series changed."
    yield sentence(f"{summary}. {found}", Tone.STRONG)
    yield from changes
    yield sentence(
        "A change is reported once chance would explain it less than once in 50,000 runs, with at least three runs before "
        "and after it.",
        Tone.FAINT,
    )


def _time_change(series: ArmSeries, change: ChangePoint) -> str:
    moved = change.after / change.before - 1
    return (
        f"{_name(series)}: {numbers.percent(abs(moved))} {'more' if moved > 0 else 'less'} time from run "
        f"{series.runs[change.place]} on: {numbers.decimal(change.before, 'ms')} → {numbers.decimal(change.after, 'ms')}"
        f"{_found(change)}."
    )


def _rate_change(series: ArmSeries, change: ChangePoint) -> str:
    before, after = numbers.percent(change.before), numbers.percent(change.after)
    return f"{_name(series)}: fails {before} → {after} of the time from run {series.runs[change.place]} on{_found(change)}."


def _found(change: ChangePoint) -> str:
    return f", found after {counted(change.found_at - change.place + 1, 'run')}"


def _name(series: ArmSeries) -> str:
    return f"{series.scenario}, “{series.arm}” on {series.condition}"


def _consumption(period: str, found: Mapping[str, Total]) -> Table:
    rows = tuple(
        (
            Cell(name), Cell(numbers.count(one.runs)), Cell(numbers.count(one.sent)), Cell(numbers.count(one.accepted)),
            Cell(numbers.count(one.refused)), Cell(numbers.count(one.failed)), Cell(numbers.count(one.ambiguous)),
            Cell(numbers.count(one.bounced)), Cell(numbers.count(one.own)),
        )
        for name, one in found.items()
    )  # fmt: skip
    return Table((*columns(period, "runs", *_SENT), Column("to own servers", optional=True)), rows)


def _series_blocks(history: History, *, figures: bool) -> Iterator[Block]:
    groups = _groups(history)
    for group in groups:
        yield sentence(_where(group[0]), Tone.STRONG)
        yield _series_table(group)
    yield sentence("Medians of the first and the last run, each with that run's own interval.", Tone.FAINT)
    if figures:
        yield from (figure for group in groups if len(group[0].runs) > 1 for figure in _figures(group))


def _groups(history: History) -> list[list[ArmSeries]]:
    """The arms of one scenario, condition, load and machine stand together."""
    found: dict[str, list[ArmSeries]] = {}
    for series in history.series:
        found.setdefault(_where(series), []).append(series)
    return list(found.values())


def _where(series: ArmSeries) -> str:
    return f"{series.scenario} on {series.condition} ({series.load}; {series.machine})"


def _series_table(group: Sequence[ArmSeries]) -> Table:
    rows = tuple(_series_row(series) for series in group)
    return Table(columns("arm", "runs", "first, ms", "last, ms", "failed", "changes"), rows)


def _series_row(series: ArmSeries) -> tuple[Cell, ...]:
    sent, failed = sum(one.sent for one in series.facts), sum(one.failed for one in series.facts)
    changes = len(series.time_changes) + len(series.failure_changes)
    return (
        Cell(series.arm),
        Cell(numbers.count(len(series.runs))),
        _median(series.facts[0]),
        _median(series.facts[-1]),
        Cell(numbers.percent(failed / sent if sent else None)),
        Cell(str(changes), Tone.WARNING if changes else Tone.PLAIN),
    )


def _median(facts: ArmFacts) -> Cell:
    ends = "" if facts.low_ms is None else f"[{numbers.decimal(facts.low_ms)}, {numbers.decimal(facts.high_ms)}]"
    return Cell(numbers.decimal(facts.median_ms), second=ends)


def _figures(found: Sequence[ArmSeries]) -> Iterator[Figure]:
    yield _figure(found, "time", "median, ms", [[one.median_ms for one in series.facts] for series in found])
    rates = [[100 * one.failed / one.sent if one.sent else None for one in series.facts] for series in found]
    if any(rate for line in rates for rate in line):
        yield _figure(found, "failures", "failed, percent", rates)


def _figure(found: Sequence[ArmSeries], key: str, label: str, values: Sequence[Sequence[float | None]]) -> Figure:
    runs = list(dict.fromkeys(run for series in found for run in series.runs))
    lines = tuple(
        Series(series.arm, place, tuple((runs.index(run) + 1.0, value) for run, value in zip(series.runs, line, strict=True)
                                        if value is not None))
        for place, (series, line) in enumerate(zip(found, values, strict=True))
    )  # fmt: skip
    changes = [
        (runs.index(series.runs[change.place]) + 0.5, f"change: {series.arm}")
        for series in found
        for change in (series.time_changes if key == "time" else series.failure_changes)
    ]
    top = max((y for line in lines for _, y in line.points), default=1.0)
    rows = tuple(
        (Cell(run), *(Cell(numbers.decimal(value)) for value in row))
        for run, row in zip(runs, _rows(runs, found, values), strict=True)
    )
    what = "How long did a message take, run by run" if key == "time" else "How often did messages fail, run by run"
    return Figure(
        f"history-{key}-{found[0].scenario}-{found[0].condition}",
        f"{what}: {found[0].scenario} on {found[0].condition}",
        f"Each point: one run, {label}; {counted(len(runs), 'run')} ({found[0].load}; {found[0].machine}). "
        "Upright line: a change.",
        Curves(
            linear("run, in order of time", len(runs) + 1.0, whole=True),
            linear(label, 1.05 * top or 1.0),
            lines,
            tuple(changes),
        ),
        Table(columns("run", *(series.arm for series in found)), rows),
    )


def _rows(
    runs: Sequence[str], found: Sequence[ArmSeries], values: Sequence[Sequence[float | None]]
) -> Iterator[list[float | None]]:
    held = [dict(zip(series.runs, line, strict=True)) for series, line in zip(found, values, strict=True)]
    yield from ([line.get(run) for line in held] for run in runs)


def _runs(history: History) -> Iterator[Block]:
    shown = list(reversed(history.runs))[:MOST_RUNS]
    rows = tuple(
        (
            Cell(run.run),
            Cell(run.scenario),
            Cell(run.status if run.valid else f"{run.status}, invalid", Tone.PLAIN if run.valid else Tone.BAD),
            Cell(numbers.count(sum(one.sent for one in run.consumption))),
        )
        for run in shown
    )
    heads = (
        Column("run"),
        Column("scenario", optional=True),
        *columns("status", "sent"),
    )  # a run's name holds the scenario's
    yield Table(heads, rows)
    if len(history.runs) > MOST_RUNS:
        yield sentence(f"… and {len(history.runs) - MOST_RUNS} older ones.", Tone.FAINT)


def _audits(audits: Iterable[AuditFacts]) -> Iterator[Section]:
    """Each domain and sending address: its audits in order, and what changed from one to the next."""
    found: dict[tuple[str, str], list[AuditFacts]] = {}
    for audit in audits:
        found.setdefault((audit.domain, audit.ip), []).append(audit)
    blocks: list[Block] = []
    for (domain, ip), each in found.items():
        blocks.append(sentence(f"{domain}, mail from {ip}" if ip else domain, Tone.STRONG))
        blocks += [_audit(before, one) for before, one in zip([None, *each], each, strict=False)]
    if blocks:
        yield Section("audits", "Audits over time, by domain and sending address", tuple(blocks))


def _audit(before: AuditFacts | None, one: AuditFacts) -> Sentence:
    moved = _moved(before, one) if before is not None else ""
    text = f"{one.at_utc[:10]}: {one.verdict}{_score(one)}{f'; {moved}' if moved else ''}"
    return sentence(text, Tone.BAD if one.verdict == "fail" else Tone.PLAIN, item=True)


def _score(audit: AuditFacts) -> str:
    return "" if audit.score is None else f", {audit.score} of 100"


def _moved(before: AuditFacts, after: AuditFacts) -> str:
    earlier = dict(before.mechanisms) | {"SPF result": before.spf}
    later = dict(after.mechanisms) | {"SPF result": after.spf}
    moved = [
        f"{name}: {earlier.get(name) or '–'} → {later.get(name) or '–'}"
        for name in dict.fromkeys((*earlier, *later))
        if earlier.get(name) != later.get(name)
    ]
    return ", ".join(moved) or "nothing changed"
