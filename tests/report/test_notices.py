"""Every code has its sentence, and what the stats room emits fits into it."""

from __future__ import annotations

import string
from dataclasses import replace

import pytest

from benchkit.model.notice import Code, notice
from benchkit.model.summary import Summary
from benchkit.report.content.notices import _TEXTS, text, texts, warning_lines


@pytest.mark.parametrize("code", Code)
def test_a_code_has_a_sentence(code: Code) -> None:
    made = _TEXTS[code]
    assert callable(made) or all(name != "" for _, name, _, _ in string.Formatter().parse(made))


def test_a_sentence_says_what_it_is_about_first() -> None:
    assert text(notice(Code.MESSAGES_FAILED, "a (far)", count=3, started=9)) == "a (far): 3 of 9 messages failed"
    assert texts([notice(Code.TOO_FEW_BLOCKS, needs=6)]) == ("too few blocks: needs 6",)


@pytest.mark.parametrize(
    ("subjects", "expected"),
    [
        (["smtp, reused"], "smtp, reused: a 95th percentile needs 80 samples"),
        (["smtp, reused", "api, reused"], "smtp, reused; api, reused: a 95th percentile needs 80 samples"),
        ([f"arm {number}" for number in range(5)], "every arm: a 95th percentile needs 80 samples"),
    ],
)
def test_subjects_of_which_the_same_is_said_share_a_line(
    quickstart: Summary, subjects: list[str], expected: str
) -> None:
    found = tuple(notice(Code.P95_NEEDS, subject, needs=80, unit="samples") for subject in subjects)
    assert warning_lines(replace(quickstart, warnings=found)) == (expected,)
