"""Whatever the file says, `load` gives a scenario or an InputError whose mistakes all have a place in the file."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from benchkit.errors import InputError, Mistake
from benchkit.scenario import Vocabulary, load, starter

RICH = starter().replace("# [[arm.fault]]", "[[arm.fault]]").replace("# at =", "at =").replace("# status", "status")
WORDS = [
    "smtp",
    "api",
    "null",
    "open",
    "fresh",
    "embedded",
    "<table>",
    "<plain>",
    "*.turns",
    "\x00",
    "a@b",
    "../x" * 99,
]
KEYS = [
    "fault",
    "limit",
    "server",
    "password",
    "delay_ms",
    "options",
    "auth",
    "to",
    "text",
    "host",
    "<list>",
    "env",
    "rtt_ms",
]
SCALARS = (
    st.sampled_from(WORDS)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.booleans()
    | st.dates()
)
VALUES = st.recursive(
    SCALARS, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.sampled_from(KEYS), v, max_size=3), max_leaves=6
)


def slots(node: Any) -> list[tuple[Any, Any]]:
    """Every container of a document with each of its keys."""
    items = list(node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ())
    return [(node, key) for key, _ in items] + [slot for _, value in items for slot in slots(value)]


@st.composite
def mutations(draw: st.DrawFn) -> str:
    document = copy.deepcopy(tomllib.loads(RICH))
    for _ in range(draw(st.integers(1, 4))):
        if not (places := slots(document)):
            break
        container, key = draw(st.sampled_from(places))
        if draw(st.booleans()):
            container[key] = draw(VALUES)
        elif isinstance(container, dict) and draw(st.booleans()):
            container[draw(st.sampled_from(KEYS))] = draw(VALUES)
        else:
            del container[key]
    return tomlkit.dumps(document)


@st.composite
def cuts(draw: st.DrawFn) -> str:
    begin, length = draw(st.integers(0, len(RICH))), draw(st.integers(0, 40))
    return (
        RICH[:begin]
        + draw(st.sampled_from(["", "[", "]", '"', "=", "\r", "\n", "{", "é", "\x00"]))
        + RICH[begin + length :]
    )


def mistakes(path: Path, text: str, vocabulary: Vocabulary, *overrides: str) -> tuple[Mistake, ...]:
    path.write_bytes(text.encode())
    try:
        load(path, vocabulary, overrides)
    except InputError as error:
        return error.mistakes
    return ()


def placed(mistake: Mistake, text: str) -> bool:
    return 1 <= mistake.line <= text.count("\n") + 1 and mistake.column >= 1


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any") / "scenario.toml"


@settings(max_examples=200)
@given(text=mutations())
def test_any_values(text: str, path: Path, vocabulary: Vocabulary) -> None:
    assert all(placed(mistake, text) for mistake in mistakes(path, text, vocabulary))


@settings(max_examples=200)
@given(text=cuts())
def test_any_text(text: str, path: Path, vocabulary: Vocabulary) -> None:
    assert all(placed(mistake, text) for mistake in mistakes(path, text, vocabulary))


@settings(max_examples=100)
@given(override=st.text(max_size=12) | st.builds("{}={}".format, st.sampled_from(["arm.0", "load", "name"]), st.text()))
def test_any_override(override: str, base: str, path: Path, vocabulary: Vocabulary) -> None:
    found = mistakes(path, base, vocabulary, override)
    assert all(mistake.where == "--set" or placed(mistake, base) for mistake in found)
