"""What became of accepted mail, in every form: the same numbers and sentences, and no claim about other mailboxes."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console

from benchkit.model.run import Run
from benchkit.model.summary import Summary
from benchkit.report.content.events_page import NOTHING, events_page
from benchkit.report.content.full_page import full_page
from benchkit.report.content.recommendation import recommendation_sections
from benchkit.report.content.summary_page import page_of
from benchkit.report.deliverability_json import events_json, events_schema
from benchkit.report.html import to_html
from benchkit.report.markdown import to_markdown
from benchkit.report.summary_json import plain, schema, to_json
from benchkit.report.terminal import render, render_page
from benchkit.stats.analysis import analyse
from benchkit.testing.synthetic_run import synthesise
from tests.stats.collected import with_rows

PIXEL = json.dumps([["pixel_added", "text/html"]])


@cache
def collected(bounced: int = 30) -> Run:
    """Of 300 messages an arm; the second arm's mail is rewritten, and some of it comes back."""
    made = synthesise(times=(1.0, 2.0))
    rows: list[dict[str, Any]] = []
    placed: list[dict[str, Any]] = []
    seen = [0, 0]
    for send, arm in zip(made.messages["send"].tolist(), made.messages["arm"].tolist(), strict=True):
        seen[arm] += 1
        if arm and seen[arm] <= bounced:
            rows.append(
                {
                    "send": send,
                    "kind": "bounced",
                    "bounce": "hard",
                    "code": 550,
                    "enhanced": "5.7.1",
                    "reason": "550 5.7.1 no",
                }
            )
            continue
        rows.append({"send": send})
        placed.append(
            {"send": send} | ({"changes": PIXEL, "dkim": "fail", "dmarc": "fail", "place": "junk"} if arm else {})
        )
    return with_rows(replace(made, manifest=replace(made.manifest, recipients=(1,) * 5)), rows, placed)


def terminal(summary: Summary) -> str:
    console = Console(file=io.StringIO(), width=200)
    render(summary, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


FORMS = {
    "terminal": lambda run: terminal(analyse(run)),
    "markdown": lambda run: to_markdown(page_of(analyse(run))).replace("\\", ""),
    "html": lambda run: re.sub(r"<[^>]+>", " ", to_html(full_page(analyse(run), run))),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_shows_it(form: str) -> None:
    shown = " ".join(FORMS[form](collected()).split())
    for text in (
        "Speed does not decide: “arm 1” delivers",
        "Speed does not decide: “arm 1” passes DMARC with 0 % of its mail",
        "550 5.7.1",
        "a.example",
        "found in your test mailboxes",
        "pixel added text/html",
        "Content and authentication verdict: “arm 0” and “arm 1”",
        "the tracking pixel changed the body after signing",
        "no test mailbox shows",
    ):
        assert text in shown, text


@pytest.mark.parametrize("form", FORMS)
def test_a_run_without_it_shows_nothing_of_it(form: str) -> None:
    assert "What became of accepted mail" not in FORMS[form](synthesise(times=(1.0, 2.0)))


def test_json_holds_to_its_schemas() -> None:
    run = collected()
    summary = analyse(run)
    document = json.loads(json.dumps(to_json(summary), allow_nan=False))
    Draft202012Validator(schema()).validate(document)
    assert document["deliverability"]["contrasts"][0]["verdict"] == "worse"
    validator = Draft202012Validator(events_schema())
    for found in (summary.deliverability, None):
        document = events_json("a run", found, {"unverified": {"mailgun: wrong": 2}, "foreign": {}}, (1,))
        validator.validate(json.loads(json.dumps(plain(document), allow_nan=False)))
    assert not validator.is_valid({"schema": 1})


def test_both_schemas_say_the_same_of_it() -> None:
    """`benchkit events --json` and summary.json: one meaning of each key."""
    whole, events = schema()["$defs"], events_schema()
    assert {name: whole[name] for name in events["$defs"]} == events["$defs"]
    shared = whole["deliverability"]["properties"]
    assert {name: events["properties"][name] for name in shared} == shared


def test_the_recommendation_takes_delivery_first() -> None:
    rule, beside = recommendation_sections(analyse(collected()))
    assert rule.blocks[0].text.startswith("Speed does not decide")  # type: ignore[union-attr]
    assert any(row[0].text == "Delivery" for row in beside.blocks[0].rows)  # type: ignore[union-attr]


def test_with_few_messages_it_says_how_many_are_needed() -> None:
    made = synthesise(times=(1.0, 2.0), blocks=3)
    rows = [{"send": send} for send in made.messages["send"].tolist()]
    shown = terminal(analyse(with_rows(made, rows)))
    assert "These data cannot decide whether" in shown
    assert re.search(r"About 3[89]0 messages an arm would decide", shown)
    assert "Speed does not decide" not in shown


def test_events_page_without_an_event_says_what_to_do() -> None:
    console = Console(file=io.StringIO(), width=300)
    render_page(events_page(None, {"unverified": {"mailgun: \x1b[2J": 1}}, (1_800_000_000_000,)), console)
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    assert NOTHING in shown
    assert "1 unverified POST: mailgun: \\x1b[2J" in shown
    assert "its last record is from 2027-01-15T08:00:00.000+00:00" in shown
