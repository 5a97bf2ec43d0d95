"""What sending costs the client itself, as lines: processor time, where the requests of API arms are made, DKIM signatures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchkit.model.plain_number import significant
from benchkit.model.summary import ArmSummary, Summary
from benchkit.report import numbers

_GOAL_US = 60.0  # within a send: what goes beyond belongs to benchkit, not to the API, and is said of each arm


def request_lines(summary: Summary) -> Iterator[str]:
    """The most expensive arm for all; those that spend much within a send each have a line."""
    arms = {arm.name: arm for arm in summary.arms if arm.request_us is not None and arm.in_send_us is not None}
    if not arms:
        return
    slowest, longest = max(arms.values(), key=_made_us), max(arms.values(), key=_within_us)
    yield (
        f"API requests are prepared before the measured time: at most {significant(_made_us(slowest), 3)} µs a message "
        f"(“{slowest.name}”); "
        f"within a send at most {significant(_within_us(longest), 2)} µs (“{longest.name}”)"
    )
    for arm in arms.values():
        if _within_us(arm) > _GOAL_US:
            spent, goal = significant(_within_us(arm), 3), significant(_GOAL_US)
            yield f"“{arm.name}” spends {spent} µs of each send on its request, more than {goal} µs"


def cpu_line(arms: Sequence[ArmSummary]) -> str:
    """What a message costs the client's processor, by arm: what batches and templates save beside round trips and bytes."""
    known = [f"{arm.name} {numbers.decimal(arm.cpu_us, 'µs')}" for arm in arms if arm.cpu_us is not None]
    return f"Client's processor time a message: {' · '.join(known)}" if known else ""


def _made_us(arm: ArmSummary) -> float:
    return arm.request_us or 0.0


def _within_us(arm: ArmSummary) -> float:
    return arm.in_send_us or 0.0


def signature_lines(arms: Sequence[ArmSummary]) -> Iterator[str]:
    """`smtp signs with DKIM (d=shop.example s=mail rsa-2048): 0.6 ms a message, before the measured time; 583 bytes`."""
    for arm in arms:
        if arm.dkim and arm.signing_us is not None and arm.signature_bytes is not None:
            time = f"{significant(arm.signing_us / 1000, 2)} ms a message, before the measured time"
            cost = f"{time}; {arm.signature_bytes:,.0f} bytes"
            yield f"{arm.name} signs with DKIM ({arm.dkim}): {cost}"
