"""Hostile names, questions and replies through every form of output: nothing steers a terminal, a page or a figure."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from benchkit.model.notice import Code, notice
from benchkit.model.outside_text import escape_control_chars, json_text, markdown
from benchkit.model.plan import ArmPlan, PlanSummary
from benchkit.model.run import Run
from benchkit.model.summary import Summary
from benchkit.plots import PLOTS
from benchkit.plots.audit_figures import heat_map, lookups
from benchkit.plots.rendering import save, svg
from benchkit.report.content.summary_page import page_of
from benchkit.report.markdown import to_markdown
from benchkit.report.picture import svg_of
from benchkit.report.plan import render_plan
from benchkit.report.summary_csv import to_csv
from benchkit.report.summary_json import to_json
from benchkit.report.summary_junit import to_junit
from benchkit.report.terminal import render
from benchkit.stats.analysis import analyse

HOSTILE = {
    "escape sequence": "\x1b[31mred\x1b]0;title\x07",
    "C1 control": "\x9b31mred\x85\x90",
    "bidi": "abc\u202edcba\u2066x\u2069\u200f",
    "line breaks": "one\nREAL MAIL\r\n\u2028two\u2029",
    "mathematics": "$\\frac{1}{2}$ and $",
    "broken mathematics": "$\\no{such$ $x_{$",
    "HTML": "<script>alert(1)</script>&amp;\"'",
    "table and code": "a | b `c` *d* _e_ [f](http://g.test)",
    "underscore in front": "_hidden",
    "rich markup": "[bold red]x[/bold red] [/]",
    "surrogate": "half \ud800 and \ufffe",
    "tag characters": "a\U000e0041\U000e0042\ufeff\u200b",
}
STEERING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\ud800-\udfff\U000e0000-\U000e007f]"
)


@pytest.fixture(params=HOSTILE.values(), ids=list(HOSTILE))
def hostile(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def run(hostile: str, synthetic_run: Callable[..., Run]) -> Run:
    made = synthetic_run(blocks=8, messages_per_block=2)
    first, *others = made.manifest.arms
    arms = (replace(first, name=hostile), *others)
    return replace(made, manifest=replace(made.manifest, arms=arms, scenario=hostile, question=hostile))


@pytest.fixture
def summary(run: Run, hostile: str) -> Summary:
    found = analyse(run)
    first, *others = found.arms
    arms = (replace(first, failure_texts={hostile: 3}), *others)
    return replace(found, arms=arms, warnings=(notice(Code.RECORDED, text=hostile), *found.warnings))


def terminal(show: Callable[[Console], None]) -> str:
    out = io.StringIO()
    show(Console(file=out, width=120, color_system=None))
    return out.getvalue()


def is_on_one_line(text: str, hostile: str) -> bool:
    """Folded or not: the words of it, without what a fold puts between."""
    shown = escape_control_chars(hostile, lines=False)
    return re.sub(r"\s", "", shown) in re.sub(r"\s", "", text)


def test_the_terminal(summary: Summary, hostile: str) -> None:
    shown = terminal(lambda console: render(summary, console))
    assert not STEERING.search(shown)
    assert is_on_one_line(shown, f"warning: {hostile}")
    assert not re.search("^REAL MAIL", shown, re.MULTILINE)


def test_the_plan(hostile: str) -> None:
    arm = ArmPlan(hostile, hostile, True, 1, 1, 1, None, 1, embedded=False)
    plan = PlanSummary(hostile, hostile, "talk", (arm,), 1, (hostile,), 1, None)
    shown = terminal(lambda console: render_plan(plan, console))
    assert not STEERING.search(shown)
    assert is_on_one_line(shown, f"Scenario “{hostile}”: {hostile}")
    assert len(re.findall("^REAL MAIL", shown, re.MULTILINE)) == 1


def test_json_means_the_same(summary: Summary, hostile: str) -> None:
    document = to_json(summary)
    text = json_text(document)
    assert not STEERING.search(text)
    assert json.loads(text) == json.loads(json.dumps(document))
    text.encode("utf-8")


def test_the_picture_is_well_formed(summary: Summary, hostile: str) -> None:
    picture = svg_of(summary)
    assert not STEERING.search(picture)
    texts = "".join(ET.fromstring(picture).itertext()).replace("\xa0", " ")
    assert is_on_one_line(texts, hostile)
    assert "<script" not in picture


def test_forms_for_ci(summary: Summary, hostile: str) -> None:
    shown = to_markdown(page_of(summary))
    assert not STEERING.search(shown)
    assert not re.search(r"(?<!\\)<(?!/?(?:details|summary)>)", shown)
    assert is_on_one_line(shown, markdown(hostile))
    assert not STEERING.search(to_csv([summary]).replace("\r\n", "\n"))
    cases = "".join(ET.fromstring(to_junit([summary])).itertext())
    assert not STEERING.search(cases)


def test_markdown_is_text(hostile: str) -> None:
    shown = markdown(hostile)
    assert not STEERING.search(shown)
    assert "\n" not in shown
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_<>\[\]|#$~&]", shown)


@pytest.mark.filterwarnings("ignore:Glyph")
@pytest.mark.parametrize("name", PLOTS.names())
def test_every_figure(run: Run, name: str, tmp_path: Path) -> None:
    text = svg(run, name)
    ET.fromstring(text)
    assert not STEERING.search(text.replace("\t", ""))
    save(run, name, tmp_path / "figure.png")


@pytest.mark.filterwarnings("ignore:Glyph")
def test_figures_of_audits(hostile: str) -> None:
    term = {"term": hostile, "lookups": 1, "include": None}
    document = {"domain": hostile, "spf": {"tree": {"terms": [term]}, "lookups": 1}, "mechanisms": {}, "score": None}
    for text in (lookups(document), heat_map([document])):
        ET.fromstring(text)
        assert not STEERING.search(text.replace("\t", ""))


def test_dollars_are_no_mathematics(synthetic_run: Callable[..., Run]) -> None:
    """Mathematics would be drawn in italics."""
    made = synthetic_run(blocks=8, messages_per_block=2)
    arms = (replace(made.manifest.arms[0], name="$x$"), *made.manifest.arms[1:])
    text = svg(replace(made, manifest=replace(made.manifest, arms=arms)), "latency")
    assert "DejaVuSans" in text
    assert "Oblique" not in text
