"""Text from outside: always encodable, printable and bounded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.outside_text import MAX_TEXT, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("5.1.1 no such user", "5.1.1 no such user"),
        ("Empf\udce4nger", "Empf\\xe4nger"),
        ("\ud800", "\\ud800"),
        ("a\r\nb\tc", "a  b c"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\u202eright to left", "\\u202eright to left"),
        ("Grüße, 你好", "Grüße, 你好"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters(), max_size=3 * MAX_TEXT))
def test_every_text_of_an_outcome_can_be_stored_and_shown(text: str) -> None:
    outcome = Outcome(OutcomeKind.REJECTED, 10**9, text, text)
    for part in (outcome.text, outcome.enhanced):
        assert part.isprintable()
        assert len(part.encode("utf-8")) <= 4 * MAX_TEXT
    assert outcome.code == 0
