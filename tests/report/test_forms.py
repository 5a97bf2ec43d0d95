"""The forms of a run's answer for CI: Markdown, JUnit, CSV."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace

import pytest

from benchkit.model.run import ConditionRecord, Run
from benchkit.model.summary import Summary
from benchkit.report.content.page import Page, Section, Sentence, Table, columns, sentence
from benchkit.report.content.summary_page import page_of
from benchkit.report.markdown import to_markdown
from benchkit.report.summary_csv import to_csv
from benchkit.report.summary_junit import to_junit
from benchkit.stats.analysis import analyse
from tests.report.recorded import recorded


def test_markdown_begins_with_the_answer_and_has_every_sentence(quickstart: Summary) -> None:
    text = to_markdown(page_of(quickstart))
    assert text.splitlines()[2].startswith("**“smtp, reused” is 1.19× faster in the median")
    for section in page_of(quickstart).sections:
        for block in section.blocks:
            if isinstance(block, Sentence):
                assert block.text.split(" ")[-1].rstrip(".").replace("_", "\\_") in text


def test_markdown_ends_a_list_before_the_next_sentence() -> None:
    page = Page("p", (Section("s", "", (sentence("one", item=True), sentence("two", item=True), sentence("three"))),))
    assert to_markdown(page).splitlines() == ["## p", "", "- one", "- two", "", "three", ""]


def test_every_row_of_a_markdown_table_has_its_columns(synthetic_run: Callable[..., Run]) -> None:
    links = tuple(ConditionRecord(f"{rtt} ms link", rtt, lab=True) for rtt in (1.0, 5.0, 20.0))
    rows = [line for line in to_markdown(page_of(analyse(synthetic_run(conditions=links)))).splitlines() if "|" in line]
    heads = [number for number, line in enumerate(rows) if line.startswith("|---")]
    assert heads
    for start, end in zip(heads, [*heads[1:], len(rows) + 1], strict=True):
        assert len({line.replace("\\|", "").count("|") for line in rows[start - 1 : end - 1]}) == 1


@pytest.mark.parametrize(
    ("strict", "failures", "skipped"), [(False, ["3.57 ms"], 1), (True, ["3.57 ms", "nothing to compare was measured"], 0)]
)  # fmt: skip
def test_junit_has_a_case_for_each_threshold(
    quickstart: Summary, strict: bool, failures: list[str], skipped: int
) -> None:
    suite = ET.fromstring(to_junit([quickstart], strict=strict))[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", str(len(failures)), str(skipped))
    assert [failure.get("message") for failure in suite.iter("failure")] == failures
    assert len(list(suite.iter("skipped"))) == skipped


def test_junit_fails_an_invalid_run(quickstart: Summary) -> None:
    broken = replace(quickstart, valid=False, invalid_because=recorded("3 messages are missing"), thresholds=())
    (failure,) = ET.fromstring(to_junit([broken])).iter("failure")
    assert failure.get("message") == "3 messages are missing"


def test_csv_has_a_row_for_each_arm_and_no_formula(quickstart: Summary) -> None:
    evil = replace(quickstart, arms=(replace(quickstart.arms[0], name="=1+1", arrived=None), *quickstart.arms[1:]))
    rows = list(csv.DictReader(io.StringIO(to_csv([evil]))))
    assert [row["arm"] for row in rows][:2] == ["'=1+1", "smtp, reused"]
    assert rows[0]["arrived"] == ""
    assert float(rows[1]["service_ms_p50"]) == pytest.approx(0.53)
    assert to_csv([]) == "run\r\n"


def test_a_table_of_no_rows_is_a_table(quickstart: Summary) -> None:
    page = Page("p", (Section("s", "", (Table(columns("a", "b"), ()),)),))
    assert "| a | b |" in to_markdown(page)
