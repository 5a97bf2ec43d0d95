"""How the tones of a page look on a terminal."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text

from benchkit.report.content.page import Sentence, Tone

_STYLES: Mapping[Tone, str] = {
    Tone.PLAIN: "",
    Tone.STRONG: "bold",
    Tone.FAINT: "dim",
    Tone.GOOD: "green",
    Tone.WARNING: "yellow",
    Tone.BAD: "red",
    Tone.ALARM: "bold red",
}


def styled(text: str, tone: Tone) -> Text:
    return Text(text, style=_STYLES[tone])


def text_of(sentence: Sentence) -> Text:
    return Text.assemble(*((span.text, _STYLES[span.tone]) for span in sentence.spans))
