"""What failover saves and costs, on runs whose failures and times are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import Run
from benchkit.stats.analysis import analyse

Synthetic = Callable[..., Run]
SHARE = 10  # each tenth message fails over


def with_failover(run: Run, *, slower_ns: int, accepted_there: bool = True) -> Run:
    """Arm 0's own server does not take each tenth message; the other way takes it, or refuses it too."""
    rows = dict(run.messages)
    over = (rows["arm"] == 0) & (rows["message"] % SHARE == 0)
    rows["failed_over"] = over
    rows["started_ns"] = np.where(over, rows["started_ns"] - slower_ns, rows["started_ns"])
    if not accepted_there:
        rows["outcome"] = np.where(over, OutcomeKind.DEFERRED, rows["outcome"]).astype(rows["outcome"].dtype)
    first, *others = run.manifest.arms
    arms = (replace(first, failover=others[0].name), *others)
    return replace(run, messages=rows, manifest=replace(run.manifest, arms=arms))


@pytest.mark.parametrize("accepted_there", [True, False])
def test_failures_without_failover_are_what_its_own_server_did_not_take(
    accepted_there: bool, synthetic_run: Synthetic
) -> None:
    arm = analyse(with_failover(synthetic_run(), slower_ns=50_000_000, accepted_there=accepted_there)).arms[0]
    cost = arm.failover_cost
    assert cost is not None
    assert cost.failed_without == arm.failed_over > 0
    assert arm.failed == (0 if accepted_there else arm.failed_over)
    rate = cost.failure_rate_without
    assert rate.low is not None
    assert rate.high is not None
    assert rate.low < arm.failed_over / (arm.accepted + arm.failed) < rate.high
    assert (cost.failed_over_ms.value is None) == (not accepted_there)


@pytest.mark.parametrize("slower_ns", [50_000_000, -200_000])
def test_the_time_it_adds_is_the_share_of_what_a_message_takes_longer(slower_ns: int, synthetic_run: Synthetic) -> None:
    """Also where an early refusal and a quick second way take less time."""
    arm = analyse(with_failover(synthetic_run(drift=0.0), slower_ns=slower_ns)).arms[0]
    cost = arm.failover_cost
    assert cost is not None
    added, longer_ms = cost.added_ms.value, slower_ns / 1e6
    assert added is not None
    share = arm.failed_over / arm.accepted
    assert added == pytest.approx(share * longer_ms, abs=0.1 * share)
    assert cost.added_ms.low is not None
    assert cost.added_ms.high is not None
    assert cost.added_ms.low <= added <= cost.added_ms.high
    assert cost.failed_over_ms.value is not None
    assert cost.others_ms.value is not None
    assert cost.failed_over_ms.value - cost.others_ms.value == pytest.approx(longer_ms, abs=0.1)


def test_an_arm_without_messages_that_failed_over_has_no_cost_of_it(synthetic_run: Synthetic) -> None:
    assert all(arm.failover_cost is None for arm in analyse(synthetic_run()).arms)
