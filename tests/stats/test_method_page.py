"""docs/method.md names everything that this room prints, with the numbers that the code goes by."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from benchkit.model.load import LoadModel
from benchkit.model.metrics import COMPARED_BY
from benchkit.model.run import LAG_NS
from benchkit.model.summary import DeliveryReport, GeneratorLoad, Verdict
from benchkit.stats import STATISTICS
from benchkit.stats.paired import min_blocks
from benchkit.stats.rate_difference import MARGIN
from benchkit.stats.saturation import MOST_BUSY, MOST_LAGGED, MOST_LATE

PAGE = (Path(__file__).parents[2] / "docs" / "method.md").read_text(encoding="utf-8")
GENERATOR = [f"`generator.{field.name}`" for field in fields(GeneratorLoad)]
TERMS = [field.name.replace("_", " ") for field in fields(DeliveryReport)]


@pytest.mark.parametrize("word", [*STATISTICS.names(), *LoadModel])
def test_names_in_code(word: str) -> None:
    assert f"`{word}`" in PAGE


@pytest.mark.parametrize("word", [*Verdict, *COMPARED_BY.values(), *TERMS, *GENERATOR])
def test_words(word: str) -> None:
    assert word in PAGE


@pytest.mark.parametrize(
    "number",
    [
        f"{min_blocks(0.95)} blocks at 95 %, {min_blocks(0.99)} at 99 %, {min_blocks(0.999)} at 99.9 %",
        f"more than {MARGIN:.1%}".replace("%", " %"),
        f"by more than {LAG_NS // 10**6} ms at once",
        f"| – | {MOST_BUSY[LoadModel.THROUGHPUT]:.0%} | {MOST_BUSY[LoadModel.OPEN]:.0%} |".replace("%", " %"),
        f"| {MOST_LAGGED:.0%}, off the CPU |".replace("%", " %"),
        f"| – | – | {MOST_LATE:.0%} |".replace("%", " %"),
    ],
)
def test_numbers(number: str) -> None:
    assert number in PAGE
