"""*Your numbers*: the sliders, which need the script and are hidden without it, and the answer, which does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element

from benchkit.report.content.page import Control, Sliders, Table
from benchkit.report.html.elements import add


def slider_form(parent: Element, shown: Sliders, set_table: Callable[[Element, Table], Element]) -> None:
    form = add(parent, "form", id="sliders", hidden="hidden", aria_label="Your numbers", autocomplete="off")
    ways, links = shown.document["ways"], shown.document["links"]
    sides: Sequence[int] = shown.document["sides"]
    _choice(form, "link", "Link, besides its RTT", list(enumerate(links)), 0)
    for side, (transport, chosen) in enumerate(zip(("smtp", "api"), sides, strict=True)):
        of_kind = [(number, way["name"]) for number, way in enumerate(ways) if way["transport"] == transport]
        _choice(form, f"side-{side}", "SMTP side" if side == 0 else "API side", of_kind, chosen)
    for control in shown.controls:
        _slider(form, control)
    lead, told = shown.answer.spans
    answer = add(parent, "p", id="verdict", aria_live="polite")
    add(answer, "strong", lead.text, id="lead")
    add(answer, "span", told.text, id="told")
    now = ", ".join(f"{_first_lower(control.label)}: {control.labels[control.chosen]}" for control in shown.controls)
    at = "At" if len(links) < 2 else f"On a link with {links[0]}, at"
    add(parent, "p", f"{at} {now}.", id="setting", class_="faint")
    made = set_table(parent, shown.table)
    made.set("id", "predictions")
    _bars(made, [way["colour"] for way in ways])


def _bars(table: Element, colours: Sequence[int]) -> None:
    """A cell for each row that the script fills with a bar: the times side by side."""
    for number, row in enumerate(table.iter("tr")):
        if number:
            add(add(row, "td", class_="bar", aria_hidden="true"), "span", class_=f"c{colours[number - 1] % 8}")
        else:
            add(row, "td", aria_hidden="true")


def _first_lower(label: str) -> str:
    return label[0].lower() + label[1:]


def _choice(form: Element, key: str, label: str, choices: Sequence[tuple[int, str]], chosen: int) -> None:
    """Only where there is something to choose."""
    line = add(form, "div", class_="control", **({"hidden": "hidden"} if len(choices) < 2 else {}))
    add(line, "label", label, for_=key)
    select = add(line, "select", id=key)
    for number, name in choices:
        add(select, "option", name, value=str(number), selected="selected" if number == chosen else None)


def _slider(form: Element, control: Control) -> None:
    line = add(form, "div", class_="control")
    add(line, "label", control.label, for_=control.key)
    stops = " ".join("inf" if stop == float("inf") else f"{stop:g}" for stop in control.stops)
    add(
        line, "input", type="range", id=control.key, min="0", max=str(len(control.stops) - 1), step="1",
        value=str(control.chosen), data_stops=stops, data_labels="|".join(control.labels),
        aria_valuetext=control.labels[control.chosen],
    )  # fmt: skip
    add(line, "output", control.labels[control.chosen], for_=control.key)
