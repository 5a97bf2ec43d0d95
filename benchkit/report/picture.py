"""The terminal's answer as an SVG picture, for a README or a slide: self-contained, with the reader's own fonts."""

from __future__ import annotations

import html
import io
import re

from rich.console import Console
from rich.terminal_theme import MONOKAI

from benchkit.model.outside_text import escape_control_chars
from benchkit.model.summary import Summary
from benchkit.report.terminal import render

_COLUMNS = 108
_WEB_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def svg_of(summary: Summary) -> str:
    """What a wide terminal with all colours would show."""
    console = Console(
        record=True, file=io.StringIO(), width=_COLUMNS, force_terminal=True, color_system="truecolor", no_color=False
    )
    render(summary, console)
    svg = console.export_svg(
        title=html.escape(escape_control_chars(f"benchkit report {summary.scenario}", lines=False)), theme=MONOKAI
    )
    return _WEB_FONTS.sub("", svg).replace("Fira Code", "ui-monospace")
