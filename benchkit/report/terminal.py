"""A page on the terminal."""

from __future__ import annotations

from collections.abc import Collection

from rich.console import Console
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from benchkit.model.summary import Summary
from benchkit.report.content.page import Block, Page, PhaseBars, Section, Sentence, Table, Tone
from benchkit.report.content.summary_page import page_of
from benchkit.report.phase_bars import legend, phase_bars
from benchkit.report.terminal_style import text_of
from benchkit.report.terminal_table import tables


def render(summary: Summary, console: Console, *, details_of: Collection[str] | None = None) -> None:
    """`details_of` are the conditions whose arms and theory are shown: all of them unless given."""
    render_page(page_of(summary, details_of=details_of), console)


def render_page(page: Page, console: Console) -> None:
    for section in page.sections:
        _section(section, console)


def _section(section: Section, console: Console) -> None:
    if section.title:
        console.print()
        console.print(Text(section.title, style="bold underline"))
    before: Block | None = None
    for block in section.blocks:
        if isinstance(before, Sentence) and _is_heading(block):
            console.print()
        _block(block, console, first=before is None)
        before = block


def _block(block: Block, console: Console, *, first: bool) -> None:
    """A table that follows other text has air around it."""
    if isinstance(block, Sentence):
        console.print(_listed(block) if block.item else text_of(block))
    elif isinstance(block, Table):
        for table in tables(block, console.width):
            console.print(table if first else Padding(table, (1, 0, 0, 0)))
        if not first:
            console.print()
    elif isinstance(block, PhaseBars):
        console.print(phase_bars(block, console))
        console.print(Padding(legend(block, console), (1, 0, 0, 0)))


def _is_heading(block: Block) -> bool:
    """A sentence in bold heads what follows it."""
    return isinstance(block, Sentence) and not block.item and all(span.tone is Tone.STRONG for span in block.spans)


def _listed(sentence: Sentence) -> RichTable:
    """A list's item, whose further lines are indented."""
    item = RichTable.grid(padding=(0, 1, 0, 0))
    item.add_row("•", text_of(sentence))
    return item
