"""Plain words: a short list of archaic ones stands in no text of the repository, neither shown to users nor in comments."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WORDS = (
    "nobody", "somebody", "whoever", "whomever", "whom", "whence", "thence", "dearest", "mend", "mends", "mended", "mending",
    "heed", "heeds", "heeded", "lest", "in vain", "thereof", "trod", "of ours", "vouch", "vouches", "good-bye", "keeper",
    "anew", "ought", "naught", "seldom", "albeit", "hitherto", "ruler", "confesses", "dossier", "farewell",
    "thereby", "whereby", "wherein", "therein", "thereupon", "whereupon", "hereby", "wherefore", "hence", "whilst", "amongst",
    "unto", "upon", "amid", "perchance", "betwixt", "yonder", "behold", "alas", "thrice", "befalls", "goodbye",
    "dearer", "crooked", "doubted", "bears", "far-sighted", "vanishing", "in earnest", "just so", "as ever",
    "for want of", "rack apart", "must needs", "by the way", "put to the test", "the very bytes", "in its turn", "is told as",
)  # fmt: skip
ARCHAIC = re.compile(rf'(?<!")\b(?:{"|".join(WORDS)})\b(?!")', re.IGNORECASE)  # in quotation marks they are names
IS_NO = re.compile(
    r"(?<!there )\bis no (?:address|folder|form|index|JSON|key|message|policy|report|tag|type|XML)\b", re.IGNORECASE
)
SHOWN = ("benchkit",)  # of these rooms every string is read by someone, of the others docstrings and comments
ROOMS = (*SHOWN, "tests", "benchmarks", ".ci")
EXEMPT = {  # data, not words of benchkit's own
    "tests/test_plain_words.py",
    "benchkit/audit/tables/role_names.py",
}
PAGES = (
    "*.md",
    "docs/*.md",
    "docs/*.svg",
    "scenarios/**/*",
    "notebooks/*.ipynb",
    "benchkit/**/*.toml",
    "benchkit/**/*.json",
    "benchkit/**/*.js",
    "Makefile",
    "pyproject.toml",
)


def python_files() -> list[Path]:
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")) if _name(path) not in EXEMPT]


def pages() -> list[Path]:
    found = {path for pattern in PAGES for path in ROOT.glob(pattern) if path.is_file()}
    return sorted(path for path in found if path.suffix not in (".png", ".pdf", ".csv"))


def test_pages_scenarios_and_notebooks_are_plain() -> None:
    assert [hit for path in pages() for hit in _hits(_name(path), path.read_text("utf-8"))] == []


@pytest.mark.parametrize("room", ROOMS)
def test_python_is_plain(room: str) -> None:
    files = [path for path in python_files() if path.is_relative_to(ROOT / room)]
    assert files
    assert [hit for path in files for text in _texts(path, room) for hit in _hits(_name(path), text)] == []


@pytest.mark.parametrize("text", ["Nobody reads it.", "three lookups in vain", "Mend the term", "`x` is no address: …"])
def test_the_list_catches(text: str) -> None:
    assert list(_hits("a text", text))


@pytest.mark.parametrize("text", ['as the user "nobody"', "no one", "mendacious", "recommend", "the void lookup"])
def test_the_list_passes(text: str) -> None:
    assert not list(_hits("a text", text))


def _texts(path: Path, room: str) -> Iterator[str]:
    source = path.read_text("utf-8")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    for node in ast.walk(ast.parse(source)):
        if room in SHOWN and isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value


def _hits(where: str, text: str) -> Iterator[str]:
    for line in text.splitlines():
        for hit in (*ARCHAIC.finditer(line), *IS_NO.finditer(line)):
            yield f"{where}: “{hit[0]}” in: {line.strip()[:100]}"


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
