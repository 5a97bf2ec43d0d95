"""What became of accepted mail: rates by arm and domain, test mailboxes, pairs of arms, and what decides before speed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.model.deliverability import MARGIN, RateVerdict
from benchkit.model.estimate import Estimate
from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import Run
from benchkit.report.content.delivery_decision import decision_sentences
from benchkit.stats.deliverability import deliverability
from benchkit.stats.proportion import wilson
from benchkit.stats.rate_contrasts import rate_contrast
from benchkit.stats.rate_difference import newcombe
from benchkit.testing.synthetic_run import synthesise
from tests.stats.collected import with_rows

V = RateVerdict


def run(recipients: int = 1) -> Run:
    """Two arms of 50 messages each, of a batch of five."""
    made = synthesise(times=(1.0, 2.0), blocks=5, warmup_blocks=0)
    return replace(made, manifest=replace(made.manifest, recipients=(recipients,) * 5))


def sends(made: Run, arm: int) -> list[int]:
    return [int(send) for send in made.messages["send"][made.messages["arm"] == arm]]


def test_a_run_without_events_and_mailboxes_says_nothing() -> None:
    assert deliverability(run()) is None


def test_rates_are_of_accepted_copies_and_an_arm_without_events_is_not_known() -> None:
    made = run()
    first = sends(made, 0)
    rows: list[dict[str, Any]] = [{"send": send} for send in first[:40]]
    rows += [
        {"send": send, "kind": "bounced", "bounce": "hard", "code": 550, "enhanced": "5.1.1"} for send in first[40:45]
    ]
    found = deliverability(with_rows(made, rows))
    assert found is not None
    arm, other = found.arms
    assert (arm.accepted, arm.counts["delivered"], arm.counts["bounced"], arm.unheard) == (50, 40, 5, 5)
    assert arm.rates["delivered"] == wilson(40, 50, 0.95)
    assert (arm.hard_bounces, arm.delivered_ms, arm.reasons) == (5, 800, (("5.1.1", 5),))
    assert [(one.kind, one.bounce, one.code, one.enhanced, one.count) for one in arm.refusals] == [
        ("bounced", "hard", 550, "5.1.1", 5)
    ]
    assert (other.accepted, other.unheard, other.rates["delivered"].value) == (50, 50, None)
    assert found.contrasts[0].verdict is V.NOT_KNOWN
    assert found.contrasts[0].unheard_arm == other.name


@pytest.mark.parametrize(
    ("provider", "sends_events", "expected"),
    [
        ("", False, "No provider posts events of this way: test mailboxes ("),
        ("gmail", False, "No provider posts events of this way: test mailboxes ("),
        ("mailgun", True, "Collect more events: benchkit events RUN --listen."),
    ],
)
def test_more_events_are_asked_for_only_of_an_arm_whose_provider_posts_them(
    provider: str, sends_events: bool, expected: str
) -> None:
    """Of a relay too: its provider is that of the arm."""
    made = run()
    arms = tuple(
        replace(arm, provider=provider if number else "mailgun") for number, arm in enumerate(made.manifest.arms)
    )
    found = deliverability(
        with_rows(
            replace(made, manifest=replace(made.manifest, arms=arms)), [{"send": send} for send in sends(made, 0)]
        )
    )
    assert found is not None
    assert found.contrasts[0].sends_events is sends_events
    (said,) = decision_sentences(found)
    assert expected in str(said)
    assert ("Collect" in str(said)) is sends_events


def test_a_copy_that_comes_back_later_was_not_delivered() -> None:
    made = run()
    (send, *_) = sends(made, 0)
    found = deliverability(with_rows(made, [{"send": send}, {"send": send, "kind": "bounced", "bounce": "soft"}]))
    assert found is not None
    assert (found.arms[0].counts["delivered"], found.arms[0].counts["bounced"]) == (0, 1)


def test_opens_of_programs_are_apart() -> None:
    made = run()
    one, other, *_ = sends(made, 0)
    rows = [{"send": one, "kind": "opened", "machine": 1}, {"send": other, "kind": "opened"}]
    found = deliverability(with_rows(made, rows))
    assert found is not None
    assert (found.arms[0].counts["opened"], found.arms[0].by_machines["opened"]) == (1, 1)


def test_one_event_of_a_message_tells_the_domain_of_all_of_its_sends() -> None:
    """So a domain's rate is of what was accepted for it, and not of the copies that a provider chose to name."""
    made = run()
    batch = dict(zip(made.messages["send"].tolist(), made.messages["message"].tolist(), strict=True))
    rows = []
    for arm in (0, 1):
        for number, send in enumerate(sends(made, arm)):
            if batch[send] < 2 and number < 25:
                rows.append({"send": send, "recipient_domain": f"{'ab'[batch[send]]}.example"})
    found = deliverability(with_rows(made, rows))
    assert found is not None
    for domain in found.domains:
        assert domain.accepted == 20
        assert [arm.accepted for arm in domain.arms] == [10, 10]
        assert sum(arm.counts["delivered"] for arm in domain.arms) == domain.counts["delivered"]
        assert domain.rates["delivered"].value == domain.counts["delivered"] / 20


