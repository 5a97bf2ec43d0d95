"""The headline over a network: what each way takes at the longest RTT, and only where the run supports it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchkit.model.summary import (
    ArmSummary,
    BreakEven,
    ConditionSummary,
    Estimate,
    LatencyFit,
    RatioEstimate,
    Summary,
    TwoGroups,
    Verdict,
)
from benchkit.report.content import sentences
from benchkit.report.content.network_headline import network_headline

TIMES_MS = {
    "smtp, new connection": 232.4,
    "smtp, reused": 83.1,
    "api, new connection": 64.6,
    "api, reused": 21.8,
    "api, reused again": 21.9,
}
NEAR, FAR = (ConditionSummary(f"{rtt} ms link", rtt + 0.1, lab=True, note="") for rtt in (0, 20))
WHOLE = (
    "SMTP on a new connection takes 11 round trips, 232 ms at 20.1 ms RTT; the API 3 round trips, 64.6 ms. "
    "On a kept connection SMTP takes 4 round trips, 83.1 ms; the API 1 round trip, 21.8 ms. "
    "Below 0.23 ms RTT [0.05, 1] SMTP on a kept connection is faster."
)
NO_CROSSING = WHOLE.rpartition(" Below")[0]
UNDECIDED_BELOW = "Above 1 ms RTT SMTP on a kept connection is slower; for shorter RTTs this run cannot say."


def _fits(value: float | None, low: float | None, high: float | None, slope: float = 4.0) -> tuple[LatencyFit, ...]:
    crossing = BreakEven("not identified" if value is None else "at", value, low, high)
    return (
        LatencyFit("smtp, reused", "", 4.0, Estimate(slope), Estimate(0.4), crossing),
        LatencyFit("api, reused", "", 1.0, Estimate(1.0), Estimate(0.9), None),
    )


def _arm(arm: ArmSummary, condition: ConditionSummary) -> ArmSummary:
    ms = TIMES_MS[arm.name] * (condition.rtt_ms or 0.0) / 20
    return replace(
        arm, condition=condition.name, service_ms={"p50": Estimate(ms if condition is NEAR else TIMES_MS[arm.name])}
    )


@pytest.fixture
def sweep(quickstart: Summary) -> Summary:
    return replace(
        quickstart,
        conditions=(NEAR, FAR),
        arms=tuple(_arm(arm, condition) for condition in (NEAR, FAR) for arm in quickstart.arms),
        contrasts=tuple(
            replace(one, condition=condition.name) for condition in (NEAR, FAR) for one in quickstart.contrasts
        ),
        fits=_fits(0.23, 0.05, 1.0),
    )


def test_it_answers_at_the_longest_rtt_and_leads(sweep: Summary) -> None:
    assert network_headline(sweep) == WHOLE
    assert sentences.headline(sweep) == WHOLE


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"fits": ()}, NO_CROSSING),
        ({"fits": _fits(0.23, 0.0, 1.04)}, f"{NO_CROSSING} {UNDECIDED_BELOW}"),
        ({"fits": _fits(None, 0.0, 1.04)}, f"{NO_CROSSING} {UNDECIDED_BELOW}"),
        (
            {"fits": _fits(0.23, 0.05, 1.0, slope=0.5)},
            NO_CROSSING,
        ),  # SMTP gains with the RTT: the sentence would be false
        ({"fits": _fits(None, None, None)}, NO_CROSSING),
        ({"valid": False}, None),
        ({"load_model": "throughput"}, None),
        ({"conditions": (NEAR,)}, None),
        ({"conditions": (NEAR, replace(FAR, rtt_ms=None))}, None),
        ({"conditions": (replace(NEAR, name="20 ms link, 2 Mbit/s"), FAR)}, None),  # the RTT is not all that differs
        ({"arms": ()}, None),
    ],
)
def test_it_says_no_more_than_the_run_supports(sweep: Summary, changes: dict[str, Any], expected: str | None) -> None:
    assert network_headline(replace(sweep, **changes)) == expected


def test_a_withheld_verdict_at_that_rtt_withholds_the_headline(sweep: Summary) -> None:
    def withheld(condition: ConditionSummary) -> Summary:
        last = sweep.contrasts[-1]
        return replace(
            sweep, contrasts=(*sweep.contrasts[:-1], replace(last, condition=condition.name, verdict=Verdict.WITHHELD))
        )

    assert network_headline(withheld(FAR)) is None
    assert network_headline(withheld(NEAR)) == WHOLE


@pytest.mark.parametrize(
    ("connection", "expected"),
    [
        ("fresh", WHOLE.partition(" On a kept")[0]),
        (
            "reuse",
            "SMTP on a kept connection takes 4 round trips, 83.1 ms at 20.1 ms RTT; the API 1 round trip, 21.8 ms."
            + WHOLE.partition("21.8 ms.")[2],
        ),
    ],
)
def test_one_kind_of_connection_is_enough(sweep: Summary, connection: str, expected: str) -> None:
    alone = replace(sweep, arms=tuple(arm for arm in sweep.arms if arm.connection == connection))
    assert network_headline(alone) == expected


def test_several_arms_of_one_kind_give_a_range_and_no_crossing(sweep: Summary) -> None:
    kept = next(arm for arm in sweep.arms if (arm.name, arm.condition) == ("smtp, reused", FAR.name))
    assert kept.turns is not None
    fast = replace(
        kept,
        name="smtp, pipelined",
        turns=replace(kept.turns, median=2.0, mean=2.0),
        service_ms={"p50": Estimate(40.7)},
    )
    headline = network_headline(replace(sweep, arms=(*sweep.arms, fast)))
    assert headline is not None
    assert headline.endswith("SMTP takes 2 to 4 round trips, 40.7 ms to 83.1 ms; the API 1 round trip, 21.8 ms.")


@pytest.mark.parametrize("missing", [{"turns": None}, {"service_ms": {"p50": Estimate(None, needs=9)}}])
def test_an_unknown_number_is_not_told(sweep: Summary, missing: dict[str, Any]) -> None:
    arms = tuple(replace(arm, **missing) if arm.name == "smtp, new connection" else arm for arm in sweep.arms)
    headline = network_headline(replace(sweep, arms=arms))
    assert headline is not None
    assert headline.startswith("SMTP on a kept connection takes 4 round trips")


def test_a_tail_that_points_the_other_way_and_two_groups_stand_in_the_headline(sweep: Summary) -> None:
    """The median of an arm alone would mislead: a quarter of its messages take five times as long."""
    contrary = {"mean": RatioEstimate(0.9), "p90": RatioEstimate(4.0)}
    contrasts = tuple(
        replace(one, others=contrary, verdict=Verdict.SLOWER)
        if one.arm == "smtp, reused" and one.condition == FAR.name
        else one
        for one in sweep.contrasts
    )
    arms = tuple(
        replace(arm, two_groups=TwoGroups(0.25, 5.0)) if arm.name == "api, reused" else arm for arm in sweep.arms
    )
    found = network_headline(replace(sweep, contrasts=contrasts, arms=arms)) or ""
    assert found.startswith(WHOLE)
    assert "But “smtp, reused”'s mean takes 0.900× the time" in found
    assert found.count("form two groups") == 1, "of the longest link only"
    assert (
        "The times of “api, reused” form two groups: 25 % of its messages take 5.0 times as long as the others."
        in found
    )


def test_a_headline_from_few_messages_says_what_they_cannot_show(sweep: Summary) -> None:
    """Of 16 messages four may be five times slower without a second group being found."""
    few = replace(sweep, arms=tuple(replace(arm, accepted=16) for arm in sweep.arms))
    assert "With 16 messages an arm this run cannot show" in (network_headline(few) or "")
    enough = replace(sweep, arms=tuple(replace(arm, accepted=20) for arm in sweep.arms))
    assert network_headline(enough) == WHOLE


def test_a_small_group_is_the_tail_and_no_second_group(sweep: Summary) -> None:
    arms = tuple(replace(arm, two_groups=TwoGroups(0.05, 9.0)) for arm in sweep.arms)
    assert network_headline(replace(sweep, arms=arms)) == WHOLE
