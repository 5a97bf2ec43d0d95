"""The tally of a run that goes on, against the summary of the whole run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import ConditionRecord, Run
from benchkit.report.content.live import live_lines, live_table
from benchkit.stats.analysis import analyse
from benchkit.stats.live import LiveTally

Factory = Callable[..., Run]
LINKS = (ConditionRecord("near", 1.0, lab=True), ConditionRecord("far", 9.0, lab=True))


def tally_of(run: Run, part: int = 37) -> LiveTally:
    """In parts, as a spool's batches come."""
    tally, count = LiveTally(), len(run.messages["send"])
    for start in range(0, count, part):
        tally.add({name: column[start : start + part] for name, column in run.messages.items()})
    return tally


def test_after_the_last_message_it_agrees_with_the_summary(synthetic_run: Factory) -> None:
    run = synthetic_run(conditions=LINKS, failures={0: 0.1})
    tally, arms = tally_of(run), analyse(run).arms
    assert tally.recorded == len(run.messages["send"])
    for number, arm in enumerate(arms):
        found = tally.arms[divmod(number, 2)]
        assert (found.sent, found.accepted) == (arm.accepted + arm.failed, arm.accepted)
        assert found.median_ms == pytest.approx(arm.service_ms["p50"].value, rel=0.01)
        assert found.rate_per_s == pytest.approx(arm.throughput_per_s)


def test_a_median_that_failures_reach_is_not_known(synthetic_run: Factory) -> None:
    tally = tally_of(synthetic_run(failures={0: 0.9}))
    assert tally.arms[0, 0].median_ms is None
    assert tally.arms[0, 0].outcomes[OutcomeKind.DEFERRED] > 0


def test_what_is_shown_is_of_the_link_that_is_measured_now(synthetic_run: Factory) -> None:
    run = synthetic_run(conditions=LINKS, failures={1: 0.2})
    first = {name: column[: len(column) // 2] for name, column in run.messages.items()}
    tally = LiveTally()
    tally.add(first)
    assert live_table(run.manifest, tally).columns[0].heading == "so far on near"
    tally.add({name: column[len(column) // 2 :] for name, column in run.messages.items()})
    shown = live_table(run.manifest, tally)
    assert shown.columns[0].heading == "so far on far"
    assert "deferred" in shown.rows[1][3].text
    assert [line.partition(":")[0] for line in live_lines(run.manifest, tally)] == ["arm 0 on far", "arm 1 on far"]


def test_the_time_left_goes_by_the_speed_so_far(synthetic_run: Factory) -> None:
    run = synthetic_run(drift=0.0)
    count = len(run.messages["send"])
    assert LiveTally().left_s(count) is None
    tally = tally_of(run)
    taken_s = float(np.ptp(np.stack([run.messages["started_ns"], run.messages["ended_ns"]]))) / 1e9
    assert tally.left_s(count) == 0
    assert tally.left_s(2 * count) == pytest.approx(taken_s)
