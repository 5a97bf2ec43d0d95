"""What of an arm's median time the physics does not explain (method.md §2): a verdict on it would be about something unknown.

Only over a lab's link whose RTT is known and which loses and delays nothing by chance, of one message at a time, and where the
scenario injects no fault.
"""

from __future__ import annotations

import numpy as np

from benchkit.model.durations import NS_PER_MS, service_ns
from benchkit.model.load import LoadModel
from benchkit.model.run import Run
from benchkit.stats.packet_check import LEAST_RTT_MS
from benchkit.stats.sample import Sample
from benchkit.stats.theory import predicted_turns, slow_start_flights

PROCESSING_MS = 5.0  # for both ends: processors, disks and wake-ups; a lab's servers take less
SLOW_START = 1.5  # flights that a large message may take beyond the lower bound (method.md §2)
BY_CHANCE = ("jitter_ms", "loss_percent", "queue_kb")


def unexplained_share(run: Run, sample: Sample) -> float | None:
    """As a share of the median service time of accepted messages; None where theory says nothing."""
    record, condition = run.manifest.arms[sample.arm], run.manifest.conditions[sample.condition]
    turns, rtt_ms, link = predicted_turns(record), condition.rtt_ms, condition.asked
    if turns is None or not condition.lab or rtt_ms is None or rtt_ms < LEAST_RTT_MS or record.expects_faults:
        return None
    one_by_one = run.manifest.load["model"] == LoadModel.TALK and record.connection in ("fresh", "reuse")
    if not one_by_one or any(link.get(name) for name in BY_CHANCE) or not sample.accepted.any():
        return None
    rows, accepted = sample.rows, sample.accepted
    median_ms = float(np.median(service_ns(rows)[accepted])) / NS_PER_MS
    size = float(np.median(rows["bytes_out"][accepted]))
    flights = slow_start_flights(int(size)) if size else 0
    transfer_ms = size * 8 / 1000 / bandwidth if (bandwidth := link.get("bandwidth_mbit")) else 0.0
    least = turns * rtt_ms
    most = (turns + flights + (SLOW_START if flights else 0.0)) * rtt_ms + transfer_ms + PROCESSING_MS
    return max(0.0, least - median_ms, median_ms - most) / median_ms