def test_recipients_count_not_messages() -> None:
    made = run(recipients=3)
    rows = [{"send": send, "recipient_hash": recipient} for send in sends(made, 0) for recipient in range(1, 4)]
    found = deliverability(with_rows(made, rows))
    assert found is not None
    assert (found.arms[0].accepted, found.arms[0].rates["delivered"].value, found.arms[0].unheard) == (150, 1.0, 0)
    assert (found.domains[0].accepted, found.domains[0].arms[0].counts["delivered"]) == (150, 150)


def test_what_was_not_accepted_is_not_counted() -> None:
    made = synthesise(times=(1.0, 1.0), blocks=5, warmup_blocks=0, failures={1: 1.0})
    assert not (made.messages["outcome"][made.messages["arm"] == 1] == OutcomeKind.ACCEPTED).any()
    found = deliverability(with_rows(made, [{"send": sends(made, 0)[0]}]))
    assert found is not None
    assert [arm.accepted for arm in found.arms] == [50, 0]


def test_events_of_no_send_are_counted_apart() -> None:
    found = deliverability(with_rows(run(), [{"send": -1}, {"send": -1}]))
    assert found is not None
    assert (found.foreign, found.domains) == (2, ())


PIXEL = json.dumps([["pixel_added", "text/html"]])


def test_mailboxes_and_pairs() -> None:
    made = run()
    rows: list[dict[str, Any]] = [{"send": send} for send in sends(made, 0)]
    rewritten = {
        "changes": PIXEL,
        "dkim": "fail",
        "dmarc": "fail",
        "place": "junk",
        "score": "0.9",
        "symbols": '{"R_DKIM_REJECT": 1.2}',
    }
    rows += [{"send": send, **(rewritten if number < 30 else {})} for number, send in enumerate(sends(made, 1))]
    found = deliverability(with_rows(made, placements=rows))
    assert found is not None
    first, second = found.placements
    assert (first.found, dict(first.places), first.found_rate) == (50, {"inbox": 50}, wilson(50, 50, 0.95))
    assert (second.places, second.rates["junk"]) == ({"inbox": 20, "junk": 30}, wilson(30, 50, 0.95))
    assert second.result_rates["dmarc"] == wilson(20, 50, 0.95)
    (pair,) = found.pairs
    assert (pair.pairs, pair.identical, pair.identical_rate) == (50, 20, wilson(20, 50, 0.95))
    by_name = {one.what: (one.first, one.second, one.cause, one.count) for one in pair.differences}
    assert by_name == {
        "pixel_added": ("", "text/html", "made on the second way", 30),
        "dkim": ("pass", "fail", "the tracking pixel changed the body after signing", 30),
        "dmarc": ("pass", "fail", "DKIM differs", 30),
        "place": ("inbox", "junk", "other points", 30),
        "symbol R_DKIM_REJECT": ("–", "+1.2", "the tracking pixel changed the body after signing", 30),
        "score": ("-0.3", "0.9", "the symbols R_DKIM_REJECT", 30),
    }
    (contrast,) = found.contrasts
    assert (contrast.what, contrast.verdict) == ("dmarc", V.WORSE)


