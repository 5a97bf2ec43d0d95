"""Figures of audits, from the documents that `benchkit audit --json` prints: an include tree's lookups, a fleet's heat map.

Each gives SVG text, drawn in the house look; colours are told by words too, since red and green are not for every eye.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchkit.plots.look import RC

COLOURS = {"pass": "#8fd3bd", "info": "#b3d4f0", "warn": "#f2b134", "fail": "#d1442b", "unknown": "#c9cdd3"}
MECHANISMS = ("spf", "dkim", "dmarc", "mx", "transport", "dns", "brand", "sender_rules")
LIMIT = 10
Document = Mapping[str, Any]


def lookups(document: Document) -> str:
    """What each term of the domain's SPF costs, with all that is below it, against the ten that a receiver follows."""
    rows = list(_rows(document["spf"]["tree"], 0))
    return _svg((8.0, 0.9 + 0.3 * len(rows)), lambda axes: _draw_lookups(axes, document, rows))


def heat_map(documents: Sequence[Document]) -> str:
    """One row a domain, one column a mechanism."""
    return _svg((8.0, 1.0 + 0.35 * len(documents)), lambda axes: _draw_heat(axes, documents))


def _rows(node: Document | None, depth: int) -> list[tuple[str, int]]:
    rows: list[tuple[str, int]] = []
    for term in node["terms"] if node else ():
        if term["lookups"]:
            rows.append(("    " * depth + term["term"], term["lookups"]))
            rows += _rows(term["include"], depth + 1)
    return rows


def _draw_lookups(axes: Axes, document: Document, rows: Sequence[tuple[str, int]]) -> None:
    places = range(len(rows))
    axes.barh(places, [number for _, number in rows], color="#3f7fbf", height=0.6)
    axes.axvline(LIMIT, color=COLOURS["fail"], linewidth=1.2)
    axes.set_yticks(places, [text for text, _ in rows])
    axes.invert_yaxis()
    axes.set_xlim(0, max(LIMIT + 1, *(number + 1 for _, number in rows), 0))
    axes.set_xlabel("terms that look something up, those below included")
    axes.set_title(f"{document['domain']}: {document['spf']['lookups']} of {LIMIT} lookups")


def _draw_heat(axes: Axes, documents: Sequence[Document]) -> None:
    for row, document in enumerate(documents):
        for column, mechanism in enumerate(MECHANISMS):
            status = document["mechanisms"].get(mechanism, "")
            axes.barh(row, 0.96, left=column, height=0.9, color=COLOURS.get(status, "#ffffff"))
            axes.text(column + 0.48, row, status, ha="center", va="center", fontsize=8)
    names = [f"{document['domain']} ({document['score']})" for document in documents]
    axes.set_yticks(range(len(documents)), names)
    axes.set_xticks(
        [column + 0.48 for column in range(len(MECHANISMS))], [name.replace("_", " ") for name in MECHANISMS]
    )
    axes.invert_yaxis()
    axes.set_title("Verdict by mechanism, and score")


def _svg(size_in: tuple[float, float], draw: Callable[[Axes], None]) -> str:
    text = io.StringIO()
    with mpl.rc_context(RC):
        figure = Figure(figsize=size_in, layout="constrained")
        draw(figure.subplots())
        figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()
