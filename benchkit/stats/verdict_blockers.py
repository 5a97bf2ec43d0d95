"""What forbids a verdict on an arm, each as one line: mail that differs, failures that differ, connections that differ.

A faster arm that loses mail is not faster, and "reuse" that reconnected is another arm than its name says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchkit.model.run import ArmRecord, Run
from benchkit.model.summary import Estimate
from benchkit.stats.account import recipients_of
from benchkit.stats.arms import connections
from benchkit.stats.comparison import Comparison
from benchkit.stats.delivery import Delivery, is_observed
from benchkit.stats.packet_check import disagreement
from benchkit.stats.proportion import clustered_rate
from benchkit.stats.rate_difference import differs
from benchkit.stats.sample import Sample, Samples
from benchkit.stats.starts import clusters_of_sample, senders_in_starts
from benchkit.stats.unexplained_time import unexplained_share

RETRANSMITS = 0.01  # share of messages (docs/method.md, §7) …
RETRANSMITS_FOR_CERTAIN = 0.001  # … of which so many at the least, for all that chance explains
MOST_UNEXPLAINED = 0.20  # share of the median time
UNFORESEEN_CONNECTIONS = 0.01  # share of messages that paid for one; fewer leave every median where it is


def verdict_blockers_of(run: Run, samples: Samples, delivery: Delivery, comparison: Comparison) -> tuple[str, ...]:
    arm = samples[comparison.condition, comparison.pair.arm]
    reference = samples[comparison.condition, comparison.pair.reference]
    return (
        *_delivery_doubts(run, arm, delivery),
        *_delivery_doubts(run, reference, delivery),
        *_failure_doubts(run, arm, reference),
        *_recipient_doubts(run, arm, reference),
        *_connection_doubts(run, arm),
        *_connection_doubts(run, reference),
        *_retransmit_doubts(run, arm),
        *_retransmit_doubts(run, reference),
        *_tcp_doubts(run, arm, reference),
        *_wire_doubts(run, arm),
        *_wire_doubts(run, reference),
        *_theory_doubts(run, arm),
        *_theory_doubts(run, reference),
    )


def _delivery_doubts(run: Run, sample: Sample, delivery: Delivery) -> Iterator[str]:
    record = run.manifest.arms[sample.arm]
    if not is_observed(record):
        return
    times, altered = delivery.times[sample.index], delivery.altered[sample.index]
    recipients, sender = delivery.other_recipients[sample.index], delivery.other_sender[sample.index]
    found = {
        "missing": sample.accepted & (times == 0) & (not run.recovered),  # a lost second proves no loss of mail
        "duplicated": times > 1,
        "altered": altered,
        "for other recipients": recipients,
        "with another envelope sender": sender,
    }
    for what, rows in found.items():
        if count := int(np.count_nonzero(rows)):
            yield f"{record.name}: {count} of {sample.started} messages {what}"


def _failure_doubts(run: Run, arm: Sample, reference: Sample) -> Iterator[str]:
    if not arm.failed and not reference.failed:
        return
    if differs(_rate(run, arm, ~arm.accepted), _rate(run, reference, ~reference.accepted)):
        counts = [f"{run.manifest.arms[s.arm].name} {s.failed} of {s.started}" for s in (arm, reference)]
        yield f"failure rates differ: {counts[0]}, {counts[1]}"


def _recipient_doubts(run: Run, arm: Sample, reference: Sample) -> Iterator[str]:
    """Of accepted messages: how many recipients were refused, and how many messages had such recipients."""
    samples = (arm, reference)
    refused = [np.where(sample.accepted, sample.rows["refused"], 0) for sample in samples]
    if not any(counts.any() for counts in refused):
        return
    each = [recipients_of(run.manifest, sample.rows["message"]) for sample in samples]
    shares = [counts / np.maximum(1, planned) for counts, planned in zip(refused, each, strict=True)]
    partly = [counts > 0 for counts in refused]
    if any(differs(_rate(run, arm, of_arm), _rate(run, reference, other)) for of_arm, other in (shares, partly)):
        told = [
            f"{run.manifest.arms[sample.arm].name} {int(counts.sum())} of {int(planned[sample.accepted].sum())}"
            for sample, counts, planned in zip(samples, refused, each, strict=True)
        ]
        yield f"refused recipients differ: {told[0]}, {told[1]}"


def _rate(run: Run, sample: Sample, flags: Any) -> Estimate:
    return clustered_rate(flags.astype(np.float64), clusters_of_sample(run.manifest, sample), run.manifest.confidence)


def _connection_doubts(run: Run, sample: Sample) -> Iterator[str]:
    """Where the scenario itself breaks connections (its faults and limits), they are its subject and no reason to doubt."""
    record, rows = run.manifest.arms[sample.arm], sample.rows
    if record.connection == "fresh":
        if shared := int(np.count_nonzero(rows["nth"] > 0)):
            yield f"{record.name}: {shared} messages went over a connection that was not new"
    elif not record.expects_faults:
        made, foreseen = connections(rows), _connections_foreseen(run, record.connection, sample)
        if made - foreseen > UNFORESEEN_CONNECTIONS * sample.started:
            yield f"{record.name}: {made} connections where its policy ({record.connection}) makes {foreseen} at most"


def _retransmit_doubts(run: Run, sample: Sample) -> Iterator[str]:
    """On a link that was asked to lose packets, or to have a queue that overflows, loss is the subject."""
    asked = run.manifest.conditions[sample.condition].asked
    if asked.get("loss_percent") or asked.get("queue_kb"):
        return
    lossy = sample.rows["retransmits"] > 0
    met = int(np.count_nonzero(lossy))
    if not met:
        return
    rate = _rate(run, sample, lossy)
    if met > RETRANSMITS * sample.started and (rate.low or 0.0) > RETRANSMITS_FOR_CERTAIN:
        yield f"{run.manifest.arms[sample.arm].name}: {met} of {sample.started} messages met a retransmit"


def _tcp_doubts(run: Run, arm: Sample, reference: Sample) -> Iterator[str]:
    """TCP settings that differ between the two arms though the scenario did not ask for it, or were not in force."""
    records = [run.manifest.arms[sample.arm] for sample in (arm, reference)]
    for record in records:
        yield from _not_in_force(record)
    first, second = records
    if first.congestion == second.congestion:
        for what, values in _tcp_settings(first, second):
            if None not in values and values[0] != values[1]:
                yield f"{what} differ: {first.name} {values[0]}, {second.name} {values[1]}"


def _not_in_force(record: ArmRecord) -> Iterator[str]:
    for end, found in (("client", record.client_congestion), ("server", record.server_congestion)):
        if record.congestion and found and found != record.congestion:
            yield f"{record.name}: the {end}'s TCP congestion control is {found}, not {record.congestion}"


def _tcp_settings(first: ArmRecord, second: ArmRecord) -> Iterator[tuple[str, tuple[Any, Any]]]:
    yield "TCP congestion controls at the client", (first.client_congestion, second.client_congestion)
    yield "TCP congestion controls at the server", (first.server_congestion, second.server_congestion)
    yield "settings of TCP_NODELAY", (first.nodelay, second.nodelay)
    yield "TCP pacing limits (bytes/s)", (first.pacing_limit, second.pacing_limit)


def _wire_doubts(run: Run, sample: Sample) -> Iterator[str]:
    if told := disagreement(run, sample.condition, sample.arm):
        yield told


def _theory_doubts(run: Run, sample: Sample) -> Iterator[str]:
    share = unexplained_share(run, sample)
    if share is not None and share > MOST_UNEXPLAINED:
        yield (
            f"{run.manifest.arms[sample.arm].name}: {100 * share:.0f} % of its median time is explained neither by its round "
            "trips nor by processing"
        )


def _connections_foreseen(run: Run, policy: str, sample: Sample) -> int:
    """Each start: one per sender, one per failure; "N messages": one more per sender (begun in the warm-up) and one per N."""
    senders = senders_in_starts(run.manifest, sample.rows["sender"], sample.rows["block"])
    if policy == "reuse":
        return senders + sample.failed
    return 2 * senders + sample.failed + sample.started // int(policy.split()[0])
