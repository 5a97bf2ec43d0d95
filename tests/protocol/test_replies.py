"""Replies as outcomes: a table, and the one thing that must never happen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.model.outcome import OutcomeKind
from benchkit.protocol.replies import enhanced_status, outcome_of_refusal, outcome_of_reply

Kind = OutcomeKind
REPLIES = [
    (250, "2.0.0 Ok: queued as 1F2E3D", Kind.ACCEPTED, ""),
    (251, "will forward", Kind.GARBLED, ""),
    (220, "2.0.0 what", Kind.GARBLED, "2.0.0"),
    (450, "4.2.1 mailbox busy", Kind.DEFERRED, "4.2.1"),
    (421, "4.7.0 Too many messages from your IP", Kind.THROTTLED, "4.7.0"),
    (454, "4.7.0 Throttling failure: Maximum sending rate exceeded", Kind.THROTTLED, "4.7.0"),
    (452, "4.5.3 Too many recipients", Kind.DEFERRED, "4.5.3"),
    (451, "4.3.0 Temporary lookup failure", Kind.DEFERRED, "4.3.0"),
    (550, "5.1.1 <x@y>: Recipient address rejected", Kind.REJECTED, "5.1.1"),
    (550, "rate limit", Kind.REJECTED, ""),
    (554, "no", Kind.REJECTED, ""),
    (354, "go ahead", Kind.GARBLED, ""),
    (150, "what", Kind.GARBLED, ""),
    (-1, "Malformed SMTP response line", Kind.GARBLED, ""),
]


@pytest.mark.parametrize(("code", "text", "kind", "enhanced"), REPLIES)
def test_a_reply_to_the_content(code: int, text: str, kind: Kind, enhanced: str) -> None:
    outcome = outcome_of_reply(code, text)
    assert (outcome.kind, outcome.enhanced) == (kind, enhanced)
    assert outcome.text == ("" if kind is Kind.ACCEPTED else text)


@given(st.integers(-10, 1000), st.text(max_size=80))
def test_a_refusal_is_never_accepted(code: int, text: str) -> None:
    assert outcome_of_refusal(code, text).kind is not Kind.ACCEPTED


@pytest.mark.parametrize(
    ("text", "found"),
    [("4.2.1 busy", "4.2.1"), ("5.10.123", "5.10.123"), ("4.2.1x", ""), ("3.2.1 no", ""), (" 4.2.1", ""), ("", "")],
)
def test_enhanced_status_codes_begin_the_text(text: str, found: str) -> None:
    assert enhanced_status(text) == found
