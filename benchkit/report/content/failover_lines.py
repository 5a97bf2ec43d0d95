"""What failover changed, said in one sentence for each arm that has one: failures saved, and time added, with intervals.

A verdict on time is withheld if failure rates differ; failover always makes them differ, so its effect gets a sentence of its
own.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchkit.model.arm_findings import FailoverCost
from benchkit.model.estimate import Estimate
from benchkit.model.plain_number import significant
from benchkit.model.summary import ArmSummary, Summary
from benchkit.report import numbers
from benchkit.report.content.account import label_of


def failover_sentences(summary: Summary) -> Iterator[str]:
    """Nothing of an invalid run."""
    for arm in summary.arms if summary.valid else ():
        if arm.failover_cost is not None:
            yield _sentence(summary, arm, arm.failover_cost)


def _sentence(summary: Summary, arm: ArmSummary, cost: FailoverCost) -> str:
    started = arm.accepted + arm.failed
    return (
        f"Failover of “{label_of(summary, arm)}” to “{arm.failover}” changed failures from {cost.failed_without:,} to "
        f"{arm.failed:,} of {started:,} messages ({_percent(cost.failure_rate_without)} to {_percent(arm.failure_rate)}); "
        f"{_times(cost)}."
    )


def _times(cost: FailoverCost) -> str:
    if cost.failed_over_ms.value is None:
        return "no message that failed over was accepted"
    took = f"messages that failed over took {_ms(cost.failed_over_ms)} in the median"
    if cost.others_ms.value is None:
        return f"{took}, and no other message was accepted"
    return f"{took} instead of {_ms(cost.others_ms)}, {_added(cost.added_ms)}"


def _added(added: Estimate) -> str:
    """A refusal that comes early and a quick second way may take less time than the first way does."""
    if added.value is None:
        return "and the effect on the mean of all messages is not known"
    less = added.value < 0
    if less:
        low, high = (None if end is None else -end for end in (added.high, added.low))
        added = Estimate(-added.value, low, high)
    return f"so that the mean over all messages is {_ms(added)} {'shorter' if less else 'longer'}"


def _ms(estimate: Estimate) -> str:
    value, _, interval = numbers.with_interval(estimate).partition(" ")
    return f"{value} ms {interval}".rstrip()


def _percent(rate: Estimate) -> str:
    if rate.value is None or rate.low is None or rate.high is None:
        return numbers.percent(rate.value)
    return f"{numbers.percent(rate.value)} [{significant(100 * rate.low, 3)}, {significant(100 * rate.high, 3)}]"
