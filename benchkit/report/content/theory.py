"""The run compared with the theory: slopes beside round trips, round trips in the time, and what the packets show."""

from __future__ import annotations

from benchkit.model.plain_number import significant
from benchkit.model.summary import Agreement, BreakEven, LatencyFit, Summary
from benchkit.report import numbers
from benchkit.report.content.arms import arm_cell, clients_of, estimate_cell
from benchkit.report.content.page import Cell, Table, columns


def fits_table(summary: Summary) -> Table:
    """Service time on RTT: the slope is in round trips."""
    saturated, clients = {arm.name for arm in summary.arms if arm.saturated}, clients_of(summary)
    rows = tuple(
        (
            arm_cell(
                f"{fit.arm} ({fit.link})" if fit.link else fit.arm,
                client=clients.get(fit.arm, ""),
                saturated=fit.arm in saturated,
            ),
            Cell(numbers.decimal(fit.turns)),
            estimate_cell(fit.slope),
            estimate_cell(fit.intercept_ms),
            level_cell(fit),
        )
        for fit in summary.fits
    )
    return Table(columns("arm", "round trips", "slope", "at no RTT, ms", "level with the baseline"), rows)


def agreements_table(summary: Summary, condition: str) -> Table:
    """Round trips as the table of the method has them, as they were counted, and as they stand in the time and on the wire."""
    headings = (
        "arm",
        "round trips, mean",
        "counted, mean",
        "in the median time",
        "wire ÷ counted",
        "wire bytes each, − predicted",
    )
    saturated, clients = _saturated(summary, condition), clients_of(summary)
    rows = tuple(
        (
            arm_cell(agreement.arm, client=clients.get(agreement.arm, ""), saturated=agreement.arm in saturated),
            Cell(_predicted(agreement)),
            Cell(numbers.decimal(agreement.turns_counted)),
            Cell(numbers.decimal(agreement.turns_in_time)),
            Cell(_on_wire(agreement)),
            _wire_bytes(agreement),
        )
        for agreement in summary.agreements
        if agreement.condition == condition
    )
    return Table(columns(*headings), rows)


def batches(summary: Summary, condition: str) -> list[str]:
    """How many messages a new connection must carry to make up for its set-up, a sentence each."""
    saturated = _saturated(summary, condition)
    return [
        f"{agreement.arm}{' (saturated)' if agreement.arm in saturated else ''}: {_batch(agreement.break_even_batch)}"
        for agreement in summary.agreements
        if agreement.condition == condition and agreement.break_even_batch is not None
    ]


def _saturated(summary: Summary, condition: str) -> set[str]:
    return {arm.name for arm in summary.arms if arm.saturated and arm.condition == condition}


def level_cell(fit: LatencyFit) -> Cell:
    """The RTT at which the arm takes as long as the baseline."""
    found = fit.break_even_rtt_ms
    if found is None:
        return Cell("is the baseline")
    if found.value is None:
        return Cell(found.found)
    interval = (
        ""
        if found.low is None or found.high is None
        else f"[{significant(found.low, 3)}, {significant(found.high, 3)}]"
    )
    return Cell(f"at {significant(found.value, 3)} ms", second=interval)


def _batch(found: BreakEven) -> str:
    if found.found == "not identified":
        least = "" if found.low is None else f", but probably at least {found.low:,.0f}"
        return f"the data cannot show how many messages a connection must carry to be as fast as the baseline{least}"
    if found.value is None:
        return "slower than the baseline, however many messages a connection carries"
    interval = "" if found.low is None or found.high is None else f" [{found.low:,.0f}, {found.high:,.0f}]"
    return f"level with the baseline once a connection carries {found.value:,.0f}{interval} messages"


def _predicted(agreement: Agreement) -> str:
    """`11`, or `11 + 2` where slow start adds flights."""
    turns = numbers.decimal(agreement.turns_predicted)
    return f"{turns} + {agreement.flights_predicted}" if agreement.flights_predicted else turns


def _wire_bytes(agreement: Agreement) -> Cell:
    """`8.43 kB`, `+1.5 %`: what was measured, and how far above the prediction."""
    if not agreement.wire_bytes:
        return Cell(numbers.NOT_KNOWN)
    measured, predicted = numbers.size(agreement.wire_bytes), agreement.wire_bytes_predicted
    return Cell(measured, second=f"{100 * (agreement.wire_bytes / predicted - 1):+.1f} %" if predicted else "")


def _on_wire(agreement: Agreement) -> str:
    if agreement.turns_on_wire is None or not agreement.turns_for_wire:
        return numbers.NOT_KNOWN
    return f"{agreement.turns_on_wire / agreement.turns_for_wire:.2f}"
