"""The sliders, which need the script and are hidden without it, and the answer and the table, which do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element

from benchkit.report.content.page import Choice, Control, Sentence, Sliders, Table
from benchkit.report.html.elements import add


def slider_form(parent: Element, shown: Sliders, set_table: Callable[[Element, Table], Element]) -> None:
    form = add(parent, "form", id="sliders", hidden="hidden", aria_label="Your numbers", autocomplete="off")
    for choice in shown.choices:
        _choice(form, choice)
    for control in shown.controls:
        _slider(form, control)
    answers = add(parent, "div", id="verdict", aria_live="polite")
    for number, answer in enumerate(shown.answers):
        _answer(answers, answer, f"-{number}" if number else "")
    add(parent, "p", shown.setting, id="setting", class_="faint")
    element = set_table(parent, shown.table)
    element.set("id", "predictions")
    _bars(element, shown.colours)


def _answer(parent: Element, answer: Sentence, suffix: str) -> None:
    lead, reason = answer.spans
    line = add(parent, "p")
    add(line, "strong", lead.text, id=f"lead{suffix}")
    add(line, "span", reason.text, id=f"reason{suffix}")


def _bars(table: Element, colours: Sequence[int]) -> None:
    """A cell for each row that the script fills with a bar: the times side by side, and the rest of a range fainter."""
    for number, row in enumerate(table.iter("tr")):
        if number:
            cell = add(row, "td", class_="bar", aria_hidden="true")
            add(cell, "span", class_=f"c{colours[number - 1] % 8}")
            add(cell, "span", class_=f"c{colours[number - 1] % 8} rest")
        else:
            add(row, "td", aria_hidden="true")


def _choice(form: Element, choice: Choice) -> None:
    """Only where there is something to choose."""
    line = add(form, "div", class_="control", **({"hidden": "hidden"} if len(choice.options) < 2 else {}))
    add(line, "label", choice.label, for_=choice.key)
    select = add(line, "select", id=choice.key)
    for value, name in choice.options:
        add(select, "option", name, value=value, selected="selected" if value == choice.chosen else None)


def _slider(form: Element, control: Control) -> None:
    line = add(form, "div", class_="control")
    add(line, "label", control.label, for_=control.key)
    stops = " ".join("inf" if stop == float("inf") else f"{stop:.12g}" for stop in control.stops)
    add(
        line, "input", type="range", id=control.key, min="0", max=str(len(control.stops) - 1), step="1",
        value=str(control.chosen), data_stops=stops, data_labels="|".join(control.labels),
        aria_valuetext=control.labels[control.chosen],
    )  # fmt: skip
    add(line, "output", control.labels[control.chosen], for_=control.key)
