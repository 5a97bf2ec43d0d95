"""Positions: a table of TOML's shapes, and the law that every key of any document is found where it is written."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from benchkit.scenario.locate import KeyPath, locate, split_key

ROWS: list[tuple[str, KeyPath, tuple[int, int]]] = [
    ("a = 1", ("a",), (1, 1)),
    ("\n  a = 1", ("a",), (2, 3)),
    ("# a = 1\na = 2", ("a",), (2, 1)),
    ("a.b = 1", ("a", "b"), (1, 3)),
    ("a . b = 1", ("a", "b"), (1, 5)),
    ('"a.b".c = 1', ("a.b", "c"), (1, 7)),
    ("'a b' = 1", ("a b",), (1, 1)),
    ('"\\u00e9" = 1', ("é",), (1, 1)),
    ("[t]\na = 1", ("t",), (1, 2)),
    ("[t]\na = 1", ("t", "a"), (2, 1)),
    ("[ t . u ]\na = 1", ("t", "u", "a"), (2, 1)),
    ("[[t]]\na = 1\n[[t]]\na = 2", ("t", 1), (3, 3)),
    ("[[t]]\na = 1\n[[t]]\na = 2", ("t", 1, "a"), (4, 1)),
    ("[[t]]\n[[t.u]]\n[[t]]\n[[t.u]]\n[[t.u]]\na = 1", ("t", 1, "u", 1, "a"), (6, 1)),
    ("[[t]]\n[t.u]\na = 1", ("t", 0, "u", "a"), (3, 1)),
    ("a = [1, 2]", ("a", 1), (1, 9)),
    ("a = [ # one\n  1,\n  2, # two\n]\nb = 3", ("a", 1), (3, 3)),
    ("a = [ # one\n  1,\n  2, # two\n]\nb = 3", ("b",), (5, 1)),
    ("a = [[1], [2, 3]]", ("a", 1, 1), (1, 15)),
    ("a = [{ b = 1 }, { b = 2 }]", ("a", 1, "b"), (1, 19)),
    ("a = { b = { c = 1 }, d = 2 }\ne = 1", ("a", "b", "c"), (1, 13)),
    ("a = { b = { c = 1 }, d = 2 }\ne = 1", ("a", "d"), (1, 22)),
    ("a = {}\nb = []\nc = 1", ("c",), (3, 1)),
    ('a = "x = 1 # no"\nb = 1', ("b",), (2, 1)),
    ('a = "\\"]"\nb = 1', ("b",), (2, 1)),
    ("a = '\\'\nb = 1", ("b",), (2, 1)),
    ('a = """\nb = 1\n\\""" """\nb = 2', ("b",), (4, 1)),
    ('a = """x"""""\nb = 1', ("b",), (2, 1)),
    ("a = '''\n[b]\n'''\nb = 1", ("b",), (4, 1)),
    ("a = 1979-05-27 07:32:00 # then\nb = 1", ("b",), (2, 1)),
    ("a = 1\n[t]\n[t.u]\n[v]\nb = 1", ("v", "b"), (5, 1)),
    ("ü = 1".replace("ü", '"ü"') + " # ä\nb = 1", ("b",), (2, 1)),
]


@pytest.mark.parametrize(("text", "path", "place"), ROWS)
def test_position(text: str, path: KeyPath, place: tuple[int, int]) -> None:
    tomllib.loads(text)
    assert locate(text)[path] == place


KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(["a", "b", "a.b", "#", "]", "="])
LEAVES = st.integers(-9, 9) | st.booleans() | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(LEAVES, lambda v: st.lists(v, max_size=3) | st.dictionaries(KEYS, v, max_size=3), max_leaves=12)


def paths(node: Any, path: KeyPath = ()) -> set[KeyPath]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return {path, *(below for key, value in items for below in paths(value, (*path, key)))}


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_every_key_of_any_document_is_found(document: dict[str, Any]) -> None:
    text = tomlkit.dumps(document).replace("\r\n", "\n")
    assert {(), *locate(text)} == paths(tomllib.loads(text))


@pytest.mark.parametrize(
    ("text", "segments"), [("a.0.b=1", ("a", "0", "b")), ('t."x.y"=1', ("t", "x.y")), ("a = 1", ("a",))]
)
def test_split_key(text: str, segments: tuple[str, ...]) -> None:
    found, end = split_key(text)
    assert found == segments
    assert text[end] == "="
