"""Which arm is compared with which: every way of sending against the baseline, and every copy against its original (A/A).

A null arm sends nothing: its time is benchkit's own cost, and it is not compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchkit.model.run import ArmRecord


@dataclass(frozen=True, slots=True)
class Pair:
    """Indices into Manifest.arms. An A/A pair sends in the same way twice: a difference is an error of measurement."""

    arm: int
    reference: int
    aa: bool


def pairs_of(arms: Sequence[ArmRecord]) -> list[Pair]:
    """In the order of the arms. A group of copies is represented by the baseline if it is one of them, else by its first."""
    baseline = baseline_of(arms)
    if baseline is None:
        return []
    sending = _sending(arms)
    original = {_original(arms, index): index for index in reversed(sending)}
    original[_original(arms, baseline)] = baseline
    references = [(index, original[_original(arms, index)]) for index in sending]
    return [
        Pair(index, baseline, aa=False) if reference == index else Pair(index, reference, aa=True)
        for index, reference in references
        if index != baseline
    ]


def baseline_of(arms: Sequence[ArmRecord]) -> int | None:
    """The arm that says so, else the first; None where no arm sends."""
    sending = _sending(arms)
    return next((index for index in sending if arms[index].baseline), sending[0] if sending else None)


def _sending(arms: Sequence[ArmRecord]) -> list[int]:
    return [index for index, arm in enumerate(arms) if arm.transport != "null"]


def _original(arms: Sequence[ArmRecord], index: int) -> int:
    """The first of an arm's copies: `aa_of` points backwards only."""
    while 0 <= arms[index].aa_of < index:
        index = arms[index].aa_of
    return index
