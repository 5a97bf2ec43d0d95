"""An executed notebook as one HTML page: its texts, its code, what the cells showed. No script, no request, light and dark."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from benchkit.model.outside_text import escape_control_chars

_STYLE = """
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin:2.2rem 0 .3rem}
pre,code{font:13px/1.45 ui-monospace,monospace}
.source{background:color-mix(in srgb,currentColor 6%,transparent);padding:.6em .8em;border-radius:4px;overflow-x:auto}
.output{overflow-x:auto;margin:.6rem 0 1rem}.output pre{white-space:pre}
table{border-collapse:collapse;font-size:13.5px}td,th{padding:.2em .8em .2em 0;vertical-align:top;text-align:left}
.dataframe,.dataframe td,.dataframe th{border:0}
.dataframe tr{border-bottom:1px solid color-mix(in srgb,currentColor 18%,transparent)}
svg{max-width:100%;height:auto;background:#fff}
@media print{body{max-width:none;margin:0}.source{display:none}}
"""
_MARKS = (  # what the texts of benchkit's notebooks use of Markdown
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*([^*]+)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"\*([^*]+)\*"), r"<em>\1</em>"),
)
_HEADING = re.compile(r"(#{1,4}) (.+)")


def page(title: str, cells: Sequence[Mapping[str, Any]]) -> str:
    """`cells` are those of a notebook document (nbformat 4), executed."""
    body = "\n".join(part for cell in cells for part in _cell(cell))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>benchkit: {escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n'
    )


def _cell(cell: Mapping[str, Any]) -> Iterator[str]:
    if cell["cell_type"] == "markdown":
        yield from map(_paragraph, re.split(r"\n\s*\n", _joined(cell["source"]).strip()))
    else:
        yield f'<pre class="source">{escape(_joined(cell["source"]))}</pre>'
        yield from (f'<div class="output">{_output(output)}</div>' for output in cell.get("outputs", ()))


def _paragraph(text: str) -> str:
    heading = _HEADING.fullmatch(text)
    tag, words = (f"h{len(heading[1])}", heading[2]) if heading else ("p", text)
    shown = escape(words, quote=False)
    for mark, put in _MARKS:
        shown = mark.sub(put, shown)
    return f"<{tag}>{shown}</{tag}>"


def _output(output: Mapping[str, Any]) -> str:
    """The richest form that a cell gave; HTML and SVG were made, and their markup escaped, by the object that drew itself."""
    data = output.get("data", {})
    for kind in ("text/html", "image/svg+xml"):
        if kind in data:
            return _harmless(_without_head(_joined(data[kind])))
    return f"<pre>{escape(_harmless(_joined(data.get('text/plain', output.get('text', '')))))}</pre>"


def _harmless(text: str) -> str:
    """A library's table shows a column as it is stored: control characters of names and replies as their escapes."""
    return "\t".join(map(escape_control_chars, text.split("\t")))


def _without_head(text: str) -> str:
    """An XML declaration and a DOCTYPE may not stand within HTML."""
    return text[text.find("<svg") :] if text.startswith("<?xml") else text


def _joined(text: str | Sequence[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
