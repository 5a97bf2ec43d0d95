"""A number and its noun agree, in every count that is made and in every sentence that was made for several."""

from __future__ import annotations

import pytest

from benchkit.model.counts import counted, with_singular


@pytest.mark.parametrize(
    ("number", "noun", "plural", "told"),
    [
        (0, "message", "", "0 messages"),
        (1, "message", "", "1 message"),
        (2000, "message", "", "2,000 messages"),
        (1, "copy", "copies", "1 copy"),
        (2, "copy", "copies", "2 copies"),
    ],
)
def test_counted(number: int, noun: str, plural: str, told: str) -> None:
    assert counted(number, noun, plural) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1 messages missing: accepted and never arrived", "1 message missing: accepted and never arrived"),
        ("1 records are of sends that are not in the plan", "1 record is of sends that are not in the plan"),
        ("1 copies have no event", "1 copy has no event"),
        ("21 messages, 1,001 messages, 0.1 messages", "21 messages, 1,001 messages, 0.1 messages"),
        ("3 of 1 blocks left out", "3 of 1 block left out"),
    ],
)
def test_with_singular(text: str, told: str) -> None:
    assert with_singular(text) == told
