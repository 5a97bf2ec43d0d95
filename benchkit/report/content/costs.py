"""What a thousand messages cost, by the scenario's own prices."""

from __future__ import annotations

from collections.abc import Iterator

from benchkit.model.summary import Summary
from benchkit.report import numbers
from benchkit.report.content.page import Cell, Section, Table, Tone, columns, sentence


def cost_of_messages(summary: Summary, condition: str) -> Iterator[Section]:
    """Nothing where the scenario gives no prices."""
    shown = [cost for cost in summary.costs if cost.condition == condition]
    if not shown:
        return
    unit = summary.currency
    headings = ("arm", f"provider, {unit}", f"processor, {unit}", f"egress, {unit}", f"together, {unit}")
    rows = tuple(
        (
            Cell(cost.arm),
            *(Cell(_money(part)) for part in (cost.price, cost.cpu, cost.egress)),
            Cell(_money(cost.total), Tone.STRONG),
        )
        for cost in shown
    )
    note = (
        "By the prices in the scenario. Processor: the client's, as measured. Egress: the bytes of the messages and commands, "
        "without headers of IP and TCP. – means that the scenario gives no price."
    )
    yield Section(
        "cost", "Cost of a thousand messages", (Table(columns(*headings), rows), sentence(note, Tone.FAINT)), "Cost"
    )


def _money(amount: float | None) -> str:
    """To a hundredth of a cent."""
    if amount is None:
        return numbers.NOT_KNOWN
    return "< 0.0001" if 0 < amount < 0.0001 else f"{amount:,.4f}"
