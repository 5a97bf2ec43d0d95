"""What became of a run's accepted messages, on the screen and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any

from rich.console import Console
from rich.text import Text

from benchkit.model.outside_text import escape_control_chars
from benchkit.model.summary import Estimate
from benchkit.report.columns import empty_table
from benchkit.report.numbers import duration, percent
from benchkit.stats.deliverability import Deliverability, Fate

SHOWN = ("delivered", "bounced", "deferred", "rejected", "complained", "unsubscribed", "opened", "clicked")
PROGRAMS = ("opened", "clicked")
MOST_COLUMNS = 6
NOTE = (
    "A rate is of all accepted messages, by the events that have come so far. Delivered means that the recipient's server "
    "took the message; it says nothing about the folder. Opens and clicks of programs are apart where the agent shows it."
)


def to_json(
    found: Deliverability, apart: Mapping[str, Mapping[str, int]], killed_ms: tuple[int, ...]
) -> dict[str, Any]:
    return {
        "arms": [asdict(arm) for arm in found.arms],
        "domains": [asdict(domain) for domain in found.domains],
        "events_of_no_message": found.foreign,
        **{name: dict(counts) for name, counts in apart.items()},
        "receivers_killed_ms": list(killed_ms),
    }


def render_fates(found: Deliverability, console: Console) -> None:
    _table("arm", found.arms, console)
    if len(found.domains) > 1:
        _table("receiving domain", found.domains, console)
    console.print(Text(NOTE, style="dim"))


def render(
    found: Deliverability, apart: Mapping[str, Mapping[str, int]], killed_ms: tuple[int, ...], console: Console
) -> None:
    _table("arm", found.arms, console)
    if len(found.domains) > 1:
        _table("receiving domain", found.domains, console)
    for fate in found.arms:
        if fate.reasons:
            told = ", ".join(f"{count:,} × {reason}" for reason, count in fate.reasons)
            console.print(Text(escape_control_chars(f"{fate.name}, refused: {told}")))
        if fate.unheard:
            console.print(Text(f"{fate.name}: of {fate.unheard:,} accepted messages no event has come"))
    for name, counts in apart.items():
        for told, count in counts.items():
            console.print(Text(escape_control_chars(f"{count:,} POSTs {name}: {told}"), style="yellow"))
    if found.foreign:
        console.print(Text(f"{found.foreign:,} events are about no message of this run", style="yellow"))
    for moment in killed_ms:
        at = datetime.fromtimestamp(moment / 1_000, UTC).isoformat(timespec="milliseconds")
        console.print(
            Text(
                f"A receiver was killed; it wrote until {at}. What it had not acknowledged comes again.", style="yellow"
            )
        )
    console.print(Text(NOTE, style="dim"))


def _table(heading: str, fates: tuple[Fate, ...], console: Console) -> None:
    """A column for each arm or domain: there are fewer of them than of events."""
    shown = [kind for kind in SHOWN if any(fate.counts[kind] or fate.by_machines.get(kind) for fate in fates)]
    table = empty_table(heading, *(escape_control_chars(fate.name) for fate in fates[:MOST_COLUMNS]))
    rows: list[tuple[str, Callable[[Fate], str]]] = [("accepted", lambda fate: f"{fate.accepted:,}")]
    rows += [(kind, partial(_rate_of, kind)) for kind in shown]
    rows += [
        (f"{kind} by programs", partial(_programs, kind))
        for kind in PROGRAMS
        if any(fate.by_machines[kind] for fate in fates)
    ]
    rows.append(("until delivered", _until_delivered))
    for name, cell in rows:
        table.add_row(name, *(cell(fate) for fate in fates[:MOST_COLUMNS]))
    console.print(table)


def _rate_of(kind: str, fate: Fate) -> str:
    return _rate(fate.rates[kind])


def _programs(kind: str, fate: Fate) -> str:
    return f"{fate.by_machines[kind]:,}"


def _until_delivered(fate: Fate) -> str:
    return "–" if fate.delivered_ms is None else duration(fate.delivered_ms)


def _rate(rate: Estimate) -> str:
    if rate.value is None or rate.low is None or rate.high is None:
        return "–"
    return f"{percent(rate.value)} [{percent(rate.low)}, {percent(rate.high)}]"
