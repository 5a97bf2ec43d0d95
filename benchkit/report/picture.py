"""The terminal's answer as an SVG file without web fonts, for a README or a slide.

Of a sweep it shows the verdicts on every link, and the details of the one with the longest RTT.
"""

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
    longest = max(summary.conditions, key=lambda one: one.rtt_ms or 0.0, default=None)
    render(summary, console, details_of={longest.name} if longest else None)
    svg = console.export_svg(
        title=html.escape(escape_control_chars(f"benchkit report {summary.scenario}", lines=False)), theme=MONOKAI
    )
    return _WEB_FONTS.sub("", svg).replace("Fira Code", "ui-monospace")
