"""What a median hides, shown beside it: a mean or a tail that points the other way, and times that form two groups."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from benchkit.model.counts import counted
from benchkit.model.summary import ArmSummary, Contrast, RatioEstimate, Summary, Verdict
from benchkit.report import numbers
from benchkit.stats.two_groups import FEWEST

_STATISTICS = {"p90": "90th percentile", "p95": "95th percentile", "mean": "mean"}
_LEAST_SHARE = 0.1  # a smaller group of slow messages is the tail, which has contrasts of its own


def cautions(summary: Summary, contrast: Contrast) -> list[str]:
    """Of one contrast; nothing where mean and tail agree with its median, and both arms have enough messages in one group."""
    arms = [
        arm
        for arm in summary.arms
        if arm.condition == contrast.condition and arm.name in (contrast.arm, contrast.baseline)
    ]
    return [*_contrary(summary, contrast), *_two_groups(arms), *_too_few(arms)]


def cautions_of_link(summary: Summary, condition: str) -> list[str]:
    """Of every arm of a condition, each said once."""
    contrasts = [one for one in summary.contrasts if one.condition == condition and not one.aa]
    contrary = (caution for one in contrasts for caution in _contrary(summary, one, f"“{one.arm}”'s"))
    copies = {one.arm for one in summary.contrasts if one.aa}
    arms = [arm for arm in summary.arms if arm.condition == condition and arm.name not in copies]
    return [*contrary, *_two_groups(arms), *_too_few(arms)]


def _contrary(summary: Summary, contrast: Contrast, whose: str = "its") -> Iterator[str]:
    found = [name for name, other in contrast.others.items() if _points_elsewhere(summary, contrast, other)]
    statistics = [f"{_STATISTICS[name]} {_times(contrast.others[name])}" for name in found if name in _STATISTICS]
    if statistics:
        joined = f" and {whose} ".join(statistics)
        yield f"But {whose} {joined}: some of its messages are much slower or faster than its median."


def _points_elsewhere(summary: Summary, contrast: Contrast, other: RatioEstimate) -> bool:
    low, high = summary.rope
    value = math.inf if other.ratio is None else other.ratio
    if contrast.verdict is Verdict.FASTER:
        return value > 1
    return value < 1 if contrast.verdict is Verdict.SLOWER else not low <= value <= high


def _times(other: RatioEstimate) -> str:
    fails = other.ratio is None or math.isinf(other.ratio)
    return "fails" if fails else f"takes {numbers.decimal(other.ratio)}× the time"


def _two_groups(arms: Iterable[ArmSummary]) -> Iterator[str]:
    for arm in arms:
        groups = arm.two_groups
        if groups is not None and groups.slow_share >= _LEAST_SHARE:
            yield (
                f"The times of “{arm.name}” form two groups: {numbers.percent(groups.slow_share)} of its messages take "
                f"{groups.times_slower:.1f} times as long as the others."
            )


def _too_few(arms: Iterable[ArmSummary]) -> Iterator[str]:
    """A quarter of slow messages stays unseen in so small a sample."""
    fewest = min((arm.accepted for arm in arms), default=FEWEST)
    if fewest < FEWEST:
        yield (
            f"With {counted(fewest, 'message')} an arm this run cannot show whether some messages are much slower than the "
            f"median: that takes at least {FEWEST}."
        )
