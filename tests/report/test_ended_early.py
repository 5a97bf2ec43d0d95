"""A run that was killed or interrupted says so, and how much of the plan it holds, before anything else in every form."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from benchkit.model.summary import Summary
from benchkit.notebook.run_html import answer_html
from benchkit.report.content.summary_page import page_of
from benchkit.report.html.document import to_html
from benchkit.report.markdown import to_markdown
from benchkit.report.summary_json import to_json
from benchkit.report.terminal import render

ENDS = {"killed": "Killed after", "interrupted": "Interrupted after", "running": "Still running, after"}


def ended(summary: Summary, status: str) -> Summary:
    return replace(summary, status=status, account=replace(summary.account, planned=12_040, unsent=10_836))


@pytest.mark.parametrize("status", ENDS)
def test_the_first_line_of_every_form_says_how_much_is_there(quickstart: Summary, status: str) -> None:
    summary, said = ended(quickstart, status), f"{ENDS[status]} 1,204 of 12,040 sends"
    console = Console(file=io.StringIO(), width=200)
    render(summary, console)
    assert console.file.getvalue().startswith(said)  # type: ignore[attr-defined]
    _, _, body = to_markdown(page_of(summary)).partition("\n\n")
    assert body.startswith(f"**{said}")
    for page in (to_html(page_of(summary)), answer_html(summary)):
        assert page.index(said) < page.index("“")
    document = to_json(summary)
    assert document["headline"].startswith(said)
    assert document["ended_early"].startswith(said)


def test_a_complete_run_says_nothing_of_it(quickstart: Summary) -> None:
    assert to_json(quickstart)["ended_early"] is None
