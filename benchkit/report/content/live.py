"""A run that goes on, as values: what each arm has sent so far on the link that is measured now. Medians are preliminary."""

from __future__ import annotations

from collections.abc import Iterator

from benchkit.model.outcome import OutcomeKind
from benchkit.model.outside_text import escape_control_chars
from benchkit.model.run import Manifest
from benchkit.report import numbers
from benchkit.report.content.page import Cell, Table, Tone, columns
from benchkit.stats.live import LiveArm, LiveTally


def live_table(manifest: Manifest, tally: LiveTally) -> Table:
    """A row an arm, under the condition that is measured now."""
    condition = _plain(manifest.conditions[tally.condition].name)
    headings = (f"so far on {condition}", "sent", "accepted", "failed", "messages/s", "median, preliminary")
    rows = tuple(
        _row(_plain(arm.name), tally.arms.get((tally.condition, number), LiveArm()))
        for number, arm in enumerate(manifest.arms)
    )
    return Table(columns(*headings), rows)


def live_lines(manifest: Manifest, tally: LiveTally) -> Iterator[str]:
    """The same as lines, for a log."""
    condition = _plain(manifest.conditions[tally.condition].name)
    for number, arm in enumerate(manifest.arms):
        found = tally.arms.get((tally.condition, number))
        if found is not None:
            yield (
                f"{_plain(arm.name)} on {condition}: sent {found.sent:,}, accepted {found.accepted:,}{_failed(found, ', ')}, "
                f"{numbers.decimal(found.rate_per_s)} messages/s, median so far {numbers.decimal(found.median_ms, 'ms')}"
            )


def _row(name: str, arm: LiveArm) -> tuple[Cell, ...]:
    failed = _failed(arm, "\n").removeprefix("\n")
    return (
        Cell(name),
        Cell(f"{arm.sent:,}"),
        Cell(f"{arm.accepted:,}"),
        Cell(failed, Tone.BAD) if failed else Cell("0"),
        Cell(numbers.decimal(arm.rate_per_s)),
        Cell(numbers.decimal(arm.median_ms, "ms"), Tone.FAINT),
    )


def _failed(arm: LiveArm, between: str) -> str:
    """Each kind after `between`."""
    kinds = ((kind, count) for kind, count in arm.outcomes.items() if kind is not OutcomeKind.ACCEPTED)
    return "".join(f"{between}{count:,} {kind.label}" for kind, count in kinds)


def _plain(text: str) -> str:
    return escape_control_chars(text, lines=False)
