"""Service time against RTT over a sweep: the slope of each arm, which should equal its count of round trips (method.md §9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from benchkit.model.run import ConditionRecord, Manifest, Run
from benchkit.model.summary import LatencyFit
from benchkit.stats.blocks import block_values
from benchkit.stats.pairs import baseline_of, pairs_of
from benchkit.stats.sample import Samples
from benchkit.stats.starts import start_of_block
from benchkit.stats.sweep_line import Line, break_even, line_over
from benchkit.stats.theory import predicted_turns, share_of_request


def fits_of(run: Run, samples: Samples) -> tuple[LatencyFit, ...]:
    """For each group of links that differ in RTT alone, one for each arm; nothing where no RTT was varied."""
    manifest = run.manifest
    base = baseline_of(manifest.arms)
    if base is None:
        return ()
    return tuple(
        found
        for link, conditions in sweeps_of(manifest).items()
        for arm, record in enumerate(manifest.arms)
        if record.transport != "null" and (found := _fit(run, samples, arm, base, link, conditions)) is not None
    )


def sweeps_of(manifest: Manifest) -> Mapping[str, list[int]]:
    """Conditions by what their links have in common; the name of a link says its RTT first."""
    groups: dict[str, list[int]] = {}
    for index, condition in enumerate(manifest.conditions):
        if condition.lab and condition.rtt_ms is not None:
            groups.setdefault(condition.name.partition(", ")[2], []).append(index)
    return groups


def _fit(run: Run, samples: Samples, arm: int, base: int, link: str, conditions: list[int]) -> LatencyFit | None:
    manifest = run.manifest
    own, reference = (block_medians(run, samples, index, conditions) for index in (arm, base))
    line = line_of_blocks(manifest, own)
    if line is None:
        return None
    confidence, copy = manifest.confidence, _is_copy(manifest, arm, base)
    difference = {key: own[key] - reference[key] for key in own if key in reference}
    return LatencyFit(
        manifest.arms[arm].name,
        link,
        predicted_turns(manifest.arms[arm]),
        line.slope_estimate(confidence),
        line.intercept_estimate(confidence),
        None if copy else break_even(line_of_blocks(manifest, difference), confidence),
    )


def _is_copy(manifest: Manifest, arm: int, base: int) -> bool:
    """Whether the arm sends as the baseline does: where two equal lines cross means nothing."""
    return any(pair.aa and {arm, base} <= {pair.arm, pair.reference} for pair in pairs_of(manifest.arms)) or arm == base


def line_of_blocks(manifest: Manifest, values: Mapping[tuple[int, int], float]) -> Line | None:
    keys = np.array(list(values), dtype=np.int64).reshape(-1, 2)
    rtts_ms = np.array([_rtt(manifest.conditions[condition]) for condition in keys[:, 0]])
    passes = start_of_block(manifest, keys[:, 1])
    return line_over(rtts_ms, keys[:, 0], passes, np.array(list(values.values()), dtype=np.float64))


def block_medians(run: Run, samples: Samples, arm: int, conditions: list[int]) -> dict[tuple[int, int], float]:
    """Median service times in ms by (condition, block), a message's share of them; blocks of failures have none."""
    return dict(_finite(run, samples, arm, conditions))


def _finite(run: Run, samples: Samples, arm: int, conditions: list[int]) -> Iterator[tuple[tuple[int, int], float]]:
    share = share_of_request(run.manifest.arms[arm])
    if share is None:
        return
    for condition in conditions:
        values = block_values(samples[condition, arm], "service", run.manifest.messages_per_block)
        yield from (((condition, block), share * value) for block, value in values.items() if np.isfinite(value))


def _rtt(condition: ConditionRecord) -> float:
    return condition.rtt_ms or 0.0
