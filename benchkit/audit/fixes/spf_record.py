"""An SPF record's text with terms changed or taken out, as text to paste; the other terms stay as they are written."""

from __future__ import annotations

from collections.abc import Mapping

from benchkit.audit.facts.spf_record import SpfFound
from benchkit.audit.fixes import replacement
from benchkit.audit.records.text import Span

LONGEST_MENDED = 4_096  # octets; a longer record is no work for pasting, and would be copied once a fault


def edited(text: str, changes: Mapping[Span, str]) -> str:
    """The words at these places replaced; an empty text takes a word out."""
    for span in sorted(changes, reverse=True):
        text = text[: span[0]] + changes[span] + text[span[1] :]
    return " ".join(text.split())


def fix(found: SpfFound, changes: Mapping[Span, str], *, end: str = "") -> str:
    """The paste that puts the edited record in the place of the one there is; `end` is put behind the last term."""
    if found.parsed is None or len(found.parsed.text) > LONGEST_MENDED:
        return ""
    text = edited(found.parsed.text, changes)
    return replacement.replace_txt(replacement.holder(found.answer), found.records, f"{text} {end}".strip())


def word_at(text: str, span: Span) -> Span:
    """The whole word that a place is in."""
    start = text.rfind(" ", 0, span[0] + 1) + 1 if span[0] < len(text) and text[span[0]] != " " else span[0]
    end = text.find(" ", max(span[0] + 1, start))
    return start, len(text) if end < 0 else end
