"""HTML for a notebook's cells: tables and paragraphs that follow the notebook's theme, light or dark. All text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from benchkit.model.outside_text import escape_control_chars

# `.benchkit` twice: JupyterLab sets every cell of a table to the right by a selector of two classes.
_STYLE = (
    "<style>.benchkit table{border-collapse:collapse;margin:.4em 0}"
    ".benchkit.benchkit th,.benchkit.benchkit td{padding:.25em .8em .25em 0;text-align:right}"
    ".benchkit.benchkit th,.benchkit.benchkit td{vertical-align:top;white-space:nowrap}"
    ".benchkit.benchkit th{border-bottom:1px solid currentColor;vertical-align:bottom}"
    ".benchkit.benchkit .text.text{text-align:left;white-space:normal}.benchkit .faint{opacity:.65}"
    ".benchkit p{margin:.4em 0;max-width:70em}.benchkit h4{margin:1em 0 .3em}"
    ".benchkit .strong,.benchkit .alarm,.benchkit .fail{font-weight:bold}"
    ".benchkit .bad,.benchkit .alarm,.benchkit .fail{color:#c0392b}"
    ".benchkit .warning{color:#9a6700}.benchkit .good{color:#1a7f37}"
    ".benchkit pre{white-space:pre-wrap}</style>"
)


def text(value: object) -> str:
    """What came from outside, safe to show; line breaks stay."""
    return escape(escape_control_chars(str(value))).replace("\n", "<br>")


def block(*parts: str) -> str:
    return f'{_STYLE}<div class="benchkit">{"".join(parts)}</div>'


def paragraph(words: str, style: str = "") -> str:
    return f'<p class="{style}">{text(words)}</p>' if style else f"<p>{text(words)}</p>"


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], *, texts: Sequence[int] = (0,)) -> str:
    """`texts` are the columns of words, set to the left; numbers are set to the right. No heading row where all are empty."""
    head = f"<thead>{_row('th', headings, texts)}</thead>" if any(headings) else ""
    body = "".join(_row("td", row, texts) for row in rows)
    return f"<table>{head}<tbody>{body}</tbody></table>"


def _row(tag: str, cells: Sequence[object], texts: Sequence[int]) -> str:
    styled = (
        f"<{tag}{' class=text' if place in texts else ''}>{text(cell)}</{tag}>" for place, cell in enumerate(cells)
    )
    return f"<tr>{''.join(styled)}</tr>"
