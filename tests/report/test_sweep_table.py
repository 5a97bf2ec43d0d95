"""The verdicts of a sweep: each ratio under its condition, whole at every width, and no sentence for what the table says."""

from __future__ import annotations

import io
import itertools
from dataclasses import replace

import pytest
from rich.console import Console

from benchkit.model.summary import ConditionSummary, Summary, Verdict
from benchkit.report.terminal import render
from tests.report.recorded import recorded

RTTS_MS = (0.03, 2.04, 10.1, 40.1, 200.2)


@pytest.fixture
def sweep(quickstart: Summary) -> Summary:
    """The quickstart's contrasts at five round-trip times, each with a ratio of its own."""
    conditions = tuple(ConditionSummary(f"{rtt:.0f} ms link", rtt, lab=True, note="") for rtt in RTTS_MS)
    contrasts = [
        replace(contrast, condition=condition.name, ratio=contrast.ratio and contrast.ratio + number / 100)
        for (number, condition), contrast in itertools.product(enumerate(conditions), quickstart.contrasts)
    ]
    arms = [replace(arm, condition=one.name) for one, arm in itertools.product(conditions, quickstart.arms)]
    return replace(quickstart, conditions=conditions, contrasts=tuple(contrasts), arms=tuple(arms))


def shown(summary: Summary, width: int) -> str:
    out = io.StringIO()
    render(summary, Console(file=out, width=width))
    return out.getvalue().partition("Arms on")[0]


def with_verdict(sweep: Summary, arm: str, condition: str, verdict: Verdict, *reasons: str) -> Summary:
    changed = [
        replace(one, verdict=verdict, reasons=recorded(*reasons), blocks_needed=70)
        if (one.arm, one.condition) == (arm, condition)
        else one
        for one in sweep.contrasts
    ]
    return replace(sweep, contrasts=tuple(changed))


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_every_ratio_stands_whole_under_its_condition(sweep: Summary, width: int) -> None:
    out = shown(sweep, width)
    assert max(map(len, out.splitlines())) <= width
    assert "…" not in out
    for number, condition in enumerate(sweep.conditions):
        assert f"RTT {condition.rtt_ms:.3g}".rstrip("0") in out
        assert f"{2.9 + number / 100:.1f}× slower" in out
        assert f"A/A {1.004 + number / 100:.2f}×" in out


def test_one_table_where_there_is_room(sweep: Summary) -> None:
    assert shown(sweep, 200).count("against the") == 1
    assert shown(sweep, 60).count("against the") > 1


def test_what_the_table_says_is_not_said_again(sweep: Summary) -> None:
    assert "•" not in shown(sweep, 120)


def test_a_faster_arm_is_told_by_a_number_above_one(sweep: Summary) -> None:
    assert f"{1 / 0.84:.2f}× faster" in shown(sweep, 200)


@pytest.mark.parametrize(
    ("verdict", "reasons", "cell", "expected"),
    [
        (Verdict.WITHHELD, ("3 of 40 messages missing",), "no verdict", "because 3 of 40 messages missing"),
        (Verdict.UNDECIDED, (), "0.86× undecided", "about 70 blocks would decide it"),
        (Verdict.EQUIVALENT, (), "0.86× the same", None),
    ],
)
def test_what_has_more_to_say_is_told_below(
    sweep: Summary, verdict: Verdict, reasons: tuple[str, ...], cell: str, expected: str | None
) -> None:
    out = " ".join(shown(with_verdict(sweep, "smtp, reused", "10 ms link", verdict, *reasons), 200).split())
    assert cell in out
    assert out.count("•") == (expected is not None)
    assert expected is None or expected in out


def test_a_pair_that_one_condition_lacks_is_not_known_there(sweep: Summary) -> None:
    kept = [one for one in sweep.contrasts if (one.arm, one.condition) != ("smtp, reused", "40 ms link")]
    rows = shown(replace(sweep, contrasts=tuple(kept)), 200).splitlines()
    assert "–" in next(row for row in rows if row.startswith("smtp, reused"))
