"""Which arms are compared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchkit.model.run import ArmRecord
from benchkit.stats.pairs import Pair, pairs_of


def arms(aa_of: tuple[int, ...], baseline: int | None) -> list[ArmRecord]:
    return [
        ArmRecord(f"arm {i}", "smtp", "wire", "reuse", "none", "", "", i == baseline, embedded=True, aa_of=original)
        for i, original in enumerate(aa_of)
    ]


@pytest.mark.parametrize(
    ("aa_of", "baseline", "expected"),
    [
        ((), None, []),
        ((-1,), 0, []),
        ((-1, -1, -1), 1, [Pair(0, 1, aa=False), Pair(2, 1, aa=False)]),
        ((-1, -1), None, [Pair(1, 0, aa=False)]),
        ((-1, -1, 1), 1, [Pair(0, 1, aa=False), Pair(2, 1, aa=True)]),
        ((-1, -1, 1), 2, [Pair(0, 2, aa=False), Pair(1, 2, aa=True)]),
        ((-1, -1, 1), 0, [Pair(1, 0, aa=False), Pair(2, 1, aa=True)]),
        ((-1, 0, 1, -1), 1, [Pair(0, 1, aa=True), Pair(2, 1, aa=True), Pair(3, 1, aa=False)]),
        ((-1, 0, 0), 2, [Pair(0, 2, aa=True), Pair(1, 2, aa=True)]),
    ],
    ids=[
        "no arm", "one arm", "no copy", "no baseline named", "copy of the baseline", "the baseline is the later copy",
        "copy of another arm", "copy of a copy", "only copies",
    ],
)  # fmt: skip
def test_pairs(aa_of: tuple[int, ...], baseline: int | None, expected: list[Pair]) -> None:
    assert pairs_of(arms(aa_of, baseline)) == expected


@pytest.mark.parametrize(
    ("null", "baseline", "expected"),
    [
        ({2}, 0, [Pair(1, 0, aa=False)]),
        ({0}, None, [Pair(2, 1, aa=False)]),
        ({0}, 0, [Pair(2, 1, aa=False)]),
        ({0, 1, 2}, None, []),
    ],
    ids=["an arm", "where the automatic baseline would be", "as the baseline", "nothing else"],
)
def test_a_null_arm_is_compared_with_nobody(null: set[int], baseline: int | None, expected: list[Pair]) -> None:
    mixed = [
        replace(arm, transport="null") if index in null else arm
        for index, arm in enumerate(arms((-1, -1, -1), baseline))
    ]
    assert pairs_of(mixed) == expected
