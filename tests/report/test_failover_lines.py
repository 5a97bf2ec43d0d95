"""The sentence on what failover changed stands in the answer, whatever becomes of the verdict on time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchkit.model.arm_findings import FailoverCost
from benchkit.model.summary import Estimate, Summary
from benchkit.report.content.failover_lines import failover_sentences
from benchkit.report.content.summary_page import page_of

COST = FailoverCost(
    failed_without=20,
    failure_rate_without=Estimate(0.0667, 0.04, 0.1),
    failed_over_ms=Estimate(61.0, 55.0, 68.0),
    others_ms=Estimate(12.1, 11.9, 14.1),
    added_ms=Estimate(4.0, 2.2, 5.7),
)
TOOK = "messages that failed over took 61 ms [55, 68] in the median"
INSTEAD = f"{TOOK} instead of 12.1 ms [11.9, 14.1], so that the mean over all messages is"
SAVED = "changed failures from 20 to 0 of 300 messages (6.67 % [4, 10] to 0 % [0, 1.26]); "


def with_cost(summary: Summary, cost: FailoverCost) -> Summary:
    first, *others = summary.arms
    return replace(summary, arms=(replace(first, failover="api, reused", failover_cost=cost), *others))


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        (COST, f"{INSTEAD} 4.0 ms [2.2, 5.7] longer."),
        (replace(COST, added_ms=Estimate(-0.88, -1.18, -0.57)), f"{INSTEAD} 0.88 ms [0.57, 1.18] shorter."),
        (replace(COST, failed_over_ms=Estimate(None, needs=1)), "no message that failed over was accepted."),
        (replace(COST, others_ms=Estimate(None, needs=1)), f"{TOOK}, and no other message was accepted."),
    ],
)
def test_what_failover_changed(quickstart: Summary, cost: FailoverCost, said: str) -> None:
    (sentence,) = failover_sentences(with_cost(quickstart, cost))
    assert sentence.endswith(SAVED + said)


def test_it_stands_in_the_answer_and_not_in_an_invalid_run(quickstart: Summary) -> None:
    summary = with_cost(quickstart, COST)
    assert SAVED in str(page_of(summary))
    assert not list(failover_sentences(replace(summary, valid=False)))
