"""A report as values: sections of sentences, tables and figures, each with its tone. How they are set is each form's own.

A form needs no knowledge of runs: it sets what stands here. What a section says is made in the files beside this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from benchkit.model.phases import PhaseTimes


class Tone(StrEnum):
    PLAIN = "plain"
    STRONG = "strong"
    FAINT = "faint"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    ALARM = "alarm"  # strong and bad


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Sentence:
    """One or several sentences that stand together; `item`: one of a list."""

    spans: tuple[Span, ...]
    item: bool = False

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Cell:
    """`second` is an interval, or a remark: it stands beside or under `text`."""

    text: str
    tone: Tone = Tone.PLAIN
    second: str = ""
    second_tone: Tone = Tone.FAINT


@dataclass(frozen=True, slots=True)
class Column:
    """`optional`: may be left out where there is no room."""

    heading: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The first column names the rows; all others hold numbers. `splits`: columns may stand in several tables, one below the
    other; otherwise a table without room is set as a list. `caption` says what it shows where no heading does.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    splits: bool = False
    caption: str = ""


@dataclass(frozen=True, slots=True)
class PhaseBar:
    """An arm's mean service time by phase, in the order in which they happen; `note` stands under it."""

    label: str
    phases: PhaseTimes
    note: str = ""

    @property
    def total_ms(self) -> float:
        return sum(mean for _, mean in self.phases)


@dataclass(frozen=True, slots=True)
class PhaseBars:
    """All on one scale."""

    bars: tuple[PhaseBar, ...]


Block = Sentence | Table | PhaseBars


@dataclass(frozen=True, slots=True)
class Section:
    """`key` is stable: forms and links use it. A section without a title continues the one before."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Page:
    title: str
    sections: tuple[Section, ...]


def sentence(text: str, tone: Tone = Tone.PLAIN, *, item: bool = False) -> Sentence:
    return Sentence((Span(text, tone),), item)


def columns(*headings: str) -> tuple[Column, ...]:
    return tuple(map(Column, headings))
