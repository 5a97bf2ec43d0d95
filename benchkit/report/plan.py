"""`--dry-run`: what would be sent, how much, to which recipients, and for how long. Real mail comes first."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchkit.model.counts import counted
from benchkit.model.outside_text import escaped
from benchkit.model.plain_number import significant
from benchkit.model.plan import ArmPlan, PlanSummary, Precision
from benchkit.report import numbers
from benchkit.report.content.notices import security_difference

_EXAMPLE_RTT_MS = 20
_MOST = 100  # a ratio above it is as good as none
_FEW = 0.01  # a share that is not worth a figure
# The mails as MIME: an API's own format may take more or less, and only a run measures that.
_HEADINGS = ("sends", "warm-up", "connections", "round trips", "mail size")


def render_plan(plan: PlanSummary, console: Console) -> None:
    plan = escaped(plan, lines=False)
    console.print(_announcement(plan))
    console.print(
        Text(f"Scenario “{plan.scenario}”: {plan.question}" if plan.question else f"Scenario “{plan.scenario}”")
    )
    console.print(Text(f"Load: {plan.load}"))
    console.print()
    console.print(_arms(plan))
    console.print()
    for arm in plan.arms:
        if arm.notes:
            console.print(Text(f"{arm.name}: {'; '.join(arm.notes)}"))
    if plan.retries:
        console.print(Text(f"Retries: {plan.retries}"))
    console.print(Text(_messages(plan)))
    if plan.return_paths:
        paths = ", ".join(plan.return_paths[:3]) + (" and others" if len(plan.return_paths) > 3 else "")
        console.print(Text(f"A server that cannot deliver returns the mail to {paths}.", style="yellow"))
    if plan.probe_connections:
        console.print(Text(_without_mail(plan)))
    if plan.precision is not None:
        others = "Precision of the other arms" if plan.without_verdict else "Precision"
        console.print(Text(_precision(plan.precision, others)))
    if plan.without_verdict:
        console.print(Text(_without_verdict(plan)))
    if plan.security.without:
        console.print(
            Text(f"Warning: {security_difference(plan.security.without, plan.security.with_tls)}.", style="yellow")
        )
    console.print(Text(f"Time: {_time(plan)}"))


def _announcement(plan: PlanSummary) -> Text:
    """Every server that is not embedded is named, first those through which real mail may leave."""
    foreign = [arm for arm in plan.arms if not arm.embedded]
    if not foreign:
        return Text("Nothing leaves this machine: every server is embedded.", style="green")
    real = [arm for arm in foreign if arm.leaves_this_machine and not arm.sandbox]
    tested = [arm for arm in foreign if arm.leaves_this_machine and arm.sandbox]
    harmless = [arm for arm in foreign if not arm.leaves_this_machine]
    text = Text()
    if real:
        text.append(f"REAL MAIL: {_amount(real)} would leave through {_targets(real)}.", style="bold red")
    if tested:
        text.append("\n" if real else "")
        text.append(f"SANDBOX: {_amount(tested)} would go to {_targets(tested)}, in their test mode ", style="yellow")
        text.append("and to no mailbox; sandbox = false sends real mail.", style="yellow")
    if tested and real:
        text.append(
            "\nTimes in a sandbox and times of real mail do not compare: give all arms the same sandbox.",
            style="yellow",
        )
    if harmless:
        text.append("\n" if real or tested else "")
        text.append(f"NOT EMBEDDED: {_amount(harmless)} would go to {_targets(harmless)}, ", style="yellow")
        text.append("only to reserved domains (RFC 2606, RFC 6761), which no one owns.", style="yellow")
    return text


def _amount(arms: Sequence[ArmPlan]) -> str:
    messages = sum(arm.sends + arm.warmup_sends for arm in arms)
    return f"{counted(messages, 'message')} ({counted(sum(arm.deliveries for arm in arms), 'delivery', 'deliveries')})"


def _targets(arms: Sequence[ArmPlan]) -> str:
    return ", ".join(dict.fromkeys(arm.target for arm in arms))


def _without_mail(plan: PlanSummary) -> str:
    """Connections that carry no message, which a server that is not embedded sees all the same."""
    trials = sum(arm.trial_connections for arm in plan.arms)
    return (
        f"Connections without mail: {trials:,} to learn what the servers offer (one for each of their arms), "
        f"{plan.probe_connections:,} to measure their round-trip time."
    )


def _arms(plan: PlanSummary) -> Table:
    table = Table(
        box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False, show_footer=True, footer_style="bold"
    )
    table.add_column("arm", footer="total", overflow="fold")
    table.add_column("to", overflow="fold")
    for heading, total in zip(_HEADINGS, _totals(plan.arms), strict=True):
        table.add_column(heading, footer=total, justify="right")
    for arm in plan.arms:
        table.add_row(Text.assemble(arm.name, (f"\n{arm.client}", "dim")), _target(arm), *_row(arm))
    return table


def _row(arm: ArmPlan) -> tuple[str, ...]:
    turns = numbers.NOT_KNOWN if arm.turns is None else significant(arm.turns, 3)
    return f"{arm.sends:,}", f"{arm.warmup_sends:,}", f"{arm.connections:,}", turns, numbers.size(arm.bytes)


def _totals(arms: tuple[ArmPlan, ...]) -> tuple[str, ...]:
    sends, warmup, connections, size = (
        sum(column) for column in zip(*((a.sends, a.warmup_sends, a.connections, a.bytes) for a in arms), strict=True)
    )
    return f"{sends:,}", f"{warmup:,}", f"{connections:,}", "", numbers.size(size)


def _target(arm: ArmPlan) -> Text:
    if arm.sandbox and not arm.embedded:
        return Text(f"{arm.target} (sandbox: {arm.sandbox})", style="yellow")
    if arm.leaves_this_machine:
        return Text(f"{arm.target} (real mail)", style="bold red")
    return Text(arm.target) if arm.embedded else Text(f"{arm.target} (not embedded)", style="yellow")


def _messages(plan: PlanSummary) -> str:
    rest = plan.distinct_recipients - len(plan.recipients_sample)
    others = f" and {rest:,} more" if rest > 0 else ""
    noun = "message" if plan.distinct_messages == 1 else "messages"
    return f"Batch: {plan.distinct_messages:,} distinct {noun}, to {', '.join(plan.recipients_sample)}{others}"


def _without_verdict(plan: PlanSummary) -> str:
    return (
        f"No verdict on the time of {', '.join(f'“{name}”' for name in plan.without_verdict)} is to be expected: the faults of "
        f"the scenario make failure rates differ from the baseline's. The report says how many messages failed, and of an arm "
        f"with failover what that changed."
    )


def _precision(precision: Precision, subject: str = "Precision") -> str:
    """`needs` stays where this plan decides nothing: it says what would."""
    unit, needs = precision.unit, ", ".join(f"{significant(ratio)}× in {count:,}" for ratio, count in precision.needs)
    source = "as in the last run of this scenario" if precision.measured else "assumed, as on loopback"
    noise = f"{unit} differ by {numbers.percent(precision.noise)}, {source}"
    needed = f" {unit.capitalize()} that nine of ten runs need to call a ratio SLOWER: {needs}." if needs else ""
    if precision.slower is None:
        return (
            f"{subject}: none. This plan has too few {unit} ({precision.units:,}) for an interval, so every contrast will be "
            f"UNDECIDED. At {numbers.percent(precision.confidence)} confidence it takes at least {precision.fewest:,} "
            f"({noise}).{needed}"
        )
    slower = f"more than {_MOST}" if precision.slower > _MOST else numbers.decimal(precision.slower)
    equivalent = f"at least {numbers.percent(precision.equivalent)}" if precision.equivalent >= _FEW else "few"
    return (
        f"{subject}: nine of ten such runs call {slower}× the baseline's time SLOWER, and "
        f"{equivalent} of them call the same time EQUIVALENT ({noise}).{needed}"
    )


def _time(plan: PlanSummary) -> str:
    trips = f"{counted(plan.round_trips, 'round trip')} one after the other"
    if plan.duration_s is not None:
        return f"about {numbers.run_time(plan.duration_s)}" + (f" ({trips})" if plan.round_trips else "")
    at_rtt = plan.round_trips * _EXAMPLE_RTT_MS / 1000
    return f"{trips}: about {numbers.run_time(at_rtt)} at an RTT of {_EXAMPLE_RTT_MS} ms"
