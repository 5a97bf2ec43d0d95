"""A page as Markdown, for a pull request or a CI step's summary (GitHub's tables, which GitLab and others read too)."""

from __future__ import annotations

from collections.abc import Iterator

from benchkit.model.outside_text import markdown
from benchkit.report import numbers
from benchkit.report.content.page import Block, Cell, Page, PhaseBars, Section, Sentence, Span, Table, Tone

_BOLD = (Tone.STRONG, Tone.ALARM)
_DETAILS = ("phases", "theory", "fits", "cost")  # folded: a pull request shows the answer, and the rest on a click


def to_markdown(page: Page) -> str:
    lines = [f"## {markdown(page.title)}\n", *(line for section in page.sections for line in _section(section))]
    return "\n".join(lines) + "\n"


def _section(section: Section) -> Iterator[str]:
    if not section.blocks:
        return
    if section.key in _DETAILS and section.title:
        yield f"<details><summary>{markdown(section.title)}</summary>\n"
    elif section.title:
        yield f"### {markdown(section.title)}\n"
    before = None
    for block in section.blocks:
        if isinstance(before, Sentence) and before.item and not (isinstance(block, Sentence) and block.item):
            yield ""  # ends the list
        yield from _block(block)
        before = block
    if section.key in _DETAILS and section.title:
        yield "</details>\n"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Sentence):
        text = "".join(map(_span, block.spans))
        yield f"- {text}" if block.item else f"{text}\n"
    elif isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, PhaseBars):
        yield from _phases(block)


def _span(span: Span) -> str:
    text = markdown(span.text)
    return f"**{text.strip()}**" if span.tone in _BOLD and text.strip() else text


def _table(table: Table) -> Iterator[str]:
    yield f"| {' | '.join(_one_line(column.heading) for column in table.columns)} |"
    yield f"|---{('|---' if table.texts else '|---:') * (len(table.columns) - 1)}|"
    yield from (f"| {' | '.join(map(_cell, row))} |" for row in table.rows)
    yield ""


def _cell(cell: Cell) -> str:
    text = _one_line(cell.text)
    if cell.tone in (Tone.BAD, Tone.ALARM):
        text = f"**{text}**"
    return f"{text} {_one_line(cell.second)}" if cell.second else text


def _one_line(text: str) -> str:
    return ", ".join(map(markdown, text.split("\n")))


def _phases(bars: PhaseBars) -> Iterator[str]:
    yield from ("| arm | mean time | largest phases |", "|---|---:|---|")
    for bar in bars.bars:
        yield f"| {markdown(bar.label)} | {numbers.duration(bar.total_ms)} | {markdown(bar.note)} |"
    yield ""
