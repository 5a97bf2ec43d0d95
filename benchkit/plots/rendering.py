"""A figure by its name: drawn, as SVG text, or into a file whose suffix says the format (.svg, .png, .pdf)."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from benchkit.model.contracts import Plot
from benchkit.model.outside_text import escaped
from benchkit.model.run import Run
from benchkit.plots import PLOTS
from benchkit.plots.style import RC

_UNDATED: dict[str, dict[str, Any]] = {
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}  # the same bytes every time


def draw(run: Run, name: str) -> Figure:
    """Raises InputError where there is no figure of that name."""
    return drawn(run, PLOTS[name])


def drawn(run: Run, plot: Plot) -> Figure:
    """The figure of a plot that is not in the registry, or not yet."""
    run = _with_plain_names(run)
    with mpl.rc_context(RC):
        figure = Figure()
        FigureCanvasAgg(figure)
        plot.draw(run, figure)
    return figure


def _with_plain_names(run: Run) -> Run:
    """Names from outside as text: no control characters, and no underscore in front, which hides a label from a legend."""
    manifest = run.manifest
    arms = [replace(arm, name=re.sub("^_", " _", arm.name)) for arm in escaped(manifest.arms, lines=False)]
    plain = replace(
        manifest,
        arms=tuple(arms),
        conditions=escaped(manifest.conditions, lines=False),
        run=escaped(manifest.run, lines=False),
    )
    return replace(run, manifest=plain)


def save(run: Run, name: str, path: Path) -> None:
    figure = draw(run, name)
    with mpl.rc_context(RC):
        figure.savefig(path, metadata=_UNDATED.get(path.suffix, {}))


def save_figure(draw_on: Callable[[Figure], None], path: Path) -> None:
    """As `save`, of a figure that is not of one run."""
    figure = _on_empty(draw_on)
    with mpl.rc_context(RC):
        figure.savefig(path, metadata=_UNDATED.get(path.suffix, {}))


def svg(run: Run, name: str) -> str:
    """For a notebook, and for a page that holds its figures within itself."""
    return svg_text(draw(run, name))


def svg_of(draw_on: Callable[[Figure], None]) -> str:
    """A figure that is not of one run; `draw_on` draws it on an empty one."""
    return svg_text(_on_empty(draw_on))


def _on_empty(draw_on: Callable[[Figure], None]) -> Figure:
    with mpl.rc_context(RC):
        figure = Figure()
        FigureCanvasAgg(figure)
        draw_on(figure)
    return figure


def svg_text(figure: Figure) -> str:
    text = io.StringIO()
    with mpl.rc_context(RC):
        figure.savefig(text, format="svg", metadata=_UNDATED[".svg"])
    return text.getvalue()
