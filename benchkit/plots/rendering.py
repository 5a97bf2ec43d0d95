"""A figure by its name: drawn, as SVG text, or into a file whose suffix says the format (.svg, .png, .pdf)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from benchkit.model.run import Run
from benchkit.plots import PLOTS
from benchkit.plots.style import RC

_UNDATED: dict[str, dict[str, Any]] = {
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}  # the same bytes every time


def draw(run: Run, name: str) -> Figure:
    """Raises InputError where there is no figure of that name."""
    plot = PLOTS[name]
    with mpl.rc_context(RC):
        figure = Figure()
        FigureCanvasAgg(figure)
        plot.draw(run, figure)
    return figure


def save(run: Run, name: str, path: Path) -> None:
    figure = draw(run, name)
    with mpl.rc_context(RC):
        figure.savefig(path, metadata=_UNDATED.get(path.suffix, {}))


def svg(run: Run, name: str) -> str:
    """For a notebook's `IPython.display.SVG`, and for a page that holds its figures within itself."""
    figure, text = draw(run, name), io.StringIO()
    with mpl.rc_context(RC):
        figure.savefig(text, format="svg", metadata=_UNDATED[".svg"])
    return text.getvalue()
