"""The arms of one condition side by side: round trips, times with intervals, messages/s, failures by kind, bytes each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from benchkit.model.outcome import OutcomeKind
from benchkit.model.plain_number import significant
from benchkit.model.summary import ArmSummary, Estimate, Summary
from benchkit.report import numbers
from benchkit.report.content.page import Cell, Column, Sentence, Table, Tone, sentence

_NOTHING = Estimate(None, needs=1)


def arms_table(summary: Summary, condition: str) -> Table:
    duration = duration_of(summary)
    headings = ("arm", "round trips", f"median {duration}, ms", f"p95 {duration}, ms", "messages/s", "failed")
    rows = tuple(_cells(arm, duration) for arm in summary.arms if arm.condition == condition)
    return Table((*map(Column, headings), Column("bytes each", optional=True)), rows)


def duration_of(summary: Summary) -> str:
    """The duration that this load model is about (method.md §4): an open load counts from the intended time."""
    return "response" if summary.load_model == "open" else "service"


def arm_cell(name: str, *, client: str, saturated: bool) -> Cell:
    """With its client, since a library's time is part of the arm's. Marked where the numbers are the generator's own."""
    second = ", ".join(filter(None, (client, "saturated" if saturated else "")))
    return Cell(name, second=second, second_tone=Tone.WARNING if saturated else Tone.FAINT)


def clients_of(summary: Summary) -> Mapping[str, str]:
    """By arm."""
    return {arm.name: arm.client for arm in summary.arms}


def estimate_cell(estimate: Estimate) -> Cell:
    if estimate.value is None and estimate.needs:
        return Cell(numbers.with_interval(estimate), Tone.FAINT)
    value, _, interval = numbers.with_interval(estimate).partition(" ")
    return Cell(value, Tone.FAINT if estimate.value is None else Tone.PLAIN, interval)


def failure_lines(arm: ArmSummary) -> Iterator[Sentence]:
    for text, number in arm.failure_texts.items():
        yield sentence(f"{arm.name}: {number:,} × {text}", Tone.BAD)


def _cells(arm: ArmSummary, duration: str) -> tuple[Cell, ...]:
    times = arm.response_ms if duration == "response" else arm.service_ms
    sent = arm.accepted + arm.failed
    return (
        arm_cell(arm.name, client=arm.client, saturated=bool(arm.saturated)),
        Cell(turns_of(arm)),
        estimate_cell(times.get("p50", _NOTHING)),
        estimate_cell(times.get("p95", _NOTHING)),
        Cell(numbers.decimal(arm.throughput_per_s)),
        _failures(arm),
        Cell(numbers.size(arm.bytes_out / sent) if sent else numbers.NOT_KNOWN),
    )


def turns_of(arm: ArmSummary) -> str:
    """What a message costs, and the range where the messages of an arm differ."""
    if arm.turns is None:
        return numbers.NOT_KNOWN
    same = arm.turns.min == arm.turns.max
    return (
        significant(arm.turns.each, 3)
        if same
        else f"{significant(arm.turns.each, 3)} ({arm.turns.min}–{arm.turns.max})"
    )


def _failures(arm: ArmSummary) -> Cell:
    accepted = OutcomeKind.ACCEPTED.label
    kinds = [f"{number:,} {kind}" for kind, number in arm.outcomes.items() if kind != accepted and number]
    if arm.unsent:
        kinds.append(f"{arm.unsent:,} unsent")
    return Cell("\n".join(kinds), Tone.BAD) if kinds else Cell("0")
