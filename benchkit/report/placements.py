"""Where the mail lies in the test mailboxes and what each way did to it, on the screen."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from benchkit.model.outside_text import escape_control_chars
from benchkit.report.columns import empty_table
from benchkit.report.numbers import duration
from benchkit.stats.placements import ArmPlacements

NOTE = (
    "Content and authentication verdict of these test mailboxes. Where other receivers put the mail depends on reputation too, "
    "which no test mailbox shows."
)


def render_placements(found: tuple[ArmPlacements, ...], console: Console) -> None:
    table = empty_table("test mailboxes", *(escape_control_chars(arm.arm) for arm in found))
    table.add_row("accepted", *(f"{arm.accepted:,}" for arm in found))
    table.add_row("found", *(f"{arm.found:,}" for arm in found))
    for place in ("inbox", "junk", "other"):
        if any(place in arm.places for arm in found):
            table.add_row(f"in {place}", *(f"{arm.places.get(place, 0):,}" for arm in found))
    for name in sorted({name for arm in found for name in arm.results}):
        table.add_row(escape_control_chars(name), *(f"{arm.results.get(name, 0):,}" for arm in found))
    if any(arm.scores for arm in found):
        table.add_row("filter's points", *(_scores(arm) for arm in found))
    if any(arm.without_tls for arm in found):
        table.add_row("with a hop without TLS", *(f"{arm.without_tls:,}" for arm in found))
    for change in sorted({change for arm in found for change in arm.changes}):
        table.add_row(
            escape_control_chars(change.replace("_", " ")), *(f"{arm.changes.get(change, 0):,}" for arm in found)
        )
    table.add_row("until delivered", *(_time(arm) for arm in found))
    console.print(table)
    console.print(Text(NOTE, style="dim"))


def _scores(arm: ArmPlacements) -> str:
    return "–" if arm.scores is None else f"{arm.scores[0]:g} to {arm.scores[1]:g}"


def _time(arm: ArmPlacements) -> str:
    if arm.after_ms is None:
        return "–"
    return f"{duration(arm.after_ms)} ± {duration(arm.resolution_ms)}"
