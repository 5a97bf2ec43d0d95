"""Verdicts become English here: a table of contrasts and the sentence that each must give."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.model.summary import (
    ConditionSummary,
    Contrast,
    DeliveryReport,
    Estimate,
    RatioEstimate,
    Summary,
    Verdict,
)
from benchkit.report.content import sentences
from tests.report.recorded import recorded

LINK = "on loopback (RTT 0.031 ms)"
WHERE = f"{LINK} in this run"
MORE = "1.20 ms more [1.10, 1.30]"
THAN = f"than “api, reused” {WHERE}: {MORE}, 11 round trips against 1."


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {},
            f"“smtp, new connection” is 2.9× slower in the median [2.7, 3.1] {THAN}",
        ),
        (
            {"verdict": Verdict.FASTER, "ratio": 0.5, "ci": (0.4, 0.625)},
            f"“smtp, new connection” is 2.0× faster in the median [1.6, 2.5] {THAN}",
        ),
        (
            {"verdict": Verdict.EQUIVALENT, "ratio": 1.02, "ci": (0.98, 1.05)},
            (
                f"“smtp, new connection” takes as long as “api, reused” in the median {WHERE}: 1.02× the time [0.98, 1.05], "
                f"{MORE}, 11 round trips against 1."
            ),
        ),
        (
            {"verdict": Verdict.UNDECIDED, "ratio": 1.08, "ci": (0.95, 1.22), "blocks_needed": 1200},
            (
                "Undecided whether “smtp, new connection” is slower or faster than “api, reused” in the median "
                f"{WHERE}: 1.08× the time [0.95, 1.22]; about 1,200 blocks would decide it in nine of ten runs."
            ),
        ),
        (
            {"verdict": Verdict.UNDECIDED, "ratio": 1.08, "ci": (0.95, 1.22), "blocks_needed": 13_988},
            (
                "Undecided whether “smtp, new connection” is slower or faster than “api, reused” in the median "
                f"{WHERE}: 1.08× the time [0.95, 1.22]; this plan cannot decide it in a sensible time: that takes more than "
                "2,000 blocks."
            ),
        ),
        (
            {"verdict": Verdict.UNDECIDED, "ratio": 1.1, "ci": (1.05, 1.15)},
            (
                "Undecided whether “smtp, new connection” is slower or faster than “api, reused” in the median "
                f"{WHERE}: 1.10× the time [1.05, 1.15]; more blocks would not help."
            ),
        ),
        (
            {"verdict": Verdict.UNDECIDED, "ratio": 2.0, "ci": None, "reasons": recorded("too few blocks: needs 6")},
            (
                "Undecided whether “smtp, new connection” is slower or faster than “api, reused” in the median "
                f"{WHERE}: 2.00× the time; too few blocks: needs 6."
            ),
        ),
        (
            {"verdict": Verdict.WITHHELD, "reasons": recorded("connections were not reused", "A/A differs")},
            (
                f"No verdict on “smtp, new connection” against “api, reused” {LINK}, because connections were not reused; "
                "A/A differs."
            ),
        ),
        (
            {
                "aa": True,
                "arm": "api, reused again",
                "verdict": Verdict.EQUIVALENT,
                "ratio": 1.0,
                "ci": (0.98, 1.03),
                "detectable": 1.08,
            },
            (
                f"A/A: “api, reused again” and “api, reused”, which send in the same way, show no difference {WHERE}: "
                "1.00× the time [0.98, 1.03]; a bias of 8 % would have shown in nine of ten such runs."
            ),
        ),
        (
            {
                "aa": True,
                "arm": "api, reused again",
                "verdict": Verdict.UNDECIDED,
                "ratio": 1.0,
                "ci": (0.8, 1.25),
                "detectable": 1.08,
            },
            (
                "A/A: “api, reused again” and “api, reused”, which send in the same way, differ no more than chance "
                f"explains {WHERE}: 1.00× the time [0.80, 1.25]; a bias of 8 % would have shown in nine of ten such runs."
            ),
        ),
        (
            {
                "aa": True,
                "arm": "api, reused again",
                "verdict": Verdict.UNDECIDED,
                "ratio": 0.96,
                "ci": (0.85, 0.98),
                "detectable": 1.08,
            },
            (
                f"A/A: “api, reused again” and “api, reused”, which send in the same way, {WHERE}: 0.96× the time "
                "[0.85, 0.98]: a difference, but one that the rule for A/A pairs allows "
                "(docs/method.md, §7); a bias of 8 % would have shown in nine of ten such runs."
            ),
        ),
        (
            {"verdict": Verdict.FASTER, "ratio": 0.2, "ci": (0.11, 0.88)},
            f"“smtp, new connection” is 5.00× faster in the median [1.14, 9.09] {THAN}",
        ),
        (
            {"aa": True, "verdict": Verdict.WITHHELD, "ratio": None, "ci": None},
            (
                "A/A: “smtp, new connection” and “api, reused”, which send in the same way, "
                f"{WHERE}: the ratio is not known, but the run gives no reason."
            ),
        ),
        (
            {"condition": "elsewhere"},
            (
                "“smtp, new connection” is 2.9× slower in the median [2.7, 3.1] than “api, reused” on elsewhere "
                f"(RTT not known) in this run: {MORE}."
            ),
        ),
    ],
)
def test_sentence(quickstart: Summary, changes: dict[str, Any], expected: str) -> None:
    assert sentences.sentence(quickstart, replace(quickstart.contrasts[3], **changes)) == expected


def test_equal_turns_are_said_once(quickstart: Summary) -> None:
    same = replace(quickstart.contrasts[1], arm="api, reused again")
    assert sentences.sentence(quickstart, same).endswith(", 1 round trip each.")


def test_smtp_against_api_leads_like_with_like_before_the_stronger_and_aa_ends(quickstart: Summary) -> None:
    ranked = [contrast.arm for contrast in sentences.by_weight(quickstart)]
    assert ranked == ["smtp, reused", "smtp, new connection", "api, new connection", "api, reused again"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"rtt_ms": 0.99}, True),
        ({"rtt_ms": 1.0}, False),
        ({"rtt_ms": None}, False),
        ({"lab": True}, False),
        ({"note": "measured on plain loopback, because X is missing"}, True),
    ],
)
def test_a_ratio_without_a_network_says_so(quickstart: Summary, changes: dict[str, Any], expected: bool) -> None:
    condition = replace(quickstart.conditions[0], **changes)
    assert (sentences.no_distance(replace(quickstart, conditions=(condition,))) is not None) == expected


@pytest.mark.parametrize(
    ("embedded", "note", "advised"), [(True, "", True), (False, "", False), (True, "measured on loopback", False)]
)
def test_a_link_is_advised_only_where_the_scenario_may_have_one(
    quickstart: Summary, embedded: bool, note: str, advised: bool
) -> None:
    """A scenario with another's servers refuses [network]."""
    condition = replace(quickstart.conditions[0], embedded=embedded, note=note)
    said = sentences.no_distance(replace(quickstart, conditions=(condition,)))
    assert said is not None
    assert ("--set network" in said) == advised


