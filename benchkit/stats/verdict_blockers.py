"""What forbids a verdict on an arm, each as a code: mail that differs, failures that differ, connections that differ.

A faster arm that loses mail is not faster, and "reuse" that reconnected is another arm than its name says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchkit.model.notice import Code, Notice, notice
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
FAILS_BY_FAR = 0.10  # difference of failure rates in two blocks or more: no verdict, however few the messages
TCP_SETTINGS = ("client_congestion", "server_congestion", "nodelay", "pacing_limit")
UNFORESEEN_CONNECTIONS = 0.01  # share of messages that paid for one; fewer leave every median where it is


def verdict_blockers_of(run: Run, samples: Samples, delivery: Delivery, comparison: Comparison) -> tuple[Notice, ...]:
    arm = samples[comparison.condition, comparison.pair.arm]
    reference = samples[comparison.condition, comparison.pair.reference]
    return (
        *_delivery_blockers(run, arm, delivery),
        *_delivery_blockers(run, reference, delivery),
        *_server_blockers(run, arm, reference),
        *_failure_blockers(run, arm, reference),
        *_recipient_blockers(run, arm, reference),
        *_connection_blockers(run, arm),
        *_connection_blockers(run, reference),
        *_retransmit_blockers(run, arm),
        *_retransmit_blockers(run, reference),
        *_tcp_blockers(run, arm, reference),
        *_wire_blockers(run, arm),
        *_wire_blockers(run, reference),
        *_theory_blockers(run, arm),
        *_theory_blockers(run, reference),
    )


def _delivery_blockers(run: Run, sample: Sample, delivery: Delivery) -> Iterator[Notice]:
    record = run.manifest.arms[sample.arm]
    if not is_observed(record):
        return
    times, altered = delivery.times[sample.index], delivery.altered[sample.index]
    recipients, sender = delivery.other_recipients[sample.index], delivery.other_sender[sample.index]
    found = {
        Code.ARM_MISSING: sample.accepted & (times == 0) & (not run.recovered),  # a lost second proves no loss of mail
        Code.ARM_DUPLICATED: times > 1,
        Code.ARM_ALTERED: altered,
        Code.ARM_OTHER_RECIPIENTS: recipients,
        Code.ARM_OTHER_SENDER: sender,
    }
    for code, rows in found.items():
        if count := int(np.count_nonzero(rows)):
            yield notice(code, record.name, count=count, started=sample.started)


def _server_blockers(run: Run, arm: Sample, reference: Sample) -> Iterator[Notice]:
    """An embedded server stores nothing, signs nothing and asks no one: it is no rival of a real one."""
    records = [
        record
        for record in (run.manifest.arms[arm.arm], run.manifest.arms[reference.arm])
        if record.transport != "null"
    ]
    embedded, other = ([record.name for record in records if record.embedded is own] for own in (True, False))
    if embedded and other:
        yield notice(Code.SERVERS_DIFFER, embedded=embedded[0], other=other[0])


def _failure_blockers(run: Run, arm: Sample, reference: Sample) -> Iterator[Notice]:
    if not arm.failed and not reference.failed:
        return
    rate, other = (_rate(run, sample, ~sample.accepted) for sample in (arm, reference))
    if differs(rate, other) or _fails_by_far(arm, reference) or _fails_by_far(reference, arm):
        yield notice(
            Code.FAILURE_RATES_DIFFER,
            arm=run.manifest.arms[arm.arm].name, failed=arm.failed, started=arm.started,
            other=run.manifest.arms[reference.arm].name, other_failed=reference.failed, other_started=reference.started,
        )  # fmt: skip


def _fails_by_far(arm: Sample, other: Sample) -> bool:
    """A few messages prove no rate, but an arm that lost so many more of them is not to be called faster."""
    more = arm.failed / max(1, arm.started) - other.failed / max(1, other.started)
    return more > FAILS_BY_FAR and len(np.unique(arm.rows["block"][~arm.accepted])) > 1


def _recipient_blockers(run: Run, arm: Sample, reference: Sample) -> Iterator[Notice]:
    """Of accepted messages: how many recipients were refused, and how many messages had such recipients."""
    samples = (arm, reference)
    refused = [np.where(sample.accepted, sample.rows["refused"], 0) for sample in samples]
    if not any(counts.any() for counts in refused):
        return
    each = [recipients_of(run.manifest, sample.rows["message"]) for sample in samples]
    shares = [counts / np.maximum(1, planned) for counts, planned in zip(refused, each, strict=True)]
    partly = [counts > 0 for counts in refused]
    if any(differs(_rate(run, arm, of_arm), _rate(run, reference, other)) for of_arm, other in (shares, partly)):
        (own, recipients), (others, other_recipients) = (
            (int(counts.sum()), int(planned[sample.accepted].sum()))
            for sample, counts, planned in zip(samples, refused, each, strict=True)
        )
        yield notice(
            Code.REFUSED_RECIPIENTS_DIFFER,
            arm=run.manifest.arms[arm.arm].name, refused=own, recipients=recipients,
            other=run.manifest.arms[reference.arm].name, other_refused=others, other_recipients=other_recipients,
        )  # fmt: skip


def _rate(run: Run, sample: Sample, flags: Any) -> Estimate:
    return clustered_rate(flags.astype(np.float64), clusters_of_sample(run.manifest, sample), run.manifest.confidence)


def _connection_blockers(run: Run, sample: Sample) -> Iterator[Notice]:
    """Where the scenario itself breaks connections (its faults and limits), they are its subject and no reason to doubt."""
    record, rows = run.manifest.arms[sample.arm], sample.rows
    if record.connection == "fresh":
        if shared := int(np.count_nonzero(rows["nth"] > 0)):
            yield notice(Code.CONNECTIONS_NOT_NEW, record.name, count=shared)
    elif not record.expects_faults:
        made, foreseen = connections(rows), _connections_foreseen(run, record.connection, sample)
        if made - foreseen > UNFORESEEN_CONNECTIONS * sample.started:
            yield notice(Code.TOO_MANY_CONNECTIONS, record.name, made=made, policy=record.connection, foreseen=foreseen)


def _retransmit_blockers(run: Run, sample: Sample) -> Iterator[Notice]:
    """On a link that was asked to lose packets, or to have a queue that overflows, loss is the subject."""
    link = run.manifest.conditions[sample.condition].asked
    if link.get("loss_percent") or link.get("queue_kb"):
        return
    lossy = sample.rows["retransmits"] > 0
    met = int(np.count_nonzero(lossy))
    if not met:
        return
    rate = _rate(run, sample, lossy)
    if met > max(1, RETRANSMITS * sample.started) and (rate.low or 0.0) > RETRANSMITS_FOR_CERTAIN:
        yield notice(Code.RETRANSMITS, run.manifest.arms[sample.arm].name, count=met, started=sample.started)


def _tcp_blockers(run: Run, arm: Sample, reference: Sample) -> Iterator[Notice]:
    """TCP settings that differ between the two arms though the scenario did not ask for it, or were not in force."""
    records = [run.manifest.arms[sample.arm] for sample in (arm, reference)]
    for record in records:
        yield from _not_in_force(record)
    first, second = records
    if first.congestion == second.congestion:
        for setting in TCP_SETTINGS:
            values = getattr(first, setting), getattr(second, setting)
            if None not in values and values[0] != values[1]:
                yield notice(
                    Code.TCP_SETTINGS_DIFFER, setting=setting,
                    arm=first.name, value=values[0], other=second.name, other_value=values[1],
                )  # fmt: skip


def _not_in_force(record: ArmRecord) -> Iterator[Notice]:
    for end, found in (("client", record.client_congestion), ("server", record.server_congestion)):
        if record.congestion and found and found != record.congestion:
            yield notice(Code.CONGESTION_NOT_IN_FORCE, record.name, end=end, found=found, asked=record.congestion)


def _wire_blockers(run: Run, sample: Sample) -> Iterator[Notice]:
    if problem := disagreement(run, sample.condition, sample.arm):
        yield problem


def _theory_blockers(run: Run, sample: Sample) -> Iterator[Notice]:
    share = unexplained_share(run, sample)
    if share is not None and share > MOST_UNEXPLAINED:
        yield notice(Code.TIME_UNEXPLAINED, run.manifest.arms[sample.arm].name, percent=100 * share)


def _connections_foreseen(run: Run, policy: str, sample: Sample) -> int:
    """Each start: one per sender, one per failure; "N messages": one more per sender (begun in the warm-up) and one per N."""
    senders = senders_in_starts(run.manifest, sample.rows["sender"], sample.rows["block"])
    if policy == "reuse":
        return senders + sample.failed
    return 2 * senders + sample.failed + sample.started // int(policy.split()[0])
