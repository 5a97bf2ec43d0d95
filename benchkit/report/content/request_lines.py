"""What making the requests of API arms costs benchkit, as lines: before the clock, and within a send."""

from __future__ import annotations

from collections.abc import Iterator

from benchkit.model.summary import ArmSummary, Summary

_GOAL_US = 60.0  # within a send: what goes beyond belongs to benchkit, not to the API, and is said of each arm


def request_lines(summary: Summary) -> Iterator[str]:
    """The most expensive arm for all; those that spend much within a send each have a line."""
    arms = {arm.name: arm for arm in summary.arms if arm.request_us is not None and arm.in_send_us is not None}
    if not arms:
        return
    slowest, longest = max(arms.values(), key=_made_us), max(arms.values(), key=_within_us)
    yield (
        f"API requests are prepared before the measured time: at most {_made_us(slowest):.3g} µs a message (“{slowest.name}”); "
        f"within a send at most {_within_us(longest):.2g} µs (“{longest.name}”)"
    )
    for arm in arms.values():
        if _within_us(arm) > _GOAL_US:
            yield f"“{arm.name}” spends {_within_us(arm):.3g} µs of each send on its request, more than {_GOAL_US:g} µs"


def _made_us(arm: ArmSummary) -> float:
    return arm.request_us or 0.0


def _within_us(arm: ArmSummary) -> float:
    return arm.in_send_us or 0.0