def test_a_mail_that_one_arm_alone_delivered_is_no_pair() -> None:
    made = run()
    found = deliverability(with_rows(made, placements=[{"send": sends(made, 0)[0]}, {"send": sends(made, 1)[7]}]))
    assert found is not None
    assert [pair.pairs for pair in found.pairs] == [0]


@pytest.mark.parametrize(
    ("rate", "base", "verdict"),
    [
        ((900, 1000), (990, 1000), V.WORSE),
        ((990, 1000), (900, 1000), V.BETTER),
        ((2000, 2000), (2000, 2000), V.LEVEL),
        ((50, 50), (50, 50), V.OPEN),
        ((49, 50), (50, 50), V.OPEN),
    ],
)
def test_verdict(rate: tuple[int, int], base: tuple[int, int], verdict: RateVerdict) -> None:
    found = rate_contrast("delivered", ("api", wilson(*rate, 0.95)), ("smtp", wilson(*base, 0.95)), 0.95)
    assert found.verdict is verdict
    assert (found.needed is not None) == (verdict is V.OPEN)


def test_few_messages_are_told_how_many_would_do() -> None:
    """Of two arms that lose nothing: 1 − 380 ÷ (380 + 1.96²) is just within a margin of one point."""
    found = rate_contrast("delivered", ("api", wilson(50, 50, 0.95)), ("smtp", wilson(50, 50, 0.95)), 0.95)
    assert found.needed is not None
    assert 380 <= found.needed <= 390


def both(rate: int, base: int, copies: int) -> tuple[tuple[str, Estimate], tuple[str, Estimate]]:
    first, second = (wilson(copies * part / 1000, copies, 0.95) for part in (rate, base))
    return ("api", first), ("smtp", second)


@given(
    rate=st.integers(0, 1000), base=st.integers(0, 1000), copies=st.sampled_from([20, 100, 400]),
)  # fmt: skip
def test_as_many_as_are_needed_decide(rate: int, base: int, copies: int) -> None:
    sides = both(rate, base, copies)
    found = rate_contrast("delivered", *sides, 0.95)
    if found.verdict is V.OPEN and found.needed is not None:
        assert found.needed > copies
        again = both(rate, base, found.needed)
        assert rate_contrast("delivered", *again, 0.95).verdict is not V.OPEN
    elif found.verdict is V.OPEN:
        assert abs(abs(rate - base) / 1000 - MARGIN) < 1e-3  # at the margin itself no sample decides


@given(
    st.integers(0, 50), st.integers(0, 50), st.integers(50, 90), st.integers(50, 90),
)  # fmt: skip
def test_newcombe_is_antisymmetric_and_holds_the_difference(a: int, b: int, n: int, m: int) -> None:
    one, other = wilson(a, n, 0.95), wilson(b, m, 0.95)
    found, back = newcombe(one, other), newcombe(other, one)
    assert found.low is not None
    assert found.high is not None
    assert found.value == pytest.approx(a / n - b / m)
    assert -1 <= found.low <= a / n - b / m <= found.high <= 1
    assert back.low == pytest.approx(-found.high)
    assert back.high == pytest.approx(-found.low)


def test_newcombe_agrees_with_his_paper() -> None:
    """Newcombe 1998, table II, method 10: 56/70 and 48/80, 9/10 and 3/10."""
    for first, second, low, high in (((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090)):
        found = newcombe(wilson(*first, 0.95), wilson(*second, 0.95))
        assert found.low == pytest.approx(low, abs=1e-4)
        assert found.high == pytest.approx(high, abs=1e-4)


def test_a_rate_that_is_not_known_has_no_difference() -> None:
    assert newcombe(Estimate(None), wilson(1, 2, 0.95)) == Estimate(None)
