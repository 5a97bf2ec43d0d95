"""Figures of audits, from the documents that `benchkit audit --json` prints: an include tree's lookups, a fleet's heat map.

Each gives SVG text in the same style; colours are also named in words, because some readers cannot tell red from green.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchkit.model.outside_text import escaped
from benchkit.plots.style import RC

COLOURS = {"pass": "#8fd3bd", "info": "#b3d4f0", "warn": "#f2b134", "fail": "#d1442b", "unknown": "#c9cdd3"}
FOLLOWED, PALE = "#3f7fbf", "#d3e3f3"
POINTS_A_LETTER = 4.9  # of the house font, so that the tree's labels can begin at one edge
MECHANISMS = ("spf", "dkim", "dmarc", "mx", "transport", "dns", "brand", "sender_rules")
LIMIT = 10
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TermRow:
    """A term that looks something up: `begins` lookups have been spent before it, `cost` with all that is below it."""

    text: str
    depth: int
    begins: int
    cost: int
    leaf: bool


def lookups(document: Document) -> str:
    """The include tree in the order in which a receiver walks it, each term where it stands in the ten that are followed."""
    document = escaped(document, lines=False)
    rows = list(_rows(document["spf"]["tree"], 0, 0))
    return _svg((8.0, 1.0 + 0.28 * len(rows)), lambda axes: _draw_lookups(axes, document, rows))


def heat_map(documents: Sequence[Document]) -> str:
    """One row a domain, one column a mechanism."""
    documents = escaped(list(documents), lines=False)
    return _svg((8.0, 1.0 + 0.35 * len(documents)), lambda axes: _draw_heat(axes, documents))


def _rows(node: Document | None, depth: int, begins: int) -> Iterator[TermRow]:
    for term in node["terms"] if node else ():
        if cost := term["lookups"]:
            yield TermRow(term["term"], depth, begins, cost, leaf=not term["include"])
            yield from _rows(term["include"], depth + 1, begins + 1)
            begins += cost


def _draw_lookups(axes: Axes, document: Document, rows: Sequence[TermRow]) -> None:
    """An include is a pale bar as long as all that is below it, which begins with the one lookup that it takes itself."""
    for place, row in enumerate(rows):
        if not row.leaf:
            axes.barh(place, row.cost, left=row.begins, color=PALE, height=0.62)
        followed = row.begins < LIMIT
        axes.barh(place, 1, left=row.begins, color=FOLLOWED if followed else COLOURS["fail"], height=0.62)
    total = document["spf"]["lookups"] or 0
    axes.axvline(LIMIT, color=COLOURS["fail"], linewidth=1.2)
    axes.set_ylim(max(len(rows), 1) - 0.4, -0.6)
    labels = ["    " * row.depth + row.text for row in rows]
    axes.set_yticks(range(len(rows)), labels, ha="left")
    axes.tick_params(axis="y", length=0, pad=POINTS_A_LETTER * max(map(len, labels), default=0))
    axes.set_xlim(0, max(LIMIT, total) + 1)
    axes.set_xticks(range(0, max(LIMIT, total) + 2, 2))
    axes.set_xlabel("DNS lookups; beyond the line the result is permerror")
    axes.set_title(f"{document['domain']}: {total} lookups, the limit is {LIMIT}")


def _draw_heat(axes: Axes, documents: Sequence[Document]) -> None:
    for row, document in enumerate(documents):
        for column, mechanism in enumerate(MECHANISMS):
            status = document["mechanisms"].get(mechanism, "")
            axes.barh(row, 0.96, left=column + 0.02, height=0.9, color=COLOURS.get(status, "#ffffff"))
            ink = "#ffffff" if status == "fail" else "#1b1f24"
            axes.text(column + 0.5, row, status or "–", ha="center", va="center", fontsize=8, color=ink)
    axes.set_yticks(range(len(documents)), [_name(document) for document in documents])
    axes.set_xticks(
        [column + 0.5 for column in range(len(MECHANISMS))], [name.replace("_", " ") for name in MECHANISMS]
    )
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlim(0, len(MECHANISMS))
    axes.set_ylim(len(documents) - 0.5, -0.5)
    axes.set_title("Verdict by mechanism, and the score out of 100")


def _name(document: Document) -> str:
    score = "–" if document["score"] is None else document["score"]
    return f"{document['domain']}  {score:>3}"


def _svg(size_in: tuple[float, float], draw: Callable[[Axes], None]) -> str:
    text = io.StringIO()
    with mpl.rc_context(RC):
        figure = Figure(figsize=size_in, layout="constrained")
        draw(figure.subplots())
        figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()
