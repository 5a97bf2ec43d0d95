"""What the generator itself did to an arm's numbers, as lines: why it was the limit, and the median without its standstills."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchkit.model.summary import ArmSummary, Estimate
from benchkit.report import numbers
from benchkit.report.content.notices import text
from benchkit.report.content.page import Sentence, Tone, sentence

_NOTHING = Estimate(None, needs=1)


def generator_lines(arms: Sequence[ArmSummary], duration: str) -> Iterator[Sentence]:
    """`duration` is the one that the arms' table shows."""
    for arm in arms:
        for reason in arm.saturated:
            yield sentence(f"{arm.name} is saturated: {text(reason)}", Tone.WARNING)
        if line := _standstills(arm, duration):
            yield sentence(f"{arm.name}: {line}")


def _standstills(arm: ArmSummary, duration: str) -> str:
    """Empty where the median is the same without them: then they need no line."""
    if not arm.generator.lagged:
        return ""
    times = arm.response_ms if duration == "response" else arm.service_ms
    with_them, without = (
        numbers.value_of(median, "ms") for median in (times.get("p50", _NOTHING), arm.generator.unlagged_p50_ms)
    )
    if with_them == without:
        return ""
    number, sent = arm.generator.lagged, arm.accepted + arm.failed
    return (
        f"benchkit's event loop was blocked for a tenth of the time of {number:,} of {sent:,} messages: median {duration} "
        f"{with_them} with them, {without} without"
    )
