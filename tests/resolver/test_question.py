"""The question as bytes: what is encoded by hand is what dnspython makes of the same name."""

from __future__ import annotations

import dns.message
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchkit.resolver.names import text_name, wire_name
from benchkit.resolver.question import question_of

LABELS = st.text("abcXYZ019-_\u212a\u00fc\\ \n", max_size=65)
NAMES = st.lists(LABELS, max_size=6).map(".".join)


@given(NAMES)
@example("a" * 63 + ".example")
@example("a" * 64 + ".example")
@example(".".join(["a" * 49] * 5) + ".abc")  # 253 characters, as long as a name can be
@example(".".join(["a" * 49] * 5) + ".abcd")
@example(".".join(["a" * 49] * 5) + ".abc.")
@example("Shop.Example.")
@example("_\u212a")  # lower case it is ASCII
@example("shop.example..")
@example("shop.example\n")
@example(".")
@example("")
def test_a_name_is_encoded_as_dnspython_does(name: str) -> None:
    question, expected = question_of(name, "TXT"), wire_name(name)
    if expected is None:
        assert question is None
    else:
        assert question is not None
        assert question.text == text_name(expected)
        assert question.section[:-4] == expected.to_wire()
        assert question.name == expected


@pytest.mark.parametrize("kind", ["TXT", "A", "AAAA", "MX", "NS", "CNAME", "TLSA", "NSEC"])
def test_the_question_is_read_back(kind: str) -> None:
    question = question_of("_dmarc.Shop.example", kind)
    assert question is not None
    query = dns.message.from_wire(question.wire(7))
    assert query.question[0].to_text() == f"_dmarc.shop.example. IN {kind}"
    assert (query.id, query.edns) == (7, 0)