@pytest.mark.parametrize("aa", [False, True])
@pytest.mark.parametrize("verdict", [Verdict.SLOWER, Verdict.FASTER, Verdict.UNDECIDED])
@pytest.mark.parametrize("ratio", [0.0, math.inf])
def test_failures_that_reach_the_median_are_said_and_are_no_ratio(
    quickstart: Summary, ratio: float, verdict: Verdict, aa: bool
) -> None:
    contrast = replace(quickstart.contrasts[3], ratio=ratio, ci=None, verdict=verdict, aa=aa)
    said = sentences.sentence(quickstart, contrast)
    assert f"half of the messages of “{contrast.arm if ratio else contrast.baseline}” failed" in said
    assert "the time" not in said
    assert "×" not in said


@pytest.mark.parametrize(
    ("between", "said"),
    [
        ((171, 400), "likely 171 to 400"),
        ((171, 1_000_000), "likely from 171 to more than 1,000,000"),
        ((1_000_000, 1_000_000), "likely more than 1,000,000"),
    ],
)
def test_a_capped_number_of_blocks_is_no_estimate(quickstart: Summary, between: tuple[int, int], said: str) -> None:
    contrast = replace(
        quickstart.contrasts[3], verdict=Verdict.UNDECIDED, blocks_needed=300, blocks_needed_range=between
    )
    assert sentences.sentence(quickstart, contrast).endswith(f"{said}.")


