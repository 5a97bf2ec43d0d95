"""Where the times do not compare and the mail differs, the first sentence is about the mail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchkit.model.deliverability import ArmPair, Deliverability, PairDifference
from benchkit.model.estimate import Estimate
from benchkit.model.summary import Summary, Verdict
from benchkit.report.content import sentences
from benchkit.report.content.content_headline import content_headline

DIFFERENCES = (PairDifference("links_rewritten", "", "", "", 50), PairDifference("score", "0.1", "2.4", "", 50))
PAIR = ArmPair("smtp", "api", 50, 0, Estimate(0.0), DIFFERENCES)


def mail_only(summary: Summary, pair: ArmPair = PAIR, verdict: Verdict = Verdict.WITHHELD) -> Summary:
    contrasts = tuple(replace(one, verdict=verdict) for one in summary.contrasts)
    return replace(summary, contrasts=contrasts, deliverability=Deliverability(pairs=(pair,)))


def test_the_difference_in_content_is_the_headline(quickstart: Summary) -> None:
    assert sentences.headline(mail_only(quickstart)) == (
        "“smtp” and “api” deliver different mail: 50 of 50 pairs of the same message differ. Links rewritten; "
        "score: 0.1 against 2.4."
    )


@pytest.mark.parametrize("verdict", [Verdict.SLOWER, Verdict.EQUIVALENT, Verdict.UNDECIDED])
def test_times_that_compare_come_first(quickstart: Summary, verdict: Verdict) -> None:
    assert content_headline(mail_only(quickstart, verdict=verdict)) is None


def test_identical_mail_and_invalid_runs_have_no_such_headline(quickstart: Summary) -> None:
    same = replace(PAIR, identical=50, differences=())
    assert content_headline(mail_only(quickstart, same)) is None
    assert content_headline(replace(mail_only(quickstart), valid=False)) is None
