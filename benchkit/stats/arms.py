"""One `ArmSummary` per arm and condition, side by side: warm-up left out, failures counted and never dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from benchkit.model.durations import response_ns, service_ns, span_ns, wait_ns
from benchkit.model.estimate import Clusters
from benchkit.model.load import LoadModel
from benchkit.model.outcome import OutcomeKind
from benchkit.model.retry import RetrySpec
from benchkit.model.run import ArmRecord, Manifest, Run, Table
from benchkit.model.summary import ArmSummary, Estimate, Turns
from benchkit.stats import STATISTICS
from benchkit.stats.account import RecipientCounts, recipient_counts, recipients_of, recipients_of_first
from benchkit.stats.cluster_variance import MIN_FOR_INTERVAL, cluster_residuals, design_effect, half_width
from benchkit.stats.delivery import Delivery, is_observed
from benchkit.stats.failover_cost import failover_cost
from benchkit.stats.generator import LATE_NS, client_cpu_s, generator_load
from benchkit.stats.in_doubt import messages_of, sends_of_arm_in_doubt
from benchkit.stats.phase_means import mean_phases_ms
from benchkit.stats.proportion import clustered_rate
from benchkit.stats.sample import Sample, Samples, measured_rows, milliseconds_or_infinite, rows_by_block
from benchkit.stats.saturation import limits_of
from benchkit.stats.starts import block_ranges, clusters_of, clusters_of_sample, measured_blocks_of
from benchkit.stats.two_groups import two_groups

COMMONEST_TEXTS = 10
_AS_RECORDED = (
    "client_congestion", "server_congestion", "nodelay", "pacing_limit", "dkim", "signing_us", "signature_bytes",
    "request_us", "in_send_us",
)  # fmt: skip


def summarise_arms(run: Run, samples: Samples, delivery: Delivery) -> tuple[ArmSummary, ...]:
    phases_ms = mean_phases_ms(run, samples)
    return tuple(_summarise(run, sample, delivery, phases_ms[key]) for key, sample in samples.items())


def _summarise(run: Run, sample: Sample, delivery: Delivery, phases_ms: Mapping[str, float]) -> ArmSummary:
    manifest, rows, accepted = run.manifest, sample.rows, sample.accepted
    arm, clusters = manifest.arms[sample.arm], clusters_of_sample(manifest, sample)
    generator, throughput = generator_load(run, sample), _throughput(manifest, rows, accepted)
    return ArmSummary(
        name=arm.name,
        transport=arm.transport,
        client=arm.client,
        condition=manifest.conditions[sample.condition].name,
        **_account_fields(run, sample, delivery),
        turns=_turns(rows["turns"][accepted]),
        turns_to_close=_median(rows["turns_to_close"][accepted & (rows["closed_ns"] > 0)]),
        service_ms=_estimates(service_ns(rows), accepted, clusters, manifest.confidence),
        response_ms=_estimates(response_ns(rows), accepted, clusters, manifest.confidence),
        wait_ms=_estimates(wait_ns(rows), np.full(sample.started, True), clusters, manifest.confidence),
        throughput_per_s=throughput.value,
        throughput_ci=_bounds(throughput),
        effective=_effective(service_ns(rows), clusters),
        bytes_out=int(rows["bytes_out"].sum()),
        bytes_in=int(rows["bytes_in"].sum()),
        phases_ms=phases_ms,
        outcomes=_outcomes(rows["outcome"]),
        failure_rate=clustered_rate((~accepted).astype(np.float64), clusters, manifest.confidence),
        connections=connections(rows),
        late=int(np.count_nonzero(wait_ns(rows) > LATE_NS)),
        connection=arm.connection,
        failure_texts=_failure_texts(rows, ~accepted),
        retransmitted=int(np.count_nonzero(rows["retransmits"] > 0)),
        **{name: getattr(arm, name) for name in _AS_RECORDED},
        **_attempts(manifest, arm, rows),
        failover_cost=failover_cost(run, sample),
        cpu_us=None if (cpu_s := client_cpu_s(run, sample)) is None else cpu_s * 1e6,
        generator=generator,
        saturated=limits_of(generator, manifest, sample),
        two_groups=two_groups(
            (response_ns if manifest.load["model"] == LoadModel.OPEN else service_ns)(rows)[accepted]
        ),
    )


def _account_fields(run: Run, sample: Sample, delivery: Delivery) -> dict[str, Any]:
    """Of messages and of recipients."""
    manifest = run.manifest
    planned = measured_blocks_of(manifest) * manifest.messages_per_block - sample.left_out
    arrived, missing, duplicates, altered = _arrivals(manifest.arms[sample.arm], sample, delivery)
    doubtful = sends_of_arm_in_doubt(run, sample.condition, sample.arm)
    return {
        "planned": planned,
        "accepted": sample.started - sample.failed,
        "failed": sample.failed,
        "unsent": max(0, planned - sample.started - len(doubtful)),
        "in_doubt": len(doubtful),
        "arrived": arrived,
        "missing": missing,
        "duplicates": duplicates,
        "altered": altered,
    } | _recipient_fields(_recipients(run, sample, messages_of(manifest, doubtful)))


def _recipient_fields(recipients: RecipientCounts) -> dict[str, Any]:
    return {f"recipients_{name}": number for name, number in recipients._asdict().items()}


def _attempts(manifest: Manifest, arm: ArmRecord, rows: Table) -> dict[str, Any]:
    """Fields of the summary."""
    attempts, spec, failed_over = rows["attempts"], RetrySpec(**manifest.retry), rows["failed_over"]
    spec = spec.of_arm(repeats_safely=arm.repeats_safely)
    may_retry = np.isin(rows["outcome"], [kind for kind in OutcomeKind if spec.may_retry(kind)])
    return {
        "retried": int(np.count_nonzero(attempts - failed_over > 1)),
        "attempts": int(attempts.sum()),
        "given_up": int(np.count_nonzero(may_retry)) if spec.attempts > 1 or arm.failover else 0,
        "failover": arm.failover,
        "failed_over": int(np.count_nonzero(failed_over)),
        "failed_over_accepted": int(np.count_nonzero(failed_over & (rows["outcome"] == OutcomeKind.ACCEPTED))),
    }


def _recipients(run: Run, sample: Sample, in_doubt: Any) -> RecipientCounts:
    """Without those of the blocks that are left out."""
    manifest, messages = run.manifest, run.manifest.messages_per_block
    planned = sum(
        recipients_of_first(manifest, end * messages)
        - recipients_of_first(manifest, (first + manifest.warmup_blocks) * messages)
        for first, end in block_ranges(manifest)
    )
    if sample.left_out:
        every = measured_rows(run.messages, sample.condition, sample.arm)
        left_out = np.setdiff1d(every, sample.index, assume_unique=True)
        planned -= int(recipients_of(manifest, run.messages["message"][left_out]).sum())
    return recipient_counts(manifest, sample.rows, planned, in_doubt)


def connections(rows: Table) -> int:
    """How many connections these messages went over."""
    numbers = rows["connection"]
    return len(np.unique(numbers[numbers >= 0]))


def _arrivals(arm: ArmRecord, sample: Sample, delivery: Delivery) -> tuple[int | None, ...]:
    if not is_observed(arm):
        return None, None, None, None
    times, altered = delivery.times[sample.index], delivery.differs[sample.index]
    flags = (times > 0, sample.accepted & (times == 0), times > 1, altered)
    return tuple(int(np.count_nonzero(flag)) for flag in flags)


def _turns(turns: Any) -> Turns | None:
    if not len(turns):
        return None
    return Turns(int(turns.min()), float(np.median(turns)), int(turns.max()), float(turns.mean()))


def _effective(durations_ns: Any, clusters: Clusters) -> float | None:
    """Independent messages that would tell as much about the median."""
    n = len(durations_ns)
    if n == 0:
        return None
    return n / design_effect((durations_ns <= np.median(durations_ns)).astype(np.float64), clusters)


def _bounds(estimate: Estimate) -> tuple[float, float] | None:
    return None if estimate.low is None or estimate.high is None else (estimate.low, estimate.high)


def _median(values: Any) -> float | None:
    return float(np.median(values)) if len(values) else None


def _estimates(durations_ns: Any, accepted: Any, clusters: Clusters, confidence: float) -> Mapping[str, Estimate]:
    values = milliseconds_or_infinite(durations_ns, accepted)
    return {name: STATISTICS[name](values, confidence, clusters) for name in STATISTICS.names()}


def _throughput(manifest: Manifest, rows: Table, accepted: Any) -> Estimate:
    """Accepted messages per second of the arm's own time: the spans of its cells, without the gaps between them.

    The interval is that of a ratio of means over cells (Cochran, Sampling Techniques, §6.4), or over starts.
    """
    cells = rows_by_block(rows)
    blocks = np.array(list(cells), dtype=np.int64)
    sent = np.array([float(np.count_nonzero(accepted[index])) for index in cells.values()])
    started_ns, ended_ns = rows["started_ns"], rows["ended_ns"]
    busy_s = np.array([span_ns(started_ns[index], ended_ns[index]) / 1e9 for index in cells.values()])
    if busy_s.sum() <= 0:
        return Estimate(None, needs=1)
    rate = float(sent.sum() / busy_s.sum())
    units = clusters_of(manifest, blocks, len(blocks))
    half = half_width(cluster_residuals((sent - rate * busy_s) / busy_s.mean(), units), manifest.confidence)
    if units.count < MIN_FOR_INTERVAL or not np.isfinite(half):
        return Estimate(rate)
    return Estimate(rate, max(0.0, rate - half), rate + half)


def _outcomes(outcome: Any) -> Mapping[str, int]:
    counts = ((kind, int(np.count_nonzero(outcome == kind))) for kind in OutcomeKind)
    return {kind.label: count for kind, count in counts if count}


def _failure_texts(rows: Table, failed: Any) -> Mapping[str, int]:
    columns = (rows[name][failed].tolist() for name in ("code", "enhanced", "text"))
    texts = Counter(_failure_text(*parts) for parts in zip(*columns, strict=True))
    return dict(sorted(texts.items(), key=lambda item: (-item[1], item[0]))[:COMMONEST_TEXTS])


def _failure_text(code: int, enhanced: str, text: str) -> str:
    """`450 4.2.1 busy`: an SMTP reply's text begins with its enhanced status code, an API's does not."""
    if text.split(" ", 1)[0] == enhanced:
        enhanced = ""
    return " ".join(str(part) for part in (code, enhanced, text) if part)
