"""The manual is tested: a section that the house names is a section of docs/method.md."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
NAMED = re.compile(r"method\.md,? §(\d+)(?:(?:,| and) §(\d+))?")
ROOMS = ("benchkit", "tests", "scenarios", "docs", "notebooks", "benchmarks")
WRITTEN = (".py", ".toml", ".md", ".ipynb")


def test_every_section_of_the_method_that_is_named_is_there() -> None:
    sections = re.findall(r"^## (\d+)\.", (ROOT / "docs/method.md").read_text("utf-8"), re.MULTILINE)
    named = {
        (section, path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.suffix in WRITTEN
        for sections_of_one in NAMED.findall(path.read_text("utf-8"))
        for section in sections_of_one
        if section
    }
    assert len(named) > len(sections)
    assert {(section, path) for section, path in named if section not in sections} == set()
