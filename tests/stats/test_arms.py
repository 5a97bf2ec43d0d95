"""The numbers of an arm, its failures by their text, and the thresholds that are held against them."""

from __future__ import annotations

import numpy as np
import pytest

from benchkit.model.durations import service_ns
from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import ConditionRecord
from benchkit.model.summary import Estimate
from benchkit.stats import STATISTICS
from benchkit.stats.analysis import analyse
from benchkit.stats.proportion import wilson
from benchkit.stats.sample import measured_samples, milliseconds_or_infinite
from tests.stats.varied import Factory, with_arms, with_columns


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


def test_messages_that_share_a_request_are_one_sample(synthetic_run: Factory) -> None:
    """With all messages of a block in one request, the interval is the one of the 30 requests."""
    run = synthetic_run(drift=0.0)
    first = np.arange(len(run.messages["send"])) // 10 * 10
    stamps = {name: run.messages[name][first] for name in ("intended_ns", "started_ns", "ended_ns")}
    shared = with_arms(with_columns(run, **stamps), messages_per_request=10)
    alone = milliseconds_or_infinite(service_ns(measured_samples(shared)[0, 0].rows)[::10], np.full(30, True))
    arm = analyse(shared).arms[0]
    expected = STATISTICS["mean"](alone, 0.95)
    assert arm.service_ms["mean"].low == pytest.approx(expected.low)
    assert arm.service_ms["p50"].low is not None
    assert STATISTICS["p50"](alone, 0.95).low is not None
    assert arm.service_ms["p50"].low <= (STATISTICS["p50"](alone, 0.95).low or 0.0)
    assert arm.service_ms["p95"].needs == 800  # 80 requests
    assert arm.effective is not None
    assert arm.effective <= 30


def test_messages_that_share_a_request_fail_as_one(synthetic_run: Factory) -> None:
    run = synthetic_run()
    first = np.arange(len(run.messages["send"])) // 10 * 10
    outcome = np.where(first % 50 == 0, OutcomeKind.DEFERRED, run.messages["outcome"])
    started_ns = run.messages["started_ns"][first]
    arm = analyse(with_arms(with_columns(run, started_ns=started_ns, outcome=outcome), messages_per_request=10)).arms[0]
    assert 0 < arm.failed < 300
    independent = wilson(arm.failed, 300, 0.95)
    assert arm.failure_rate.value == independent.value
    assert (arm.failure_rate.high or 0.0) > 2 * (independent.high or 0.0) - (independent.value or 0.0)


def test_messages_of_a_block_that_resemble_each_other_widen_every_interval(synthetic_run: Factory) -> None:
    alike = analyse(synthetic_run(block_noise=0.2, message_noise=0.05, drift=0.0)).arms[0].service_ms
    apart = analyse(synthetic_run(block_noise=0.0, message_noise=0.2, drift=0.0)).arms[0].service_ms
    for name in ("p50", "mean"):
        widths = [(one[name].high or 0.0) - (one[name].low or 0.0) for one in (alike, apart)]
        assert widths[0] > 1.8 * widths[1]


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


@pytest.mark.parametrize(
    ("arm", "metric", "statistic", "comparison", "limit", "crossed"),
    [
        ("arm 0", "service", "p50", "<", 7.0, [False]),
        ("arm 0", "service", "p50", "<", 6.0, [True]),
        ("arm 0", "service", "p50", ">", 6.0, [False]),
        ("arm *", "failure_rate", "", "<=", 0.0, [False, True]),
        ("arm *", "failure_rate", "", "<", 0.05, [False, True]),
        ("arm *", "failure_rate", "", "<", 0.001, [None, True]),  # none of 300 may still be 1.3 %
        ("arm 1", "failure_rate", "", ">", 0.199, [None]),
        ("arm 1", "failure_rate", "", ">", 0.05, [False]),
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


def test_a_rate_that_few_messages_do_not_prove_says_how_many_would(synthetic_run: Factory) -> None:
    threshold = {
        "key": "k", "arm": "arm 0", "metric": "failure_rate", "statistic": "", "comparison": "<", "limit": 0.001, "text": "t",
    }  # fmt: skip
    (found,) = analyse(synthetic_run(thresholds=[threshold], blocks=6, messages_per_block=2)).thresholds
    assert (found.crossed, found.value) == (None, 0.0)
    assert abs(found.needs - 3838) <= 2
