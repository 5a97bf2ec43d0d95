"""`benchkit events` as a page: what became of accepted mail, and what was counted apart while it was collected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from benchkit.model.counts import counted
from benchkit.model.deliverability import Deliverability
from benchkit.model.outside_text import escaped
from benchkit.report.content.deliverability import deliverability_section
from benchkit.report.content.page import Page, Section, Sentence, Tone, sentence

NOTHING = (
    "There are no events of this run, and no test mailbox was read. Receive webhooks with --listen, read bounces with "
    "--mail DIR, or name test mailboxes in the scenario ([[mailbox]])."
)


def events_page(
    found: Deliverability | None, apart: Mapping[str, Mapping[str, int]], killed_ms: tuple[int, ...]
) -> Page:
    """`apart`: POSTs by what and reason; `killed_ms`: until when a receiver lived that was killed, Unix time."""
    shown = escaped(found, lines=False)
    first = (
        Section("deliverability", "", (sentence(NOTHING, Tone.WARNING),))
        if shown is None
        else deliverability_section(shown)
    )
    return Page("benchkit events", (first, Section("apart", "", tuple(_apart(escaped(dict(apart)), killed_ms)))))


def _apart(apart: Mapping[str, Mapping[str, int]], killed_ms: tuple[int, ...]) -> Iterator[Sentence]:
    for name, counts in apart.items():
        for reason, count in counts.items():
            yield sentence(f"{counted(count, f'{name} POST')}: {reason}", Tone.WARNING)
    for moment in killed_ms:
        at = datetime.fromtimestamp(moment / 1_000, UTC).isoformat(timespec="milliseconds")
        reason = (
            f"A webhook receiver was killed; its last record is from {at}. Providers send again what it had not "
            "acknowledged."
        )
        yield sentence(reason, Tone.WARNING)
