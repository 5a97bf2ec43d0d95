"""What a message takes at other numbers: known lines are found again, and predictions follow the round trips."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benchkit.model.prediction import ArmModel, Basis, TimeLine, combined
from benchkit.model.run import ArmRecord, ConditionRecord, Run
from benchkit.model.summary import Verdict
from benchkit.stats.analysis import analyse
from benchkit.stats.prediction import compare_lines, crossing

Factory = Callable[..., Run]
ROPE = (0.9, 1.1)
SURE = TimeLine(2.0, 4.0, 1e-6, 0.0, 1e-8, 2.0)
FRESH = ArmModel(
    "smtp, fresh", "smtp", "", Basis.PASSES, 0.0, 40.0, TimeLine(6.0, 11.0, 0.04, -0.001, 0.0004, 2.0), 1.0,
    SURE, 0.0, setup_turns=7, turns_per_recipient=1.0,
)  # fmt: skip
BATCHED = ArmModel("api", "api", "", Basis.PASSES, 0.0, 40.0, SURE, 0.0, messages_per_request=1, request_turns=1.0)


@pytest.mark.parametrize(
    ("model", "numbers", "expected_ms"),
    [
        pytest.param(FRESH, {}, 6 + 11 * 10, id="as measured"),
        pytest.param(FRESH, {"messages_per_connection": 1}, 116, id="as measured, said"),
        pytest.param(FRESH, {"messages_per_connection": 2}, (116 + 42) / 2, id="half of its set-up"),
        pytest.param(FRESH, {"messages_per_connection": float("inf")}, 42, id="kept for ever: the sibling's line"),
        pytest.param(FRESH, {"recipients": 3}, 116 + 2 * 10, id="two more RCPT round trips"),
        pytest.param(replace(FRESH, turns_per_recipient=0.0), {"recipients": 3}, 116, id="pipelined recipients"),
        pytest.param(replace(FRESH, other=None), {"messages_per_connection": 2}, None, id="set-up not measured"),
        pytest.param(replace(FRESH, other=None, setup_ms=3.0), {"messages_per_connection": 2}, 116 - (3 + 70) / 2, id="phases"),
        pytest.param(BATCHED, {"messages_per_request": 5}, 42 - 0.8 * 10, id="a fifth of a request's round trip"),
    ],
)  # fmt: skip
def test_a_prediction_is_processor_time_and_round_trips(
    model: ArmModel, numbers: dict[str, Any], expected_ms: float | None
) -> None:
    assert model.at(rtt_ms=10.0, **numbers).value == (None if expected_ms is None else pytest.approx(expected_ms))


def test_an_interval_is_that_of_the_line_at_the_rtt() -> None:
    time = FRESH.at(rtt_ms=10.0)
    half = 2.0 * (0.04 - 2 * 10 * 0.001 + 100 * 0.0004) ** 0.5
    assert time.low == pytest.approx(116 - half)
    assert time.high == pytest.approx(116 + half)


def test_errors_of_combined_lines_add_up() -> None:
    line = combined(0.5, FRESH.line, 0.5, SURE)
    assert line.var_intercept == pytest.approx(0.25 * (0.04 + 1e-6))
    assert combined(1.0, TimeLine(1.0, 1.0), 1.0, SURE).var_slope is None


@pytest.mark.parametrize(
    ("arm", "verdict"),
    [
        (TimeLine(2.0, 8.0, 1e-6, 0.0, 1e-8, 2.0), Verdict.SLOWER),
        (TimeLine(2.0, 2.0, 1e-6, 0.0, 1e-8, 2.0), Verdict.FASTER),
        (SURE, Verdict.EQUIVALENT),
        (TimeLine(2.0, 4.4, 1.0, 0.0, 1.0, 2.0), Verdict.UNDECIDED),
        (TimeLine(2.0, 8.0), Verdict.UNDECIDED),
    ],
)
def test_predicted_times_are_judged_by_the_rope(arm: TimeLine, verdict: Verdict) -> None:
    assert compare_lines(arm, SURE, 10.0, ROPE).verdict is verdict


def test_lines_cross_where_both_take_equally_long() -> None:
    found = crossing(TimeLine(1.0, 5.0, 1e-4, 0.0, 1e-6, 2.0), SURE)
    assert found.found == "at"
    assert found.value == pytest.approx(1.0)
    assert crossing(TimeLine(1.0, 5.0), SURE).found == "not identified"


def swept(synthetic_run: Factory, rtts_ms: Sequence[float]) -> Run:
    """Two ways of one kind: connections that are new (11 round trips) and kept (4), 2 ms of processing each."""
    conditions = tuple(ConditionRecord(f"{rtt:g} ms link", rtt, lab=True) for rtt in rtts_ms)
    run = synthetic_run(conditions=conditions, drift=0.0, block_noise=0.001, message_noise=0.001)
    turns = np.array([11.0, 4.0])[run.messages["arm"]] * np.array(rtts_ms)[run.messages["condition"]]
    service_ns = run.messages["ended_ns"] - run.messages["started_ns"]
    ended_ns = run.messages["started_ns"] + (service_ns * 0.4 + turns * 1e6).astype("int64")
    arms = (_arm(run, 0, "fresh", baseline=False), _arm(run, 1, "reuse", baseline=True))
    manifest = replace(run.manifest, arms=arms)
    return replace(run, manifest=manifest, messages={**run.messages, "ended_ns": ended_ns})


def _arm(run: Run, number: int, connection: str, *, baseline: bool) -> ArmRecord:
    turns = {"setup_turns": 7, "message_turns": 4.0}
    return replace(run.manifest.arms[number], connection=connection, baseline=baseline, **turns)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rtts_ms", "basis"),
    [((1.0, 10.0, 20.0, 40.0), Basis.CONDITIONS), ((1.0, 20.0), Basis.TWO_RTTS), ((20.0,), Basis.ROUND_TRIPS)],
)
def test_a_run_gives_a_model_that_holds_at_rtts_between(
    synthetic_run: Factory, rtts_ms: Sequence[float], basis: Basis
) -> None:
    fresh, kept = analyse(swept(synthetic_run, rtts_ms)).models
    assert (fresh.basis, fresh.openings, kept.openings) == (basis, 1.0, 0.0)
    assert fresh.at(rtt_ms=15.0).value == pytest.approx(2 + 11 * 15, rel=0.01)
    assert kept.at(rtt_ms=15.0, messages_per_connection=7).value == pytest.approx(2 + 5 * 15, rel=0.01)
    assert fresh.at(rtt_ms=15.0, recipients=2).value == pytest.approx(2 + 12 * 15, rel=0.01)
    assert fresh.at(rtt_ms=15.0).low is not None


def test_without_an_rtt_there_is_no_model(synthetic_run: Factory) -> None:
    run = swept(synthetic_run, (5.0,))
    unknown = replace(run.manifest, conditions=(ConditionRecord("loopback", None),))
    assert analyse(replace(run, manifest=unknown)).models == ()
