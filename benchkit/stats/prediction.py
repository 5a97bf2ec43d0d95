"""The model of each arm's time, fitted to a run, and what it says of two arms at other numbers (docs/method.md §9).

The arithmetic of a prediction is in model/prediction.py. Here the coefficients are found: a line over RTT where the run has a
sweep; else the measured time, with the number of round trips as the slope.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchkit.model.prediction import ArmModel, Basis, TimeLine, combined
from benchkit.model.run import ArmRecord, Manifest, Run
from benchkit.model.summary import ArmSummary, BreakEven, Estimate, Verdict
from benchkit.model.trace import Phase
from benchkit.stats.distributions import student_t_quantile
from benchkit.stats.latency_fits import block_medians, line_of_blocks, sweeps_of
from benchkit.stats.sample import Samples
from benchkit.stats.starts import restarts_of, start_of_block
from benchkit.stats.sweep_line import Line, crossing_of
from benchkit.stats.theory import predicted_turns

SETUP = (Phase.CONNECT, Phase.TLS, Phase.BANNER, Phase.EHLO, Phase.STARTTLS, Phase.AUTH)
STEP_TURNS = (
    4  # one command at a time: MAIL, a RCPT for each recipient, DATA, content; every other sequence takes 2 or fewer
)


@dataclass(frozen=True, slots=True)
class PredictedContrast:
    """Two arms at the same numbers; `ratio` is arm ÷ baseline."""

    verdict: Verdict
    ratio: float | None
    break_even_rtt_ms: BreakEven


def models_of(run: Run, samples: Samples, arms: Sequence[ArmSummary]) -> tuple[ArmModel, ...]:
    """For each group of links that differ in RTT alone, a model for each arm that sends; `arms`: those of summarise_arms."""
    manifest = run.manifest
    return tuple(
        model
        for link, conditions in _links(manifest).items()
        for model in _with_siblings(manifest, list(_models(run, samples, arms, link, conditions)))
    )


def compare_lines(arm: TimeLine, baseline: TimeLine, rtt_ms: float, rope: tuple[float, float]) -> PredictedContrast:
    """The rule of stats/verdict.py on predicted times: the interval of arm − edge · baseline at each edge of the ROPE."""
    above, below = (combined(1.0, arm, -edge, baseline).at(rtt_ms) for edge in (rope[1], rope[0]))
    time_ms, reference_ms = arm.time_at(rtt_ms).value or 0.0, baseline.time_at(rtt_ms).value
    ratio = time_ms / reference_ms if reference_ms else None
    return PredictedContrast(_verdict(above, below), ratio, crossing(arm, baseline))


def crossing(arm: TimeLine, baseline: TimeLine) -> BreakEven:
    """The RTT at which both take equally long, with Fieller's interval."""
    line = combined(1.0, arm, -1.0, baseline)
    if line.var_intercept is None or line.covariance is None or line.var_slope is None:
        return crossing_of(None, 0.0)
    covariance = ((line.var_intercept, line.covariance), (line.covariance, line.var_slope))
    return crossing_of(Line(line.intercept_ms, line.slope, covariance, 0), line.critical)


def _verdict(above: Estimate, below: Estimate) -> Verdict:
    """`above` is arm − high edge · baseline, `below` arm − low edge · baseline."""
    if above.low is None or above.high is None or below.low is None or below.high is None:
        return Verdict.UNDECIDED
    if above.low > 0:
        return Verdict.SLOWER
    if below.high < 0:
        return Verdict.FASTER
    return Verdict.EQUIVALENT if above.high <= 0 <= below.low else Verdict.UNDECIDED


def _links(manifest: Manifest) -> Mapping[str, list[int]]:
    """The sweeps; without a lab every condition whose RTT is known stands alone."""
    alone = {c.name: [i] for i, c in enumerate(manifest.conditions) if not c.lab and c.rtt_ms is not None}
    return sweeps_of(manifest) or alone


def _models(
    run: Run, samples: Samples, arms: Sequence[ArmSummary], link: str, conditions: list[int]
) -> Iterator[tuple[int, ArmModel]]:
    manifest = run.manifest
    rtts_ms = [manifest.conditions[condition].rtt_ms or 0.0 for condition in conditions]
    lowest = conditions[int(np.argmin(rtts_ms))]
    for number, record in enumerate(manifest.arms):
        line = (
            None
            if record.transport == "null"
            else _time_line(run, block_medians(run, samples, number, conditions), record)
        )
        if line is None:
            continue
        basis, coefficients = line
        openings = _openings(record)
        summary = arms[lowest * len(manifest.arms) + number]
        yield (
            number,
            ArmModel(
                arm=record.name,
                transport=record.transport,
                link=link,
                basis=basis,
                lowest_rtt_ms=min(rtts_ms),
                highest_rtt_ms=max(rtts_ms),
                line=coefficients,
                openings=openings,
                setup_ms=_setup_ms(summary, record, openings, min(rtts_ms)),
                setup_turns=record.setup_turns,
                recipients=float(np.mean(manifest.recipients)) if manifest.recipients else 1.0,
                turns_per_recipient=_turns_per_recipient(record),
                messages_per_request=record.messages_per_request,
                request_turns=1.0 if record.transport == "api" else 0.0,
            ),
        )


def _openings(record: ArmRecord) -> float:
    """Connections opened for each message."""
    if record.connection in ("fresh", "reuse"):
        return 1.0 if record.connection == "fresh" else 0.0
    return 1 / int(record.connection.split()[0])