def test_a_decided_contrast_goes_before_a_larger_undecided_one(quickstart: Summary) -> None:
    undecided = replace(quickstart.contrasts[3], verdict=Verdict.UNDECIDED, ratio=9.0)
    ranked = sentences.by_weight(replace(quickstart, contrasts=(undecided, quickstart.contrasts[1])))
    assert [contrast.verdict for contrast in ranked] == [Verdict.FASTER, Verdict.UNDECIDED]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"valid": False, "invalid_because": recorded("a", "b")}, "INVALID: a; b"),
        ({"valid": False}, "INVALID: the run gives no reason"),
        ({"contrasts": ()}, "No verdict: there is no arm to compare with the baseline."),
    ],
)
def test_headline_without_a_verdict(quickstart: Summary, changes: dict[str, Any], expected: str) -> None:
    assert sentences.headline(replace(quickstart, **changes)) == expected


def test_basis_names_metric_blocks_and_rope(quickstart: Summary) -> None:
    assert sentences.basis(quickstart) == (
        "Ratios are of the median service time, paired by block over 30 blocks, with 95 % intervals; "
        "0.90 to 1.10 counts as no difference. There are 3 contrasts; the intervals hold each."
    )


@given(
    verdict=st.sampled_from(Verdict),
    ratio=st.none() | st.floats(1e-3, 1e3),
    rtt_ms=st.none() | st.floats(0.001, 900),
    aa=st.booleans(),
)
def test_no_ratio_without_its_link(verdict: Verdict, ratio: float | None, rtt_ms: float | None, aa: bool) -> None:
    contrast = Contrast(
        arm="a", baseline="b", condition="c", metric="service", blocks=9, ratio=ratio, p_value=None, verdict=verdict, aa=aa,
        ci=(ratio * 0.9, ratio * 1.1) if ratio else None, shift_ms=Estimate(None), shift_rtt=None,
    )  # fmt: skip
    said = sentences.sentence(_only(contrast, rtt_ms), contrast)
    assert "c (RTT " in said
    assert said.endswith(".")
    assert "nan" not in said


def _only(contrast: Contrast, rtt_ms: float | None) -> Summary:
    return Summary(
        run="r", scenario="s", question="", status="complete", valid=True, invalid_because=(), load_model="talk",
        rope=(0.9, 1.1), confidence=0.95, conditions=(ConditionSummary("c", rtt_ms, lab=False, note=""),), arms=(),
        contrasts=(contrast,), thresholds=(), account=DeliveryReport(*[0] * 10), overhead_us={}, warnings=(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("verdict", "ratio", "mean", "cautioned"),
    [
        (Verdict.FASTER, 0.8, 1.3, True),
        (Verdict.FASTER, 0.8, 0.9, False),
        (Verdict.FASTER, 0.8, None, True),
        (Verdict.SLOWER, 1.3, 0.9, True),
        (Verdict.SLOWER, 1.3, 1.1, False),
        (Verdict.EQUIVALENT, 1.0, 1.2, True),
        (Verdict.EQUIVALENT, 1.0, 1.05, False),
    ],
)
def test_a_mean_that_points_the_other_way_stands_in_the_headline(
    quickstart: Summary, verdict: Verdict, ratio: float, mean: float | None, cautioned: bool
) -> None:
    others = {"mean": RatioEstimate(mean)}
    contrast = replace(
        quickstart.contrasts[0], aa=False, verdict=verdict, ratio=ratio, ci=(ratio, ratio), others=others
    )
    assert (" But its mean " in sentences.sentence(quickstart, contrast)) is cautioned
