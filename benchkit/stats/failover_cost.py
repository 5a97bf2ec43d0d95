"""What an arm's failover saves and costs, from its own messages: what its server did not take would have failed without it.

The comparison is within the arm, so that it needs no arm without failover, and no two arms with other faults are compared.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchkit.model.arm_findings import FailoverCost
from benchkit.model.durations import NS_PER_MS, service_ns
from benchkit.model.estimate import Estimate
from benchkit.model.run import Run
from benchkit.stats import STATISTICS
from benchkit.stats.proportion import clustered_rate
from benchkit.stats.sample import Sample
from benchkit.stats.starts import clusters_of, clusters_of_sample


def failover_cost(run: Run, sample: Sample) -> FailoverCost | None:
    """None where no message failed over."""
    failed_over, accepted = sample.rows["failed_over"].astype(bool), sample.accepted
    if not failed_over.any():
        return None
    without = failed_over | ~accepted
    return FailoverCost(
        failed_without=int(np.count_nonzero(without)),
        failure_rate_without=clustered_rate(
            without.astype(np.float64), clusters_of_sample(run.manifest, sample), run.manifest.confidence
        ),
        failed_over_ms=_median(run, sample, failed_over & accepted),
        others_ms=_median(run, sample, ~failed_over & accepted),
        added_ms=_added_ms(run, sample, failed_over, accepted),
    )


def _added_ms(run: Run, sample: Sample, failed_over: Any, accepted: Any) -> Estimate:
    """Mean of all messages, where one that failed over has what it took longer than the mean of those that did not."""
    direct = accepted & ~failed_over
    if not direct.any():
        return Estimate(None)
    times_ms = service_ns(sample.rows) / NS_PER_MS
    added = np.where(failed_over, times_ms - times_ms[direct].mean(), 0.0)
    clusters = clusters_of_sample(run.manifest, sample)
    return STATISTICS["mean"](added, run.manifest.confidence, clusters)


def _median(run: Run, sample: Sample, chosen: Any) -> Estimate:
    count = int(np.count_nonzero(chosen))
    if not count:
        return Estimate(None, needs=1)
    times_ms = service_ns(sample.rows)[chosen] / NS_PER_MS
    clusters = clusters_of(run.manifest, sample.rows["block"][chosen], count)
    return STATISTICS["p50"](times_ms, run.manifest.confidence, clusters)