def _turns_per_recipient(record: ArmRecord) -> float:
    one_by_one = record.transport == "smtp" and (record.message_turns or 0.0) >= STEP_TURNS
    return 1.0 if one_by_one else 0.0


def _setup_ms(arm: ArmSummary, record: ArmRecord, openings: float, rtt_ms: float) -> float | None:
    """What opening a connection takes besides its round trips, from the phases at the lowest RTT."""
    if openings == 0 or record.setup_turns is None or not arm.phases_ms:
        return None
    spent_ms = sum(arm.phases_ms.get(phase.label, 0.0) for phase in SETUP)
    return max(0.0, spent_ms / openings - record.setup_turns * rtt_ms)


def _with_siblings(manifest: Manifest, found: list[tuple[int, ArmModel]]) -> Iterator[ArmModel]:
    """Each with the line of the arm that sends in the same way and keeps its connections most differently."""
    for number, one in found:
        own = manifest.arms[number]
        first = next(record.name for record in manifest.arms if _same_way(record, own))
        model = replace(one, way=first)
        like = [
            (other, of) for other, of in found if _same_way(manifest.arms[other], own) and of.openings != model.openings
        ]
        if not like:
            yield replace(model, setup_ms=_setup_of_another(manifest, found, model, own))
            continue
        _, sibling = max(like, key=lambda one: (abs(one[1].openings - model.openings), -one[0]))
        yield replace(model, other=sibling.line, other_openings=sibling.openings)


def _setup_of_another(
    manifest: Manifest, found: list[tuple[int, ArmModel]], model: ArmModel, own: ArmRecord
) -> float | None:
    """Where the arm keeps its connections: what another client took to open one with the same protocol and security."""
    if model.setup_ms is not None:
        return model.setup_ms
    alike = (
        other.setup_ms
        for number, other in found
        if all(getattr(manifest.arms[number], name) == getattr(own, name) for name in ("transport", "security", "auth"))
    )
    return next((setup_ms for setup_ms in alike if setup_ms is not None), None)


def _same_way(one: ArmRecord, other: ArmRecord) -> bool:
    """But for what becomes of the connection."""
    return all(
        getattr(one, name) == getattr(other, name)
        for name in (
            "transport",
            "client",
            "provider",
            "security",
            "auth",
            "message_turns",
            "messages_per_request",
            "congestion",
        )
    )


def _time_line(run: Run, values: Mapping[tuple[int, int], float], record: ArmRecord) -> tuple[Basis, TimeLine] | None:
    """From block medians by (condition, block)."""
    manifest = run.manifest
    conditions = sorted({condition for condition, _ in values})
    if len(conditions) == 1:
        turns = predicted_turns(record)
        level = None if turns is None else _one_rtt(manifest, values, turns)
        return None if level is None else (Basis.ROUND_TRIPS, level)
    line = line_of_blocks(manifest, values)
    if line is None:
        return None
    if line.covariance is not None:
        several = restarts_of(manifest) > 1
        return (Basis.PASSES if several else Basis.CONDITIONS), _coefficients(line, manifest.confidence)
    return Basis.TWO_RTTS, _two_rtts(manifest, values)


def _coefficients(line: Line, confidence: float) -> TimeLine:
    (var_intercept, covariance), (_, var_slope) = line.covariance
    critical = student_t_quantile((1 + confidence) / 2, line.degrees)
    return TimeLine(line.intercept, line.slope, float(var_intercept), float(covariance), float(var_slope), critical)


def _one_rtt(manifest: Manifest, values: Mapping[tuple[int, int], float], turns: float) -> TimeLine:
    (condition,) = {condition for condition, _ in values}
    mean, variance, critical = _mean_of_units(manifest, values, condition)
    intercept = mean - turns * (manifest.conditions[condition].rtt_ms or 0.0)
    return TimeLine(intercept, turns) if variance is None else TimeLine(intercept, turns, variance, 0.0, 0.0, critical)


def _two_rtts(manifest: Manifest, values: Mapping[tuple[int, int], float]) -> TimeLine:
    """A straight line through two means, each with the error that its own blocks show."""
    first, second = sorted({condition for condition, _ in values})
    x1, x2 = (manifest.conditions[condition].rtt_ms or 0.0 for condition in (first, second))
    (y1, v1, t1), (y2, v2, t2) = (_mean_of_units(manifest, values, condition) for condition in (first, second))
    width = x2 - x1
    slope, intercept = (y2 - y1) / width, (x2 * y1 - x1 * y2) / width
    if v1 is None or v2 is None:
        return TimeLine(intercept, slope)
    square = width * width
    return TimeLine(
        intercept,
        slope,
        (x2 * x2 * v1 + x1 * x1 * v2) / square,
        -(x2 * v1 + x1 * v2) / square,
        (v1 + v2) / square,
        max(t1, t2),
    )


def _mean_of_units(
    manifest: Manifest, values: Mapping[tuple[int, int], float], condition: int
) -> tuple[float, float | None, float]:
    """Mean over blocks, or over starts where there are several; its variance, and t."""
    blocks = np.array([block for number, block in values if number == condition], dtype=np.int64)
    mine = np.array([value for (number, _), value in values.items() if number == condition])
    units: Any = mine
    if restarts_of(manifest) > 1:
        starts = start_of_block(manifest, blocks)
        units = np.array([mine[starts == start].mean() for start in np.unique(starts)])
    n = len(units)
    if n < 2:
        return float(units.mean()), None, 0.0
    return float(units.mean()), float(units.var(ddof=1)) / n, student_t_quantile((1 + manifest.confidence) / 2, n - 1)
