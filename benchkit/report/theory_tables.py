"""The run against the physics: slopes beside turn counts, turns in time, and what the wire says."""

from __future__ import annotations

from rich.table import Table

from benchkit.model.summary import Agreement, BreakEven, LatencyFit, Summary
from benchkit.report import numbers
from benchkit.report.columns import arm_name, empty_table


def fits_table(summary: Summary) -> Table:
    """Service time on RTT: the slope is in turns."""
    table = empty_table("arm", "turns", "slope", "at no RTT, ms", "level with the baseline")
    saturated = {arm.name for arm in summary.arms if arm.saturated}
    for fit in summary.fits:
        table.add_row(
            arm_name(f"{fit.arm} ({fit.link})" if fit.link else fit.arm, saturated=fit.arm in saturated),
            numbers.decimal(fit.turns),
            numbers.with_interval(fit.slope),
            numbers.with_interval(fit.intercept_ms),
            _level_at(fit),
        )
    return table


def agreements_table(summary: Summary, condition: str) -> Table:
    """Turns as the table of the method has them, as they were counted, and as they stand in the time and on the wire."""
    table = empty_table("arm", "turns", "counted", "in the time", "wire ÷ counted", "wire bytes each, − predicted")
    saturated = _saturated(summary, condition)
    for agreement in summary.agreements:
        if agreement.condition == condition:
            table.add_row(
                arm_name(agreement.arm, saturated=agreement.arm in saturated),
                _predicted(agreement),
                numbers.decimal(agreement.turns_counted),
                numbers.decimal(agreement.turns_in_time),
                _on_wire(agreement),
                _wire_bytes(agreement),
            )
    return table


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


def _level_at(fit: LatencyFit) -> str:
    found = fit.break_even_rtt_ms
    if found is None:
        return "is the baseline"
    if found.value is None:
        return found.found
    interval = "" if found.low is None or found.high is None else f" [{found.low:.3g}, {found.high:.3g}]"
    return f"at {found.value:.3g} ms{interval}"


def _batch(found: BreakEven) -> str:
    if found.found == "not identified":
        least = "" if found.low is None else f", but hardly under {found.low:,.0f}"
        return f"how many messages a connection must carry to be level with the baseline is not identified{least}"
    if found.value is None:
        return "never level with the baseline, however many messages a connection carries"
    interval = "" if found.low is None or found.high is None else f" [{found.low:,.0f}, {found.high:,.0f}]"
    return f"level with the baseline once a connection carries {found.value:,.0f}{interval} messages"


def _predicted(agreement: Agreement) -> str:
    """`11`, or `11 + 2` where slow start adds flights."""
    turns = numbers.decimal(agreement.turns_predicted)
    return f"{turns} + {agreement.flights_predicted}" if agreement.flights_predicted else turns


def _wire_bytes(agreement: Agreement) -> str:
    """`8.43 kB, +1.5 %`: what was measured, and how far above the prediction."""
    if not agreement.wire_bytes:
        return numbers.NOT_KNOWN
    measured = numbers.size(agreement.wire_bytes)
    if not agreement.wire_bytes_predicted:
        return measured
    return f"{measured}, {100 * (agreement.wire_bytes / agreement.wire_bytes_predicted - 1):+.1f} %"


def _on_wire(agreement: Agreement) -> str:
    if agreement.turns_on_wire is None or not agreement.turns_for_wire:
        return numbers.NOT_KNOWN
    return f"{agreement.turns_on_wire / agreement.turns_for_wire:.2f}"
