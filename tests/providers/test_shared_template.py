"""A batch's texts as one template: what stands in it, what is a variable, and that every text comes back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.providers.shared_template import TemplateSyntax, shared_template, whole_texts

SYNTAX = TemplateSyntax(re.compile("<<"), edge="<>")


def tag(name: str) -> str:
    return f"<<{name}>>"


def filled(text: str, values: dict[str, str]) -> str:
    return re.sub(r"<<(\w+)>>", lambda found: values[found[1]], text)


# Texts → their template and the values of the first.
TEMPLATES = {
    "one text": (["Hello"], "Hello", {}),
    "all the same": (["Hello all", "Hello all"], "Hello all", {}),
    "nothing shared": (["one", "two"], "<<v0>>", {"v0": "one"}),
    "a name in a greeting": (
        ["Dear Ann, welcome to the shop.", "Dear Bo, welcome to the shop."],
        "Dear <<v0>>, welcome to the shop.",
        {"v0": "Ann"},
    ),
    "the same name twice is one variable": (
        ["Ann, your order is on its way, Ann", "Bo, your order is on its way, Bo"],
        "<<v0>>, your order is on its way, <<v0>>",
        {"v0": "Ann"},
    ),
    "a word is not cut": (["code AB12 of today's letter", "code AB34 of today's letter"],
                          "code <<v0>> of today's letter", {"v0": "AB12"}),
    "a line that some have": (
        ["The list:\n- tea\n- bread\nThank you.", "The list:\n- tea\nThank you.", "The list:\nThank you."],
        "The list:\n<<v0>>Thank you.",
        {"v0": "- tea\n- bread\n"},
    ),
    "a few letters between two variables are part of one": (
        ["Ann of Bergen, how are you today?", "Bo of Oslo, how are you today?"],
        "<<v0>>, how are you today?",
        {"v0": "Ann of Bergen"},
    ),
    "what the provider would read is a variable": (
        ["all of it << and this is the rest"], "all of it <<v0>> and this is the rest", {"v0": "<<"}
    ),
    "nothing of a tag touches a tag": (["1 > is more than the rest", "2 > is more than the rest"],
                                       "<<v0>> is more than the rest", {"v0": "1 >"}),
}  # fmt: skip


@pytest.mark.parametrize(("texts", "template", "values"), TEMPLATES.values(), ids=TEMPLATES)
def test_a_template(texts: list[str], template: str, values: dict[str, str]) -> None:
    shared = shared_template({"text": texts}, SYNTAX)
    assert shared.written(tag) == {"text": template}
    assert shared.values[0] == values
    assert [filled(template, dict(one)) for one in shared.values] == texts


def test_fields_share_variables() -> None:
    shared = shared_template({"subject": ["Hi Ann", "Hi Bo"], "text": ["Dear Ann!", "Dear Bo!"]}, SYNTAX)
    assert shared.written(tag) == {"subject": "Hi <<v0>>", "text": "Dear <<v0>>!"}
    assert [dict(values) for values in shared.values] == [{"v0": "Ann"}, {"v0": "Bo"}]


def test_whole_texts_share_a_field_only_where_all_have_the_same() -> None:
    shared = whole_texts({"subject": ["Hi", "Hi"], "text": ["Dear Ann", "Dear Bo"], "html": ["<<", "<<"]}, SYNTAX)
    assert shared.written(tag) == {"subject": "Hi", "text": "<<text>>", "html": "<<html>>"}
    assert [dict(values) for values in shared.values] == [
        {"text": "Dear Ann", "html": "<<"}, {"text": "Dear Bo", "html": "<<"},
    ]  # fmt: skip


PIECES = st.sampled_from(
    ["<", ">", "<<", ">>", "<<v0>>", "Ann", "Bo", " ", "\n", "the whole letter ", "once a month, ", "é"]
)
BATCHES = st.lists(st.lists(PIECES, max_size=12).map("".join), min_size=1, max_size=6)


@given(texts=BATCHES)
def test_every_text_comes_back(texts: list[str]) -> None:
    for share in (shared_template, whole_texts):
        shared = share({"text": texts}, SYNTAX)
        template = shared.written(tag)["text"]
        assert [filled(template, dict(values)) for values in shared.values] == texts
