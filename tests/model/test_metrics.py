"""One list of metrics: whatever a scenario may put a threshold on, the statistics know, and every load has its own."""

from __future__ import annotations

from benchkit.model.load import LoadModel
from benchkit.model.metrics import COMPARED_BY, MEASURES
from benchkit.stats.thresholds import DURATIONS, NUMBERS, SHARES


def test_every_measure_has_a_value_and_a_base_unit() -> None:
    assert {*DURATIONS, *NUMBERS, *SHARES} == {*MEASURES}
    assert all(1.0 in measure.units.values() for measure in MEASURES.values())
    assert {*DURATIONS} == {metric for metric, measure in MEASURES.items() if measure.of_sample}


def test_arms_are_compared_under_every_load() -> None:
    assert {*COMPARED_BY} == {*LoadModel}
