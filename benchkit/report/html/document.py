"""The page as one HTML file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.resources import files
from xml.etree.ElementTree import Element

from benchkit.model.arm_colours import ARM_COLOURS
from benchkit.report.content.page import (
    Block,
    Cell,
    Curves,
    Figure,
    Folded,
    Intervals,
    Listing,
    Page,
    PhaseBars,
    Section,
    Sentence,
    Series,
    Sliders,
    Table,
    Tone,
)  # fmt: skip
from benchkit.report.html.charts import curves, intervals
from benchkit.report.html.elements import add, add_sentence, written
from benchkit.report.html.phases import phase_chart
from benchkit.report.html.slider_form import slider_form


def to_html(page: Page) -> str:
    root = Element("html", {"lang": "en"})
    _head(root, page)
    body = add(root, "body")
    add(body, "a", "Skip to the answer", href=f"#{page.sections[0].key}", class_="skip")
    header = add(body, "header")
    add(header, "h1", page.title)
    _contents(header, page)
    main = add(body, "main")
    for section in page.sections:
        _section(main, section)
    for script in {block.script for section in page.sections for block in section.blocks if isinstance(block, Sliders)}:
        add(body, "script", _file("sliders.js") + _file(script))
    return f"<!doctype html>\n{written(root)}\n"


def _head(root: Element, page: Page) -> None:
    head = add(root, "head")
    add(head, "meta", charset="utf-8")
    add(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    add(head, "meta", name="color-scheme", content="light dark")
    add(head, "meta", http_equiv="Content-Security-Policy", content=_POLICY)
    add(head, "link", rel="icon", href="data:,")  # otherwise a browser asks for /favicon.ico
    add(head, "title", page.title)
    add(head, "style", _file("page.css") + _colours())


_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _colours() -> str:
    return "".join(f".c{number}{{--arm:{colour}}}" for number, colour in enumerate(ARM_COLOURS))


def _contents(header: Element, page: Page) -> None:
    navigation = add(header, "nav", aria_label="Sections")
    for section in page.sections:
        if section.title:
            add(navigation, "a", section.short or section.title, href=f"#{section.key}")


def _section(main: Element, section: Section) -> None:
    element = add(main, "section", id=section.key)
    if section.title:
        add(element, "h2", section.title)
    _blocks(element, section.blocks, level=3)


def _blocks(parent: Element, blocks: Iterable[Block], *, level: int) -> None:
    """Items that follow one another are one list; figures that follow one another share a row where there is room."""
    together: Element | None = None
    for block in blocks:
        group = "ul" if isinstance(block, Sentence) and block.item else "div" if _is_half(block) else ""
        if not group:
            together = None
            _block(parent, block, level=level)
            continue
        if together is None or together.tag != group:
            together = add(parent, group, class_="items" if group == "ul" else "figures")
        _block(together, block, level=level)


def _is_half(block: Block) -> bool:
    return isinstance(block, Figure) and isinstance(block.plot, Curves)


def _block(parent: Element, block: Block, *, level: int) -> None:
    if isinstance(block, Sentence):
        _sentence(parent, block)
    elif isinstance(block, Table):
        table(parent, block)
    elif isinstance(block, Figure):
        _figure(parent, block, level=level)
    elif isinstance(block, Folded):
        details = add(parent, "details")
        add(details, "summary", block.title)
        _blocks(details, block.blocks, level=level + 1)
    elif isinstance(block, Listing):
        add(parent, "pre", block.text, tabindex="0")
    elif isinstance(block, Sliders):
        slider_form(parent, block, table)
        add(parent, "script", _json(block.document), id="model", type="application/json")


def _json(document: object) -> str:
    """Inside a script element only `</` and `<!--` end it early."""
    return json.dumps(document, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


def _sentence(parent: Element, sentence: Sentence) -> None:
    tag = "li" if sentence.item else "p"
    if len(sentence.spans) == 1:
        add_sentence(parent, tag, sentence.text, class_=_class(sentence.spans[0].tone))
        return
    element = add(parent, tag)
    for span in sentence.spans:
        add_sentence(element, "span", span.text, class_=_class(span.tone))


def _class(tone: Tone) -> str | None:
    return None if tone is Tone.PLAIN else tone.value


def _figure(parent: Element, figure: Figure, *, level: int) -> None:
    element = add(parent, "figure", class_="whole" if not _is_half(figure) else None)
    caption = add(element, "figcaption")
    add(caption, f"h{level}", figure.title)
    add_sentence(caption, "p", figure.description, class_="faint")
    if isinstance(figure.plot, Curves):
        _legend(element, figure.plot.series)
        add(element, "p", figure.plot.y.label, class_="axis-label")
        curves(element, figure, figure.plot)
    elif isinstance(figure.plot, Intervals):
        intervals(element, figure, figure.plot)
    elif isinstance(figure.plot, PhaseBars):
        phase_chart(element, figure, figure.plot)
    details = add(element, "details", class_="data")
    add(details, "summary", "The numbers of this figure")
    table(details, figure.data)


def _legend(parent: Element, series: Iterable[Series]) -> None:
    legend = add(parent, "ul", class_="legend")
    for one in series:
        if one.legend:
            item = add(legend, "li")
            add(item, "span", class_=f"swatch {one.stroke} c{one.colour % len(ARM_COLOURS)}")
            add(item, "span", one.name)


def table(parent: Element, shown: Table) -> Element:
    """A box that scrolls by itself where the page is too narrow; it takes the focus, so that keys scroll it too.

    On a phone each row is a block, with a line for each cell, which its heading begins.
    """
    box = add(parent, "div", class_="scroll", tabindex="0", role="group", aria_label=_names(shown))
    element = add(box, "table", class_="texts" if shown.texts else None)
    row = add(add(element, "thead"), "tr")
    for column in shown.columns:
        add(row, "th", column.heading.replace("\n", " "), scope="col")
    body = add(element, "tbody")
    for first, *others in shown.rows:
        row = add(body, "tr")
        _cell(add(row, "th", scope="row"), first)
        for column, cell in zip(shown.columns[1:], others, strict=True):
            _cell(add(row, "td", data_heading=column.heading.replace("\n", " ")), cell)
    return element


def _names(shown: Table) -> str:
    return ", ".join(column.heading.replace("\n", " ") for column in shown.columns)


def _cell(element: Element, cell: Cell) -> None:
    lines = cell.text.split("\n")
    for line in lines:
        parent = add(element, "div") if len(lines) > 1 else element
        add(parent, "span", line, class_=_class(cell.tone))
    if cell.second:
        add(element, "span", f" {cell.second}", class_=f"second {cell.second_tone.value}")
