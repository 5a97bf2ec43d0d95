"""Records to publish for senders that the owner names, as a page."""

from __future__ import annotations

from benchkit.audit.fixes.suggested import Suggestion
from benchkit.report.content.page import Page, Section, Sentence, Span, Tone, sentence


def suggestion_page(domain: str, found: Suggestion) -> Page:
    records: list[Sentence] = []
    for record in found.records:
        records += [
            Sentence((Span(f"{record.name}. IN {record.type} "), Span(f'"{record.value}"', Tone.STRONG))),
            sentence(f"Name {record.name} · Type {record.type} · Value {record.value}", Tone.FAINT),
            *(sentence(why, Tone.FAINT, item=True) for why in record.why),
        ]
    steps = tuple(sentence(step, item=True) for step in found.steps)
    check = sentence(f"Then check what is published: benchkit audit {domain}", Tone.FAINT)
    return Page(
        f"Records for {domain}",
        (
            Section("records", "Publish, each in place of an older record of its kind", tuple(records)),
            Section("steps", "Do at your senders", (*steps, check)),
        ),
    )
