"""A run's answer as a notebook shows it: parts of the report's page (report/content), set as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from benchkit.model.outside_text import escaped
from benchkit.model.summary import Contrast, Summary
from benchkit.notebook import html
from benchkit.report import numbers
from benchkit.report.content.deliverability import deliverability_sections
from benchkit.report.content.events_page import NOTHING
from benchkit.report.content.page import Block, Cell, Section, Sentence, Table, Tone, sentence
from benchkit.report.content.recommendation import recommendation_sections
from benchkit.report.content.summary_page import account_section, answer_section, arms_sections, warning_sentences
from benchkit.report.content.theory import fits_table

_NO_SWEEP = (
    "This run has one round-trip time. A list of them (rtt_ms under [network]) shows the lines and where they cross."
)


class ContrastList(tuple[Contrast, ...]):
    """Arms against the baseline; draws itself as a table."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        headings = ("arm", "against", "condition", "of the", "ratio", "interval", "shift, ms", "blocks", "verdict")
        return html.block(html.table(headings, map(_contrast, self), texts=(0, 1, 2, 3, 8)))


class ReportPart:
    """Sections of the report; draws itself. `values` are its numbers."""

    def __init__(self, values: Any, *sections: Section) -> None:
        self.values = values
        self._sections = sections

    def _repr_html_(self) -> str:
        return html.block(sections_html(self._sections))

    def __repr__(self) -> str:
        return "\n".join(
            block.text for one in self._sections for block in one.blocks if isinstance(block, Sentence)
        ) or repr(self.values)


def account_part(summary: Summary) -> ReportPart:
    return ReportPart(summary.account, account_section(escaped(summary, lines=False)))


def deliverability_part(summary: Summary) -> ReportPart:
    """Without events and test mailboxes it says how to collect them."""
    shown = escaped(summary, lines=False)
    nothing = Section("deliverability", "", (sentence(NOTHING),))
    return ReportPart(summary.deliverability, *(list(deliverability_sections(shown)) or [nothing]))


def recommendation_part(summary: Summary) -> ReportPart:
    """Which path, by the model; and what speed does not decide."""
    return ReportPart(summary.models, *recommendation_sections(escaped(summary, lines=False)))


def fits_part(summary: Summary) -> ReportPart:
    """Without a sweep of RTTs there is nothing to fit, and it says so."""
    block = fits_table(escaped(summary, lines=False)) if summary.fits else sentence(_NO_SWEEP)
    return ReportPart(summary.fits, Section("fits", "", (block,)))


def answer_html(summary: Summary, note: str = "") -> str:
    """Verdicts, arms and warnings; first of all the note."""
    shown = escaped(summary, lines=False)
    arms = [each for one in shown.conditions for each in arms_sections(shown, one.name) if each.key == "arms"]
    warnings = Section("warnings", "", tuple(warning_sentences(shown)))
    head = html.paragraph(f"{shown.scenario} · {shown.run} · {shown.status}", "faint")
    noted = [html.paragraph(note, "warning")] if note else []
    return html.block(*noted, head, sections_html([answer_section(shown), *arms, warnings]))


def sections_html(sections: Iterable[Section]) -> str:
    return "".join(part for section in sections for part in _section(section))


def _section(section: Section) -> Iterator[str]:
    if section.title:
        yield f"<h4>{html.text(section.title)}</h4>"
    yield from (_block(block) for block in section.blocks)


def _block(block: Block) -> str:
    """A figure has a method of its own: `run.plot("phases")`."""
    if isinstance(block, Sentence):
        return f"<p>{''.join(_toned(span.text, span.tone) for span in block.spans)}</p>"
    return _table(block) if isinstance(block, Table) else ""


def _table(table: Table) -> str:
    head = "".join(f"<th{_text_class(place)}>{html.text(one.heading)}</th>" for place, one in enumerate(table.columns))
    rows = "".join(
        f"<tr>{''.join(f'<td{_text_class(place)}>{_cell(cell)}</td>' for place, cell in enumerate(row))}</tr>"
        for row in table.rows
    )
    caption = html.paragraph(table.caption, "faint") if table.caption else ""
    return f"{caption}<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _text_class(place: int) -> str:
    return "" if place else " class=text"


def _cell(cell: Cell) -> str:
    second = f" {_toned(cell.second, cell.second_tone)}" if cell.second else ""
    return f"{_toned(cell.text, cell.tone)}{second}"


def _toned(text: str, tone: Tone) -> str:
    shown = html.text(text)
    return shown if tone is Tone.PLAIN else f'<span class="{tone.value}">{shown}</span>'


def _contrast(contrast: Contrast) -> Sequence[object]:
    value, interval = (numbers.NOT_KNOWN, "")
    if contrast.ratio is not None:
        value, interval = numbers.times(contrast.ratio, contrast.ci)
    return [
        contrast.arm,
        f"{contrast.baseline} (A/A)" if contrast.aa else contrast.baseline,
        contrast.condition,
        contrast.metric,
        value,
        interval,
        numbers.with_interval(contrast.shift_ms),
        contrast.blocks,
        contrast.verdict.lower(),
    ]
