"""Which arm is compared with which: every way of sending against the baseline, and every copy against its original (A/A)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchkit.model.run import ArmRecord


@dataclass(frozen=True, slots=True)
class Pair:
    """Indices into Manifest.arms. An A/A pair sends in the same way twice: a difference in it is the ruler's error."""

    arm: int
    reference: int
    aa: bool


def pairs_of(arms: Sequence[ArmRecord]) -> list[Pair]:
    """In the order of the arms. A group of copies is represented by the baseline if it is one of them, else by its first."""
    if not arms:
        return []
    baseline = next((index for index, arm in enumerate(arms) if arm.baseline), 0)
    original = {_original(arms, index): index for index in reversed(range(len(arms)))}
    original[_original(arms, baseline)] = baseline
    references = [original[_original(arms, index)] for index in range(len(arms))]
    return [
        Pair(index, baseline, aa=False) if reference == index else Pair(index, reference, aa=True)
        for index, reference in enumerate(references)
        if index != baseline
    ]


def _original(arms: Sequence[ArmRecord], index: int) -> int:
    """The first of an arm's copies: `aa_of` points backwards only."""
    while 0 <= arms[index].aa_of < index:
        index = arms[index].aa_of
    return index
