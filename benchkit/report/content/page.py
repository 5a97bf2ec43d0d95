"""A report as values: sections of sentences, tables and figures, each with its tone. Each form decides how they look, and
knows nothing of runs. The files beside this one make the content of the sections.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import log
from typing import Any, TypeAlias

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
    """`optional`: may be left out where there is no room. `text`: reads from the left and may fold, as names do."""

    heading: str
    optional: bool = False
    text: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The first column names the rows; the others hold numbers, or text where `texts`. `splits`: columns may stand in several
    tables, one below the other; otherwise a table without room is set as a list. `caption` says what no heading does.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    splits: bool = False
    texts: bool = False
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


@dataclass(frozen=True, slots=True)
class Axis:
    """`ticks` are (value, label). On a logarithmic axis values are above zero."""

    label: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """0 at the low end, 1 at the high one. On a logarithmic axis a rate of zero stands at the low end."""
        if self.logarithmic and value <= 0:
            return 0.0
        if self.logarithmic:
            return (log(value) - log(self.low)) / (log(self.high) - log(self.low))
        return (value - self.low) / (self.high - self.low)


class Stroke(StrEnum):
    SOLID = "solid"
    DASHED = "dashed"  # a copy of an arm
    DOTTED = "dotted"  # theory
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Series:
    """`colour` is the arm's number: it has the same colour everywhere. `spread` are (x, low, high)."""

    name: str
    colour: int
    points: tuple[tuple[float, float], ...]
    stroke: Stroke = Stroke.SOLID
    spread: tuple[tuple[float, float, float], ...] = ()
    steps: bool = False
    legend: bool = True


@dataclass(frozen=True, slots=True)
class Curves:
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    marks: tuple[tuple[float, str], ...] = ()  # of x: an upright line with a label


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """An infinite end reaches the edge of the plot; `value` is None where there is nothing to draw."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    note: str
    colour: int


@dataclass(frozen=True, slots=True)
class Intervals:
    """Values with their intervals, one below the other; `band` is what counts as no difference."""

    x: Axis
    rows: tuple[IntervalRow, ...]
    band: tuple[float, float]
    centre: float = 1.0


@dataclass(frozen=True, slots=True)
class Figure:
    """One question answered; `description` says what a point is, of how many, in which unit. `data` holds what is drawn."""

    key: str
    title: str
    description: str
    plot: Curves | Intervals | PhaseBars
    data: Table


@dataclass(frozen=True, slots=True)
class Sliders:
    """What a reader can set, and what recomputes the predictions: the models as data, and the sentences to fill.

    Without a script the block shows `answers` (a lead and the rest each), `setting` and `table`, which hold for the numbers
    that `controls` and `choices` begin with. `script` is the file that recomputes them. `colours` are those of the rows' bars.
    """

    script: str
    choices: tuple[Choice, ...]
    controls: tuple[Control, ...]
    document: Mapping[str, Any]  # JSON for the script
    answers: tuple[Sentence, ...]
    setting: str
    table: Table
    colours: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several: `options` are (value, what it says). Hidden where there is nothing to choose."""

    key: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class Control:
    """A slider over `stops`; `labels` say what each means, aloud too."""

    key: str
    label: str
    stops: tuple[float, ...]
    labels: tuple[str, ...]
    chosen: int


@dataclass(frozen=True, slots=True)
class Folded:
    """Blocks behind a summary line: for those who ask."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A text as it is, such as the scenario."""

    text: str


Block: TypeAlias = "Sentence | Table | PhaseBars | Figure | Sliders | Folded | Listing"


@dataclass(frozen=True, slots=True)
class Section:
    """`key` is stable: forms and links use it. A section without a title continues the one before. `short`: for contents."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    short: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    title: str
    sections: tuple[Section, ...]


def sentence(text: str, tone: Tone = Tone.PLAIN, *, item: bool = False) -> Sentence:
    return Sentence((Span(text, tone),), item)


def columns(*headings: str) -> tuple[Column, ...]:
    return tuple(map(Column, headings))
