"""The whole way from a run to its summary: verdicts, and what whatever stands in the tables must not break."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchkit.model.run import ConditionRecord, Run, RunStatus, Table
from benchkit.model.summary import Verdict
from benchkit.report.content.notices import texts
from benchkit.report.summary_json import to_json
from benchkit.stats.analysis import analyse
from benchkit.stats.paired import holm, median_interval
from benchkit.stats.verdict import blocks_needed
from tests.stats.varied import Factory, only, with_columns, with_failures, with_rows

LOADS = ("talk", "throughput", "open")


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


def test_the_same_run_gives_the_same_summary(synthetic_run: Factory) -> None:
    run = synthetic_run()
    assert analyse(run) == analyse(run)


def test_ratio_and_shift_turn_round_with_the_baseline(synthetic_run: Factory) -> None:
    there = only(analyse(synthetic_run(times=(1.0, 2.9))))
    back = only(analyse(synthetic_run(times=(1.0, 2.9), baseline=1)))
    assert there.ratio is not None
    assert there.shift_ms.value is not None
    assert back.ratio == pytest.approx(1 / there.ratio)
    assert back.shift_ms.value == pytest.approx(-there.shift_ms.value)


@pytest.mark.parametrize(("rtt_ms", "expected"), [(None, None), (0.0, None), (0.9, None), (10.0, 0.95)])
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
    assert texts(contrast.reasons) == ("too few blocks: needs 6",)


@pytest.mark.parametrize(
    ("ratio", "ci", "needed"),
    [
        (1.2, (1.0, 1.44), 361),
        (1.0, (0.8, 1.25), 510),
        (1.1, (1.0, 1.2), None),
        (1.1 + 1e-9, (1.0, 1.2), None),
        (1.12, (1.11, 1.13), 31),
    ],
)
def test_blocks_that_it_would_take(ratio: float, ci: tuple[float, float], needed: int | None) -> None:
    """For 90 % power: 2.74 times as many as bring the interval's end to the edge, which half of such runs would miss."""
    found, between = blocks_needed(30, ratio, ci, (0.9, 1.1), 0.95)
    assert found == needed
    assert (between is None) == (needed is None)
    if between and needed:
        assert between[0] <= needed <= between[1]


def test_that_many_blocks_do_decide_nine_times_in_ten() -> None:
    draw = np.random.default_rng(11)
    needed, _ = blocks_needed(30, 1.0, (float(np.exp(-1.96 * 0.02)), float(np.exp(1.96 * 0.02))), (0.9, 1.1), 0.95)
    assert needed is not None
    # the standard error of a median of normal values is 1.2533 times that of their mean
    sd = 0.02 * 30**0.5 / 1.2533
    inside = [median_interval(draw.normal(0.0, sd, needed), 0.95) or (-9.0, 9.0) for _ in range(300)]
    decided = sum(np.log(0.9) <= low and high <= np.log(1.1) for low, high in inside) / 300
    assert decided >= 0.86  # 0.90, with room for 300 runs


def emptied(table: Table) -> Table:
    return {name: column[:0] for name, column in table.items()}


@settings(max_examples=120)
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
    json.dumps(to_json(analyse(run)), allow_nan=False)


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


@pytest.mark.parametrize(
    ("messages", "names"), [(5, {"mean"}), (9, {"mean"}), (10, {"p90", "mean"}), (20, {"p90", "p95", "mean"})]
)
def test_a_tail_of_a_block_takes_messages_in_it(synthetic_run: Factory, messages: int, names: set[str]) -> None:
    contrast = only(analyse(synthetic_run(times=(1.0, 2.0), blocks=6, messages_per_block=messages)))
    assert contrast.others.keys() == names
