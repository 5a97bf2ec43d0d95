"""The entry point of this room: a stored run in, its summary out. What each step means is in docs/method.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchkit.model.notice import Notice
from benchkit.model.run import Manifest, Run
from benchkit.model.summary import ConditionSummary, Contrast, Summary
from benchkit.stats.aa import detectable_bias, differing_pairs
from benchkit.stats.account import account_of
from benchkit.stats.agreement import agreements_of
from benchkit.stats.altered import altered_messages
from benchkit.stats.arms import summarise_arms
from benchkit.stats.comparison import Comparison, compare_arms
from benchkit.stats.costs import costs_of
from benchkit.stats.deliverability import deliverability
from benchkit.stats.delivery import deliveries
from benchkit.stats.design import design_of
from benchkit.stats.latency_fits import fits_of
from benchkit.stats.packet_check import LEAST_RTT_MS
from benchkit.stats.paired import holm
from benchkit.stats.prediction import models_of
from benchkit.stats.run_validity import reasons_against
from benchkit.stats.sample import measured_samples
from benchkit.stats.saturation import saturated_arms, saturation_blockers
from benchkit.stats.thresholds import threshold_results
from benchkit.stats.verdict import judge
from benchkit.stats.verdict_blockers import verdict_blockers_of
from benchkit.stats.warnings import warnings_of


def analyse(run: Run) -> Summary:
    """Everything that reports show of a run. Raises nothing on a well-typed run, however little it holds."""
    manifest, samples, delivery = run.manifest, measured_samples(run), deliveries(run)
    account, arms = account_of(run, delivery), summarise_arms(run, samples, delivery)
    comparisons = compare_arms(run, samples)
    invalid_because = reasons_against(run, account, differing_pairs(comparisons, manifest.rope))
    saturated = saturated_arms(samples, arms)
    doubts = [
        (
            *invalid_because,
            *verdict_blockers_of(run, samples, delivery, comparison),
            *saturation_blockers(comparison, saturated),
        )
        for comparison in comparisons
    ]
    return Summary(
        run=manifest.run,
        scenario=manifest.scenario,
        question=manifest.question,
        status=str(manifest.status),
        valid=not invalid_because,
        invalid_because=invalid_because,
        load_model=str(manifest.load["model"]),
        rope=manifest.rope,
        confidence=manifest.confidence,
        conditions=tuple(
            ConditionSummary(c.name, c.rtt_ms, c.lab, c.note, all(arm.embedded for arm in manifest.arms))
            for c in manifest.conditions
        ),
        arms=arms,
        contrasts=_contrasts(manifest, comparisons, doubts),
        thresholds=threshold_results(manifest, arms),
        account=account,
        overhead_us=manifest.overhead_us,
        warnings=warnings_of(run, samples, delivery, account, arms, comparisons),
        agreements=agreements_of(run, samples, arms),
        fits=fits_of(run, samples),
        models=models_of(run, samples, arms),
        costs=costs_of(run, samples, arms),
        currency=str(manifest.cost.get("currency", "")),
        altered_messages=altered_messages(run, delivery),
        altered_kept=manifest.altered_kept,
        certificate=manifest.certificate,
        design=design_of(manifest),
        deliverability=deliverability(run),
    )


def _contrasts(
    manifest: Manifest, comparisons: Sequence[Comparison], doubts: Iterable[tuple[Notice, ...]]
) -> tuple[Contrast, ...]:
    adjusted, pairs = _adjusted(comparisons), sum(comparison.pair.aa for comparison in comparisons)
    return tuple(
        _contrast(manifest, comparison, against, p_value, pairs)
        for comparison, against, p_value in zip(comparisons, doubts, adjusted, strict=True)
    )


def _adjusted(comparisons: Sequence[Comparison]) -> list[float | None]:
    """p-values after Holm over the confirmatory contrasts; an A/A pair is none of them and keeps its own."""
    family = [c.p_value for c in comparisons if not c.pair.aa and c.p_value is not None]
    after_holm = iter(holm(family))
    return [c.p_value if c.pair.aa or c.p_value is None else next(after_holm) for c in comparisons]


def _contrast(
    manifest: Manifest, comparison: Comparison, doubts: tuple[Notice, ...], p_value: float | None, pairs: int
) -> Contrast:
    pair, condition = comparison.pair, manifest.conditions[comparison.condition]
    judgement = judge(comparison, manifest.rope, doubts)
    shift, rtt_ms = comparison.shift_ms, condition.rtt_ms
    return Contrast(
        arm=manifest.arms[pair.arm].name,
        baseline=manifest.arms[pair.reference].name,
        condition=condition.name,
        metric=comparison.metric,
        blocks=comparison.blocks,
        ratio=comparison.ratio,
        ci=comparison.ci,
        shift_ms=shift,
        shift_rtt=shift.value / rtt_ms if shift.value is not None and rtt_ms and rtt_ms >= LEAST_RTT_MS else None,
        p_value=p_value,
        verdict=judgement.verdict,
        reasons=judgement.reasons,
        blocks_needed=judgement.blocks_needed,
        aa=pair.aa,
        blocks_needed_range=judgement.blocks_needed_range,
        others=comparison.others,
        failed_blocks=comparison.failed,
        starts=comparison.starts,
        confidence=comparison.confidence,
        detectable=detectable_bias(comparison, manifest.rope, pairs) if pair.aa else None,
    )
