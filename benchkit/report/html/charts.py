"""Figures as inline SVG: text keeps its size at every width, because only the plot inside is stretched.

The outer SVG is as wide as the page and places text by percentages; the plot is an SVG of 1000 × 1000 within, stretched, whose
lines keep their width (`non-scaling-stroke`). Colours are classes, for light and dark.
"""

from __future__ import annotations

from math import isfinite
from xml.etree.ElementTree import Element

from benchkit.report.content.page import Axis, Curves, Figure, IntervalRow, Intervals, Series, Stroke
from benchkit.report.html.elements import add

LEFT, RIGHT = 11.0, 97.0  # per cent of the width
TOP, HEIGHT, BELOW = 8, 185, 40  # pixels
_SIZE = 1000
_ROW = 32
_COLOURS = 8


def svg(parent: Element, figure: Figure, height: int) -> Element:
    """With a title and a description that a screen reader speaks."""
    chart = add(
        parent, "svg", width="100%", height=str(height), role="img",
        aria_labelledby=f"{figure.key}-title {figure.key}-desc", class_="chart",
    )  # fmt: skip
    add(chart, "title", figure.title, id=f"{figure.key}-title")
    add(chart, "desc", figure.description, id=f"{figure.key}-desc")
    return chart


def curves(parent: Element, figure: Figure, plot: Curves) -> None:
    chart = svg(parent, figure, TOP + HEIGHT + BELOW)
    _y_axis(chart, plot.y)
    _x_axis(chart, plot.x, TOP, HEIGHT)
    inner = add(
        chart, "svg", x=f"{LEFT}%", y=str(TOP), width=f"{RIGHT - LEFT}%", height=str(HEIGHT),
        viewBox=f"0 0 {_SIZE} {_SIZE}", preserveAspectRatio="none",
    )  # fmt: skip
    for value, _ in plot.y.ticks:
        add(inner, "path", d=f"M0 {_down(plot.y, value)}H{_SIZE}", class_="grid")
    for value, _ in plot.marks:
        add(inner, "path", d=f"M{_across(plot.x, value)} 0V{_SIZE}", class_="mark")
    for series in plot.series:
        _series(inner, plot, series)


def _series(inner: Element, plot: Curves, series: Series) -> None:
    colour = f"c{series.colour % _COLOURS}"
    for x, low, high in series.spread:
        place = _across(plot.x, x)
        add(inner, "path", d=f"M{place} {_down(plot.y, low)}V{_down(plot.y, high)}", class_=f"spread {colour}")
    points = [(_across(plot.x, x), _down(plot.y, y)) for x, y in series.points]
    if series.stroke is Stroke.POINTS:
        add(inner, "path", d="".join(f"M{x} {y}h0" for x, y in points), class_=f"points {colour}")
        return
    if points:
        add(inner, "path", d=_path(points, steps=series.steps), class_=f"line {series.stroke} {colour}")


def _path(points: list[tuple[str, str]], *, steps: bool) -> str:
    (x, y), *others = points
    return f"M{x} {y}" + "".join(f"H{x}V{y}" if steps else f"L{x} {y}" for x, y in others)


def _across(axis: Axis, value: float) -> str:
    return _number(_SIZE * min(1.0, max(0.0, axis.place(value))))


def _down(axis: Axis, value: float) -> str:
    return _number(_SIZE * (1 - min(1.0, max(0.0, axis.place(value)))))


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _y_axis(chart: Element, axis: Axis) -> None:
    for value, label in axis.ticks:
        y = TOP + HEIGHT * (1 - axis.place(value))
        add(chart, "text", label, x=f"{LEFT - 1}%", y=y + 4, class_="tick end")


def _x_axis(chart: Element, axis: Axis, top: float, height: float) -> None:
    for value, label in axis.ticks:
        x = LEFT + (RIGHT - LEFT) * axis.place(value)
        add(chart, "text", label, x=f"{x:.2f}%", y=top + height + 16, class_="tick middle")
    add(chart, "text", axis.label, x=f"{(LEFT + RIGHT) / 2}%", y=top + height + 34, class_="axis middle")


def intervals(parent: Element, figure: Figure, plot: Intervals) -> None:
    """A row's label stands above its interval, so that it has the whole width."""
    height = _ROW * len(plot.rows) + 6
    chart = svg(parent, figure, height + BELOW)
    for value, _ in plot.x.ticks:
        x = f"{_percent(plot.x, value)}%"
        add(chart, "line", x1=x, x2=x, y1="0", y2=str(height), class_="grid")
    low, high = (_percent(plot.x, end) for end in plot.band)
    add(chart, "rect", x=f"{low}%", y="0", width=f"{high - low:.2f}%", height=str(height), class_="band")
    centre = f"{_percent(plot.x, plot.centre)}%"
    add(chart, "line", x1=centre, x2=centre, y1="0", y2=str(height), class_="centre")
    for number, row in enumerate(plot.rows):
        _row(chart, plot.x, row, number * _ROW + 2)
    for value, label in plot.x.ticks:
        add(chart, "text", label, x=f"{_percent(plot.x, value)}%", y=height + 16, class_="tick middle")
    add(chart, "text", plot.x.label, x="50%", y=height + 34, class_="axis middle")


def _row(chart: Element, axis: Axis, row: IntervalRow, top: int) -> None:
    add(chart, "text", f"{row.label}: {row.note}", x="0", y=top + 12, class_="label")
    if row.value is None:
        return
    ends = [row.value if end is None or (not isfinite(end) and end < 0) else end for end in (row.low, row.high)]
    low, high = (_percent(axis, axis.high if not isfinite(end) else max(end, axis.low)) for end in ends)
    colour, y = f"c{row.colour % _COLOURS}", str(top + 22)
    add(chart, "line", x1=f"{low}%", x2=f"{high}%", y1=y, y2=y, class_=f"interval {colour}")
    add(chart, "circle", cx=f"{_percent(axis, row.value)}%", cy=y, r="4.5", class_=f"dot {colour}")


def _percent(axis: Axis, value: float) -> float:
    return round(2 + 96 * min(1.0, max(0.0, axis.place(value))), 2)
