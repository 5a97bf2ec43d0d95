"""Wrong statistics: failures that are left out, intervals that claim too much, and calls that change what they are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from benchkit.model.estimate import Clusters
from benchkit.model.summary import Estimate
from benchkit.stats import STATISTICS
from benchkit.testing.statistic_suite import StatisticCase, StatisticSuite
from tests.conformance.mutants.mutant import Altered, Mutant
from tests.conformance.test_statistics import FORMULAS

BETTER, WORSE = "test_a_failure_never_makes_it_better", "test_many_failures_make_it_infinite_or_worse"
Change = Callable[[Any], Any]


class Wrong(Altered):
    """The sample changed before, the estimate after; without `clusters` where they are not read."""

    def __init__(
        self, name: str, before: Change, after: Callable[[Estimate], Estimate], *, blocks: bool = True
    ) -> None:
        super().__init__(STATISTICS[name], before=before, after=after, blocks=blocks)

    def __call__(self, values: Any, confidence: float, clusters: Clusters | None = None) -> Estimate:
        sample = self.before(values)
        if clusters is not None and len(sample) < len(values):
            clusters = None
        found: Estimate = self._real(sample, confidence, clusters if self.blocks else None)
        after: Estimate = self.after(found)
        return after


class OneConfidence(Altered):
    def __call__(self, values: Any, confidence: float, clusters: Clusters | None = None) -> Estimate:
        found: Estimate = self._real(values, 0.8, clusters)
        return found


class NeedsNothing(Altered):
    """A value of whatever there is."""

    def __call__(self, values: Any, confidence: float, clusters: Clusters | None = None) -> Estimate:
        found: Estimate = self._real(values, confidence, clusters)
        return replace(found, value=float(np.max(values))) if found.needs and len(values) else found


def same(thing: Any) -> Any:
    return thing


def finite(values: Any) -> Any:
    return values[np.isfinite(values)]


def sorted_in_place(values: Any) -> Any:
    values.sort()
    return values


def narrowed(share: float) -> Callable[[Estimate], Estimate]:
    def change(found: Estimate) -> Estimate:
        if found.value is None or found.low is None or found.high is None:
            return found
        low, high = (found.value + share * (end - found.value) for end in (found.low, found.high))
        return replace(found, low=low, high=high)

    return change


class WholeRange(Altered):
    """The smallest and the largest value as the interval: always true, and says nothing."""

    def __call__(self, values: Any, confidence: float, clusters: Clusters | None = None) -> Estimate:
        found: Estimate = self._real(values, confidence, clusters)
        return found if found.value is None else replace(found, low=float(np.min(values)), high=float(np.max(values)))


def as_numpy(found: Estimate) -> Estimate:
    return replace(found, high=np.float64(found.high)) if found.high is not None else found


def infinite(found: Estimate) -> Estimate:
    return replace(found, value=float("inf")) if found.value is None and not found.needs else found


ROWS: list[tuple[str, str, str, Any]] = [
    ("p95", BETTER, "failures dropped", Wrong("p95", finite, same)),
    ("mean", WORSE, "failures dropped", Wrong("mean", finite, same)),
    ("p95", BETTER, "a failure is a time of 0", Wrong("p95", lambda v: np.nan_to_num(v, posinf=0.0), same)),
    ("mean", WORSE, "a failure is the mean of the rest", Wrong("mean", lambda v: np.nan_to_num(v, posinf=1.13), same)),
    ("p50", "test_a_sample_of_failures_has_no_value_and_no_number_of_samples_helps", "failures need more samples",
     Wrong("p50", same, lambda found: Estimate(None, needs=1) if found.value is None else found)),
    ("p95", "test_its_interval_holds_the_truth", "an interval of half the width", Wrong("p95", same, narrowed(0.5))),
    ("mean", "test_its_interval_holds_the_truth", "a standard error without a t", Wrong("mean", same, narrowed(0.51))),
    ("p50", "test_its_interval_holds_the_truth_where_values_of_a_block_are_correlated", "blocks ignored",
     Wrong("p50", same, same, blocks=False)),
    ("p90", "test_correlated_values_make_the_interval_wider", "blocks ignored", Wrong("p90", same, same, blocks=False)),
    ("p95", "test_more_confidence_is_a_wider_interval", "always the same confidence", OneConfidence(STATISTICS["p95"])),
    ("p99", "test_what_it_needs_is_enough_and_one_less_is_not", "a value of too few", NeedsNothing(STATISTICS["p99"])),
    ("p50", "test_the_order_of_the_sample_does_not_matter_nor_is_it_changed", "sorts what it is given",
     Wrong("p50", sorted_in_place, same)),
    ("p50", "test_everything_that_comes_out_can_be_written_as_json", "numpy's numbers", Wrong("p50", same, as_numpy)),
    ("mean", "test_everything_that_comes_out_can_be_written_as_json", "infinity as a number", Wrong("mean", same, infinite)),
    ("p95", "test_it_is_what_its_formula_says", "another quantile", Altered(STATISTICS["p90"], name="p95")),
    ("p50", "test_more_data_is_a_narrower_interval", "the whole range as the interval", WholeRange(STATISTICS["p50"])),
    ("p50", "test_it_scales_with_the_unit", "a floor of a millisecond", Wrong("p50", lambda v: np.maximum(v, 1.0), same)),
]  # fmt: skip


def mutants() -> Iterator[Mutant]:
    for name, test, fault, wrong in ROWS:
        right = StatisticCase(STATISTICS[name], FORMULAS[name])
        yield Mutant(fault, StatisticSuite, test, replace(right, statistic=wrong), right)
