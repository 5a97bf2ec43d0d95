"""The answer on the terminal: the verdict first, then what supports it, in the order in which a reader asks.

verdict → thresholds → arms → where the time goes → does it agree with the physics → was every message accounted for → what the
ruler cost → warnings.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from benchkit.model.outside_text import escaped
from benchkit.model.summary import ArmSummary, ConditionSummary, DeliveryReport, Summary, Verdict
from benchkit.report import numbers, sentences
from benchkit.report.account_lines import altered_lines, label_of, recipients_line
from benchkit.report.arms_table import arms_table, duration_of
from benchkit.report.content.notices import warning_lines
from benchkit.report.generator_lines import generator_lines
from benchkit.report.network_headline import network_headline
from benchkit.report.phase_bars import legend, phase_bars
from benchkit.report.sweep_table import sweep_tables
from benchkit.report.tcp_line import tcp_line
from benchkit.report.theory_tables import agreements_table, batches, fits_table
from benchkit.report.threshold_lines import threshold_lines

_OPEN = (Verdict.UNDECIDED, Verdict.WITHHELD)  # they have more to say than a table's cell holds: what it would take
_STYLES = dict.fromkeys(_OPEN, "yellow")


def render(summary: Summary, console: Console, *, details_of: Collection[str] | None = None) -> None:
    """`details_of` are the conditions whose arms and theory are shown: all of them unless given."""
    summary = escaped(summary, lines=False)
    _verdicts(summary, console)
    _thresholds(summary, console)
    shown = [one for one in summary.conditions if details_of is None or one.name in details_of]
    for condition in shown:
        _condition(summary, condition.name, console)
    _theory(summary, shown, console)
    _account(summary, console)
    _overhead(summary, console)
    for warning in warning_lines(summary):
        console.print(Text.assemble(("warning: ", "yellow"), warning))


def _verdicts(summary: Summary, console: Console) -> None:
    console.print(Text(sentences.headline(summary), style="bold" if summary.valid else "bold red"))
    if summary.valid:
        contrasts = sentences.by_weight(summary)
        if not network_headline(summary):
            contrasts = contrasts[1:]  # the first one is the headline
        if len(summary.conditions) > 1:
            _sweep(summary, console)
            contrasts = [contrast for contrast in contrasts if contrast.verdict in _OPEN and not contrast.aa]
        for contrast in contrasts:
            console.print(_listed(Text(sentences.sentence(summary, contrast), style=_STYLES.get(contrast.verdict, ""))))
        console.print(Text(sentences.basis(summary), style="dim"))
        if told := sentences.no_distance(summary):
            console.print(Text(told, style="yellow"))
    console.print(Text(sentences.ONE_HOP, style="dim"))


def _sweep(summary: Summary, console: Console) -> None:
    """A sentence for each arm and condition would be a wall of them."""
    for table in sweep_tables(summary, width=console.width):
        console.print(Padding(table, (1, 0, 0, 0)))
    console.print()


def _listed(text: Text) -> Table:
    """A list's item, whose further lines are indented."""
    item = Table.grid(padding=(0, 1, 0, 0))
    item.add_row("•", text)
    return item


def _thresholds(summary: Summary, console: Console) -> None:
    if summary.thresholds:
        _heading(console, "Thresholds")
    for line in threshold_lines(summary.thresholds):
        console.print(line)


def _condition(summary: Summary, condition: str, console: Console) -> None:
    arms = [arm for arm in summary.arms if arm.condition == condition]
    _heading(console, f"Arms on {sentences.link(summary, condition)}")
    console.print(arms_table(summary, condition, width=console.width))
    if told := tcp_line(arms):
        console.print(Text(told, style="dim"))
    for arm in arms:
        _failure_texts(arm, console)
    for line in generator_lines(arms, duration_of(summary)):
        console.print(line)
    if any(arm.phases_ms for arm in arms):
        _heading(console, "Where the time goes, mean service time a message")
        console.print(phase_bars(arms, console))
        console.print(Padding(legend(arms, console), (1, 0, 0, 0)))


def _theory(summary: Summary, conditions: Sequence[ConditionSummary], console: Console) -> None:
    """Only for links of the lab: without a network delay there is nothing to predict."""
    for condition in (condition for condition in conditions if condition.lab):
        _heading(console, f"Theory on {sentences.described(condition)}")
        console.print(agreements_table(summary, condition.name))
        for told in batches(summary, condition.name):
            console.print(Text(told))
    if summary.fits:
        _heading(console, "Service time on RTT: the slope is the turns that cost time")
        console.print(fits_table(summary))


def _failure_texts(arm: ArmSummary, console: Console) -> None:
    for text, number in arm.failure_texts.items():
        console.print(Text(f"{arm.name}: {number:,} × {text}", style="red"))


def _account(summary: Summary, console: Console) -> None:
    _heading(console, "Delivery account, every send with the warm-up's")
    account = summary.account
    console.print(Text(_sent(account)))
    if account.recipients_planned != account.planned or account.recipients_refused:
        console.print(Text(recipients_line(account)))
        for arm in (arm for arm in summary.arms if arm.recipients_refused):
            told = f"{label_of(summary, arm)}, without warm-up: {recipients_line(arm)}"
            console.print(Text(told, style="yellow"))
    console.print(
        _arrived(account) if _arrivals_known(summary) else Text("arrivals not known: the server is not embedded")
    )
    for line in altered_lines(summary):
        console.print(Text(line, style="red"))


def _sent(account: DeliveryReport) -> str:
    planned, accepted, failed = (
        numbers.count(number) for number in (account.planned, account.accepted, account.failed)
    )
    ambiguous = f" (of which {account.ambiguous:,} ambiguous)"
    doubt = f" + in doubt {account.in_doubt:,}" if account.in_doubt else ""
    return f"planned {planned} = accepted {accepted} + failed {failed}{ambiguous}{doubt} + unsent {account.unsent:,}"


def _arrived(account: DeliveryReport) -> Text:
    line = Text(f"arrived once {account.arrived_once:,}")
    for name, number in (
        ("missing", account.missing),
        ("duplicate", account.duplicates),
        ("altered", account.altered),
        ("unaccounted", account.unaccounted),
    ):
        line.append(f" · {name} ").append(f"{number:,}", style="bold red" if number else "green")
    return line.append(f" · not observed {account.unobserved:,}") if account.unobserved else line


def _arrivals_known(summary: Summary) -> bool:
    return not summary.arms or any(arm.arrived is not None for arm in summary.arms)


def _overhead(summary: Summary, console: Console) -> None:
    if summary.overhead_us:
        parts = (
            f"{name.replace('_', ' ')} {numbers.decimal(cost, 'µs')}" for name, cost in summary.overhead_us.items()
        )
        _heading(console, "The ruler's own cost")
        console.print(Text(" · ".join(parts)))
    if summary.certificate:
        console.print(Text(f"Certificate of the ruler: {summary.certificate}"))


def _heading(console: Console, title: str) -> None:
    console.print()
    console.print(Text(title, style="bold underline"))
