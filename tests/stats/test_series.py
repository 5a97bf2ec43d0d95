"""Curves and rates over time, from runs whose answer is known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchkit.model.run import Run
from benchkit.stats.sample import measured_samples
from benchkit.stats.series import MOST_STRETCHES, over_time, percentile_curve

Factory = Callable[..., Run]


def test_a_curve_reaches_from_the_fastest_to_the_slowest_message(synthetic_run: Factory) -> None:
    run = synthetic_run(blocks=20)
    sample = measured_samples(run)[0, 0]
    service_ms = sorted((sample.rows["ended_ns"] - sample.rows["started_ns"]) / 1e6)
    curve = percentile_curve(run, sample)
    found = dict(curve.points)
    assert [found[p] for p in (0.0, 50.0, 100.0)] == pytest.approx([service_ms[0], service_ms[99], service_ms[-1]])
    assert [value for _, value in curve.points] == sorted(value for _, value in curve.points)


def test_failures_end_a_curve(synthetic_run: Factory) -> None:
    run = synthetic_run(blocks=20, failures={0: 0.3})
    last, _ = percentile_curve(run, measured_samples(run)[0, 0]).points[-1]
    assert 60 <= last <= 75


@pytest.mark.parametrize("blocks", [1, 39, 40, 41, 400])
def test_stretches_hold_every_message_once(synthetic_run: Factory, blocks: int) -> None:
    run = synthetic_run(blocks=blocks, failures={0: 0.1})
    sample = measured_samples(run)[0, 0]
    found = over_time(run, sample)
    assert len(found) <= MOST_STRETCHES
    assert sum(one.accepted + one.failed for one in found) == sample.started
    assert sum(one.failed for one in found) == sample.failed
    assert [one.started_s for one in found] == sorted(one.started_s for one in found)


def test_a_rate_is_that_of_the_arms_own_time(synthetic_run: Factory) -> None:
    """Messages of 5 ms one after the other are 200 a second, however long other arms take between."""
    run = synthetic_run(times=(1.0, 9.0), drift=0.0, block_noise=0.0, message_noise=0.0)
    for one in over_time(run, measured_samples(run)[0, 0]):
        assert one.rate_per_s == pytest.approx(200, rel=0.01)
