"""The JSON Schema agrees with `load`, and the page docs/scenario.md knows every key of it."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from benchkit.scenario import Vocabulary, json_schema, load, starter

PAGE = Path(__file__).parents[2] / "docs" / "scenario.md"


@pytest.fixture
def checker(vocabulary: Vocabulary) -> jsonschema.Draft202012Validator:
    schema = json_schema(vocabulary)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def keys(schema: dict[str, Any]) -> Iterator[str]:
    for table in (schema, *schema["$defs"].values()):
        yield from table["properties"]


def test_the_starter_is_valid(checker: jsonschema.Draft202012Validator, base: str) -> None:
    checker.validate(tomllib.loads(starter()))
    checker.validate(tomllib.loads(base))


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        ((), "nmae", "x"),
        ((), "message", 5),
        (("load",), "blocks", 0),
        (("load",), "blokcs", 5),
        (("arm", 0), "client", "wire"),
        (("arm", 0), "transport", "uucp"),
        (("arm", 0), "password", "hunter2"),
        (("arm", 0), "connection", "frsh"),
        (("arm", 0), "connection", {"message": 5}),
    ],
)
def test_what_is_wrong_is_rejected(
    path: tuple[str | int, ...], key: str, value: object, base: str, checker: jsonschema.Draft202012Validator
) -> None:
    document: Any = tomllib.loads(base)
    table = document
    for part in path:
        table = table[part]
    table[key] = value
    assert not checker.is_valid(document)


@pytest.mark.parametrize(
    ("path", "key"),
    [((), "name"), ((), "arm"), (("message",), "from"), (("arm", 0), "name"), (("arm", 1), "transport")],
)
def test_what_is_missing_is_rejected(
    path: tuple[str | int, ...], key: str, base: str, checker: jsonschema.Draft202012Validator
) -> None:
    document: Any = tomllib.loads(base)
    table = copy.deepcopy(document)
    whole = table
    for part in path:
        table = table[part]
    del table[key]
    assert not checker.is_valid(whole)


def test_it_names_the_dialect_that_editors_know(vocabulary: Vocabulary) -> None:
    assert json_schema(vocabulary)["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]


def test_every_key_has_a_description(vocabulary: Vocabulary) -> None:
    schema = json_schema(vocabulary)
    tables = (schema, *schema["$defs"].values())
    assert [name for table in tables for name, key in table["properties"].items() if not key.get("description")] == []


def test_the_example_of_the_page_loads(vocabulary: Vocabulary, tmp_path: Path) -> None:
    example, *_ = re.findall(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    path = tmp_path / "scenario.toml"
    path.write_text(example, "utf-8")
    assert load(path, vocabulary).name == "receipts"


def test_the_page_knows_every_key_and_no_other(vocabulary: Vocabulary) -> None:
    rows = re.findall(r"^\| `([a-z_]+)`", PAGE.read_text("utf-8"), re.MULTILINE)
    assert set(rows) == set(keys(json_schema(vocabulary)))
