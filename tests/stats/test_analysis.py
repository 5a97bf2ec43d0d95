"""The whole way from a run to its summary: verdicts, what withholds them, what a run is invalid for, what it warns of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import ConditionRecord, Run, RunStatus, Table
from benchkit.model.summary import Contrast, Estimate, Summary, Verdict
from benchkit.stats.analysis import analyse
from benchkit.stats.paired import holm
from benchkit.stats.verdict import blocks_needed

Factory = Callable[..., Run]
LOADS = ("talk", "throughput", "open")


def with_rows(run: Run, rows: Any) -> Run:
    return replace(run, messages={name: column[rows] for name, column in run.messages.items()})


def with_columns(run: Run, **columns: Any) -> Run:
    return replace(run, messages={**run.messages, **columns})


def with_arms(run: Run, **changes: Any) -> Run:
    arms = tuple(replace(arm, **changes) for arm in run.manifest.arms)
    return replace(run, manifest=replace(run.manifest, arms=arms))


def with_failures(run: Run, arm: int, every: int) -> Run:
    """Each `every`-th message of the arm failed and so did not arrive."""
    failed = (run.messages["arm"] == arm) & (run.messages["send"] % every == 0)
    outcome = np.where(failed, OutcomeKind.TIMED_OUT, run.messages["outcome"]).astype("int8")
    arrived = ~np.isin(run.arrivals["send"], run.messages["send"][failed])
    arrivals = {name: column[arrived] for name, column in run.arrivals.items()}
    return replace(with_columns(run, outcome=outcome), arrivals=arrivals)


def only(summary: Summary) -> Contrast:
    (contrast,) = summary.contrasts
    return contrast


@pytest.mark.parametrize("load", LOADS)
@pytest.mark.parametrize(
    ("time", "verdict"),
    [(2.9, Verdict.SLOWER), (1.0, Verdict.EQUIVALENT), (0.5, Verdict.FASTER), (1.1, Verdict.UNDECIDED)],
)
def test_verdict(synthetic_run: Factory, load: str, time: float, verdict: Verdict) -> None:
    contrast = only(analyse(synthetic_run(times=(1.0, time), load=load, block_noise=0.02)))
    assert contrast.verdict is verdict
    assert contrast.ratio == pytest.approx(time, rel=0.05)
    assert contrast.metric == {"talk": "service", "throughput": "time per message", "open": "response"}[load]
    assert (contrast.blocks_needed is not None) == (verdict is Verdict.UNDECIDED)


def test_the_same_seed_gives_the_same_summary(synthetic_run: Factory) -> None:
    run = synthetic_run()
    assert analyse(run, seed=3) == analyse(run, seed=3)
    assert analyse(run, seed=3).contrasts != analyse(run, seed=4).contrasts


def test_ratio_and_shift_turn_round_with_the_baseline(synthetic_run: Factory) -> None:
    there = only(analyse(synthetic_run(times=(1.0, 2.9))))
    back = only(analyse(synthetic_run(times=(1.0, 2.9), baseline=1)))
    assert there.ratio is not None
    assert there.shift_ms.value is not None
    assert back.ratio == pytest.approx(1 / there.ratio)
    assert back.shift_ms.value == pytest.approx(-there.shift_ms.value)


@pytest.mark.parametrize(("rtt_ms", "expected"), [(None, None), (0.0, None), (10.0, 0.95)])
def test_shift_in_turns_where_the_rtt_is_known(
    synthetic_run: Factory, rtt_ms: float | None, expected: float | None
) -> None:
    run = synthetic_run(times=(1.0, 2.9), conditions=(ConditionRecord("c", rtt_ms),), drift=0.0)
    assert only(analyse(run)).shift_rtt == (None if expected is None else pytest.approx(expected, rel=0.05))


def test_holm_counts_every_confirmatory_contrast_and_no_copy(synthetic_run: Factory) -> None:
    times = (1.0, 1.02, 1.04, 1.0)
    only_copies = analyse(synthetic_run(times=times, aa={1: 0, 2: 0, 3: 0}))
    one_copy = analyse(synthetic_run(times=times, aa={3: 0}))
    raw = [contrast.p_value or 0.0 for contrast in only_copies.contrasts]
    assert [contrast.p_value for contrast in one_copy.contrasts] == [*holm(raw[:2]), raw[2]]


@pytest.mark.parametrize("blocks", range(1, 6))
def test_under_six_blocks_nothing_is_decided(synthetic_run: Factory, blocks: int) -> None:
    contrast = only(analyse(synthetic_run(times=(1.0, 2.9), blocks=blocks)))
    assert (contrast.blocks, contrast.ci, contrast.p_value) == (blocks, None, None)
    assert (contrast.verdict, contrast.blocks_needed) == (Verdict.UNDECIDED, 6)
    assert contrast.reasons == ("too few blocks: needs 6",)


def test_an_invalid_run_gives_no_verdict(synthetic_run: Factory) -> None:
    for run in (synthetic_run(blocks=0), synthetic_run(status=RunStatus.BROKEN)):
        summary = analyse(run)
        assert not summary.valid
        assert {contrast.verdict for contrast in summary.contrasts} == {Verdict.WITHHELD}


@pytest.mark.parametrize(
    ("ratio", "ci", "needed"),
    [
        (1.2, (1.0, 1.44), 132),
        (1.0, (0.8, 1.25), 165),
        (1.1, (1.0, 1.2), None),
        (1.1 + 1e-9, (1.0, 1.2), None),
        (1.12, (1.11, 1.13), 31),
    ],
)
def test_blocks_that_it_would_take(ratio: float, ci: tuple[float, float], needed: int | None) -> None:
    assert blocks_needed(30, ratio, ci, (0.9, 1.1)) == needed


def test_aa_that_differs_withholds_every_verdict(synthetic_run: Factory) -> None:
    summary = analyse(synthetic_run(times=(1.0, 1.4, 2.9), aa={1: 0}))
    assert not summary.valid
    assert [contrast.verdict for contrast in summary.contrasts] == [Verdict.WITHHELD] * 2
    assert summary.invalid_because == summary.contrasts[1].reasons
    assert summary.invalid_because[0].startswith("A/A differs: arm 1 against arm 0 is 1.4")


def test_failure_rates_that_differ_withhold_the_arm_s_verdict_only(synthetic_run: Factory) -> None:
    summary = analyse(with_failures(synthetic_run(times=(1.0, 2.9, 2.9)), arm=2, every=10))
    assert summary.valid
    assert [contrast.verdict for contrast in summary.contrasts] == [Verdict.SLOWER, Verdict.WITHHELD]
    assert summary.contrasts[1].reasons == ("failure rates differ: arm 2 30 of 300, arm 0 0 of 300",)
    assert "arm 2: 30 of 300 messages failed" in summary.warnings


def test_equal_failure_rates_withhold_nothing(synthetic_run: Factory) -> None:
    run = with_failures(with_failures(synthetic_run(times=(1.0, 2.9)), arm=0, every=10), arm=1, every=10)
    summary = analyse(with_arms(run, expects_faults=True))
    assert only(summary).verdict is Verdict.SLOWER
    assert not any("failed" in warning for warning in summary.warnings)


@pytest.mark.parametrize(
    ("policy", "columns", "reason"),
    [
        ("reuse", {"connection": "send"}, "arm 0: 300 connections where its policy (reuse) makes 1 at most"),
        ("reuse", {"connection": "block"}, "arm 0: 30 connections where its policy (reuse) makes 1 at most"),
        (
            "3 messages",
            {"connection": "send"},
            "arm 0: 300 connections where its policy (3 messages) makes 102 at most",
        ),
        ("fresh", {}, "arm 0: 300 messages went over a connection that was not new"),
    ],
)
def test_connections_that_are_not_what_the_arm_says(
    synthetic_run: Factory, policy: str, columns: dict[str, str], reason: str
) -> None:
    run = with_arms(synthetic_run(times=(1.0, 2.9)), connection=policy)
    broken = {name: run.messages[source].astype(run.messages[name].dtype) for name, source in columns.items()}
    contrast = only(analyse(with_columns(run, **broken)))
    assert contrast.verdict is Verdict.WITHHELD
    assert reason in contrast.reasons


def test_a_rare_reconnection_is_no_doubt_nor_is_one_that_the_scenario_asks_for(synthetic_run: Factory) -> None:
    run = synthetic_run(times=(1.0, 2.9))
    rare = with_columns(run, connection=(run.messages["send"] // 250).astype("int32"))
    asked_for = with_arms(with_columns(run, connection=run.messages["block"]), expects_faults=True)
    assert only(analyse(rare)).verdict is only(analyse(asked_for)).verdict is Verdict.SLOWER


def test_blocks_that_are_incomplete_drop_out_pairwise(synthetic_run: Factory) -> None:
    run = synthetic_run(times=(1.0, 2.9), status=RunStatus.INTERRUPTED)
    stopped = with_rows(run, np.flatnonzero(run.messages["send"] < 20 * 20 + 13))  # in the second arm of the 20th block
    stopped = replace(stopped, arrivals={name: column[: 20 * 20 + 13] for name, column in run.arrivals.items()})
    summary = analyse(stopped)
    assert (summary.valid, only(summary).blocks, only(summary).verdict) == (True, 19, Verdict.SLOWER)
    assert "arm 1 and arm 0: 11 of 30 blocks left out because they are incomplete" in summary.warnings
    assert "the run was interrupted: 207 of 620 sends were never started" in summary.warnings


def test_blocks_without_a_time_are_left_out_and_named(synthetic_run: Factory) -> None:
    run = synthetic_run(times=(1.0, 2.9))
    lost = (run.messages["arm"] == 1) & (run.messages["block"] == 4)
    outcome = np.where(lost, OutcomeKind.TIMED_OUT, run.messages["outcome"]).astype("int8")
    summary = analyse(with_columns(run, outcome=outcome))
    assert only(summary).blocks == 29
    assert "arm 1 and arm 0: 1 blocks left out because too many messages failed to give them a time" in summary.warnings


def test_numbers_of_an_arm(synthetic_run: Factory) -> None:
    arm = analyse(synthetic_run(block_noise=0, message_noise=0, drift=0)).arms[0]
    assert arm.planned == arm.accepted == arm.arrived == 300
    assert arm.service_ms["p50"] == Estimate(5.0, 5.0, 5.0)
    assert arm.service_ms["p99"] == Estimate(None, needs=400)
    assert sum(arm.phases_ms.values()) == pytest.approx(5.0)
    assert list(arm.phases_ms) == ["mail", "rcpt", "data", "content"]
    assert arm.throughput_per_s == pytest.approx(200, rel=0.001)
    assert (arm.bytes_out, arm.connections, arm.late) == (300 * 4200, 1, 0)
    assert arm.outcomes == {"accepted": 300}


def test_failures_are_counted_by_their_text(synthetic_run: Factory) -> None:
    arm = analyse(synthetic_run(failures={0: 1.0})).arms[0]
    assert arm.failure_texts == {"450 4.2.1 busy": 300}
    assert arm.outcomes == {"deferred": 300}
    assert arm.service_ms["p50"] == arm.service_ms["mean"] == Estimate(None)
    assert (arm.turns, arm.phases_ms, arm.throughput_per_s) == (None, {}, 0.0)


def test_an_enhanced_status_code_stands_once(synthetic_run: Factory) -> None:
    run = synthetic_run(failures={0: 1.0})
    texts = np.where(run.messages["text"] != "", "4.2.1 busy", "").astype(object)
    assert analyse(with_columns(run, text=texts)).arms[0].failure_texts == {"450 4.2.1 busy": 300}


def test_late_starts_of_an_open_load_are_a_warning(synthetic_run: Factory) -> None:
    run = synthetic_run(load="open")
    intended = run.messages["started_ns"] - np.where(run.messages["nth"] % 10 == 0, 2_000_000, 0)
    summary = analyse(with_columns(run, intended_ns=intended))
    assert summary.arms[0].late == 30
    assert "arm 0; arm 1: 30 of 300 messages started more than 1 ms late" in summary.warnings


@pytest.mark.parametrize(
    ("arm", "metric", "statistic", "comparison", "limit", "crossed"),
    [
        ("arm 0", "service", "p50", "<", 7.0, [False]),
        ("arm 0", "service", "p50", "<", 6.0, [True]),
        ("arm 0", "service", "p50", ">", 6.0, [False]),
        ("arm *", "failure_rate", "", "<=", 0.0, [False, True]),
        ("*", "throughput", "", ">=", 1.0, [False, False]),
        ("arm 0", "turns", "", "<=", 3.0, [True]),
        ("arm 0", "response", "p99", "<", 1.0, [None]),
        ("arm 1", "response", "p95", "<", 1e9, [True]),  # failures reach that rank: +∞ is over any limit
        ("api", "turns", "", "<", 1.0, [None]),
    ],
)
def test_thresholds(
    synthetic_run: Factory,
    arm: str,
    metric: str,
    statistic: str,
    comparison: str,
    limit: float,
    crossed: list[bool | None],
) -> None:
    threshold = {
        "key": "k", "arm": arm, "metric": metric, "statistic": statistic,
        "comparison": comparison, "limit": limit, "text": "t",
    }  # fmt: skip
    summary = analyse(synthetic_run(thresholds=[threshold], failures={1: 0.2}))
    assert [result.crossed for result in summary.thresholds] == crossed


def test_thresholds_name_the_condition_where_there_are_several(synthetic_run: Factory) -> None:
    threshold = {
        "key": "k",
        "arm": "arm 1",
        "metric": "turns",
        "statistic": "",
        "comparison": "<",
        "limit": 9.0,
        "text": "t",
    }
    conditions = (ConditionRecord("near", 1.0), ConditionRecord("far", 40.0))
    summary = analyse(synthetic_run(thresholds=[threshold], conditions=conditions, blocks=6))
    assert [result.arm for result in summary.thresholds] == ["arm 1 (near)", "arm 1 (far)"]
    assert [(arm.name, arm.condition) for arm in summary.arms] == [
        ("arm 0", "near"), ("arm 1", "near"), ("arm 0", "far"), ("arm 1", "far"),
    ]  # fmt: skip
    assert [contrast.condition for contrast in summary.contrasts] == ["near", "far"]


def test_a_broken_run_is_invalid(synthetic_run: Factory) -> None:
    summary = analyse(synthetic_run(status=RunStatus.BROKEN))
    assert summary.invalid_because == ("the run broke: one of its processes died or reported a defect",)


def test_only_copies_of_the_baseline_is_no_reason_to_warn_of_a_missing_copy(synthetic_run: Factory) -> None:
    text = "no A/A arm: nothing shows how far this machine differs from itself"
    assert text in analyse(synthetic_run()).warnings
    assert text not in analyse(synthetic_run(aa={1: 0})).warnings
    assert text not in analyse(synthetic_run(times=(1.0,))).warnings


def emptied(table: Table) -> Table:
    return {name: column[:0] for name, column in table.items()}


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_whatever_the_tables_hold_there_is_a_summary_that_json_can_write(
    synthetic_run: Factory, data: st.DataObject
) -> None:
    run: Run = synthetic_run(
        times=data.draw(st.sampled_from([(1.0,), (1.0, 1.0), (1.0, 1.0, 3.0)])),
        load=data.draw(st.sampled_from(LOADS)),
        blocks=data.draw(st.sampled_from([0, 1, 6, 8])),
        messages_per_block=data.draw(st.integers(1, 3)),
        failures=data.draw(st.dictionaries(st.integers(0, 2), st.sampled_from([0.1, 0.5, 1.0]))),
        status=data.draw(st.sampled_from(RunStatus)),
        recovered=data.draw(st.booleans()),
        embedded=data.draw(st.booleans()),
    )
    n = len(run.messages["send"])
    rows: Sequence[int] = data.draw(
        st.one_of(st.just([]), st.just([0]), st.lists(st.integers(0, n - 1)), st.just(range(n)))
    )
    run = with_rows(run, np.array(rows, dtype=np.int64))
    run = replace(run, arrivals=emptied(run.arrivals)) if data.draw(st.booleans()) else run
    run = replace(run, phases=emptied(run.phases)) if data.draw(st.booleans()) else run
    run = with_columns(run, ended_ns=run.messages["started_ns"]) if data.draw(st.booleans()) else run
    run = with_columns(run, message=run.messages["message"] + 3) if data.draw(st.booleans()) else run
    json.dumps(asdict(analyse(run)), allow_nan=False)


class LongTable(dict[str, Any]):
    """Gives its columns in parts of five rows."""

    def batches(self, *names: str) -> Iterator[Table]:
        for first in range(0, len(self[names[0]]), 5):
            yield {name: self[name][first : first + 5] for name in names}


def test_a_table_in_batches_has_the_summary_of_one_that_is_held(synthetic_run: Factory) -> None:
    run = with_failures(synthetic_run(times=(1.0, 2.0), blocks=8), arm=1, every=3)
    messages, phases, arrivals = (LongTable(table) for table in (run.messages, run.phases, run.arrivals))
    long = replace(run, messages=messages, phases=phases, arrivals=arrivals)
    assert analyse(long) == analyse(run)
