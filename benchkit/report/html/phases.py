"""Where the time goes, as stacked bars of inline SVG: all on one scale, a colour and a name for each phase."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from benchkit.model.phases import PHASE_STYLES, in_order, is_dark
from benchkit.report import numbers
from benchkit.report.content.page import Figure, PhaseBar, PhaseBars
from benchkit.report.html.charts import svg
from benchkit.report.html.elements import add

_ROW = 62
_BAR = 22
_WIDEST = 84.0  # per cent: the time stands to the right
_ROOM = 1.9  # per cent of the width that a letter of a label may take at most


def phase_chart(parent: Element, figure: Figure, shown: PhaseBars) -> None:
    legend = add(parent, "ul", class_="legend")
    for phase in in_order(phase for bar in shown.bars for phase, _ in bar.phases):
        item = add(legend, "li")
        add(item, "span", class_="swatch", style=f"background:{PHASE_STYLES[phase].colour}")
        add(item, "span", phase.label)
    chart = svg(parent, figure, _ROW * len(shown.bars))
    longest = max((bar.total_ms for bar in shown.bars), default=0.0) or 1.0
    for number, bar in enumerate(shown.bars):
        _bar(chart, bar, number * _ROW, _WIDEST / longest)


def _bar(chart: Element, bar: PhaseBar, top: int, scale: float) -> None:
    add(chart, "text", bar.label, x="0", y=top + 14, class_="label strong")
    start = 0.0
    for phase, mean in bar.phases:
        width, colour = mean * scale, PHASE_STYLES[phase].colour
        add(
            chart, "rect", x=f"{start:.2f}%", y=str(top + 20), width=f"{width:.2f}%", height=str(_BAR),
            fill=colour, class_="phase",
        )  # fmt: skip
        if width > _ROOM * (len(phase.label) + 1):
            ink = "light" if is_dark(colour) else "dark"
            add(chart, "text", phase.label, x=f"{start + width / 2:.2f}%", y=top + 35, class_=f"inside middle {ink}")
        start += width
    add(chart, "text", numbers.duration(bar.total_ms), x=f"{start + 1:.2f}%", y=top + 36, class_="label strong")
    add(chart, "text", bar.note, x="0", y=top + 55, class_="tick note")
