"""`--dry-run`: what would be sent, how much of it, to whom and for how long. Real mail is announced first and loudly."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchkit.model.plan import ArmPlan, PlanSummary
from benchkit.report import numbers

_HEADINGS = ("sends", "warm-up", "connections", "turns each", "bytes")


def render_plan(plan: PlanSummary, console: Console) -> None:
    console.print(_announcement(plan))
    console.print(
        Text(f"Scenario “{plan.scenario}”: {plan.question}" if plan.question else f"Scenario “{plan.scenario}”")
    )
    console.print(Text(f"Load: {plan.load}"))
    console.print()
    console.print(_arms(plan))
    console.print()
    console.print(Text(_messages(plan)))
    console.print(Text(f"Time: {_time(plan.duration_s)}"))


def _announcement(plan: PlanSummary) -> Text:
    outside = [arm for arm in plan.arms if arm.leaves_this_machine]
    if not outside:
        return Text("Nothing leaves this machine: every server is embedded.", style="green")
    sends = sum(arm.sends + arm.warmup_sends for arm in outside)
    targets = ", ".join(dict.fromkeys(arm.target for arm in outside))
    return Text(f"REAL MAIL: {sends:,} messages would leave this machine, to {targets}.", style="bold red")


def _arms(plan: PlanSummary) -> Table:
    table = Table(
        box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False, show_footer=True, footer_style="bold"
    )
    table.add_column("arm", footer="total", overflow="fold")
    table.add_column("to", overflow="fold")
    for heading, total in zip(_HEADINGS, _totals(plan.arms), strict=True):
        table.add_column(heading, footer=total, justify="right")
    for arm in plan.arms:
        table.add_row(Text(arm.name), _target(arm), *_row(arm))
    return table


def _row(arm: ArmPlan) -> tuple[str, ...]:
    turns = numbers.NOT_KNOWN if arm.turns is None else f"{arm.turns:.3g}"
    return f"{arm.sends:,}", f"{arm.warmup_sends:,}", f"{arm.connections:,}", turns, numbers.size(arm.bytes)


def _totals(arms: tuple[ArmPlan, ...]) -> tuple[str, ...]:
    sends, warmup, connections, size = (
        sum(column) for column in zip(*((a.sends, a.warmup_sends, a.connections, a.bytes) for a in arms), strict=True)
    )
    return f"{sends:,}", f"{warmup:,}", f"{connections:,}", "", numbers.size(size)


def _target(arm: ArmPlan) -> Text:
    if arm.leaves_this_machine:
        return Text(f"{arm.target} (leaves this machine)", style="bold red")
    return Text(arm.target)


def _messages(plan: PlanSummary) -> str:
    rest = plan.distinct_recipients - len(plan.recipients_sample)
    others = f" and {rest:,} more" if rest > 0 else ""
    noun = "message" if plan.distinct_messages == 1 else "messages"
    return f"Batch: {plan.distinct_messages:,} distinct {noun}, to {', '.join(plan.recipients_sample)}{others}"


def _time(duration_s: float | None) -> str:
    if duration_s is None:
        return "as long as the servers take: each send waits for the one before"
    return f"about {numbers.decimal(duration_s, 's')}"
