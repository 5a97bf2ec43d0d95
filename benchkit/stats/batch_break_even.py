"""How many messages a new connection must carry to make up for its set-up, with an interval over blocks.

By mean times, set-up + n · message = n · baseline. So n is 1 ÷ rate, where rate = (baseline − message) ÷ set-up is what one
message earns back. The rate has no poles, and is what is resampled; where its interval holds zero, n has no upper end. Whole
blocks are drawn, both arms of each together (method.md §9).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import numpy as np
from scipy.stats import bootstrap

from benchkit.model.durations import NS_PER_MS, phase_ns, service_ns
from benchkit.model.run import Run
from benchkit.model.summary import BreakEven
from benchkit.model.trace import Phase
from benchkit.stats.comparison import MIN_BLOCKS
from benchkit.stats.paired import RESAMPLES
from benchkit.stats.pairs import baseline_of
from benchkit.stats.predictions import share_of_request
from benchkit.stats.rows_by_send import batches, positions, rows_by_send
from benchkit.stats.sample import Sample, Samples, rows_by_block

_SETUP = (Phase.CONNECT, Phase.TLS, Phase.BANNER, Phase.EHLO, Phase.STARTTLS, Phase.AUTH)
_AT_ONCE = 500  # resamples held in memory together


def break_evens(run: Run, samples: Samples, seed: int) -> Mapping[tuple[int, int], BreakEven]:
    """By (condition, arm): of each arm that opens a connection for each message, against the baseline if it is of another kind.

    Against its own kind it would come out as noise: the same message, once with an opening and once without.
    """
    baselines = {key: found for key in samples if (found := _baseline(run, samples, key)) is not None}
    if not baselines:
        return {}
    setup_ms = _setup_ms_of_rows(run)
    return {
        key: _break_even_of(samples[key], *baseline, setup_ms, run.manifest.confidence, (seed, *key))
        for key, baseline in baselines.items()
        if setup_ms[samples[key].index].any()
    }


def _baseline(run: Run, samples: Samples, key: tuple[int, int]) -> tuple[Sample, float] | None:
    """The baseline's sample, and the part of one of its requests that is one message's."""
    arms, (condition, number) = run.manifest.arms, key
    base, arm = baseline_of(arms), arms[number]
    if base is None or arm.transport in {"null", arms[base].transport}:
        return None
    opens, share = arm.connection == "fresh" and arm.messages_per_request == 1, share_of_request(arms[base])
    return (samples[condition, base], share) if opens and share is not None else None


def _setup_ms_of_rows(run: Run) -> Any:
    """Of each row of `run.messages`, what its message spent on opening a connection."""
    rows_of_sends, spent_ns = rows_by_send(run), np.zeros(len(run.messages["send"]))
    for phases in batches(run.phases, "send", "phase", "started_ns", "ended_ns"):
        rows = positions(phases["send"], rows_of_sends)
        mine = (rows >= 0) & np.isin(phases["phase"], _SETUP)
        np.add.at(spent_ns, rows[mine], phase_ns(phases)[mine])
    return spent_ns / NS_PER_MS


def _break_even_of(
    arm: Sample, baseline: Sample, share: float, setup_ms: Any, confidence: float, seed: Sequence[int]
) -> BreakEven:
    opened, whole, level = (
        _block_means(arm, setup_ms[arm.index]),
        _block_means(arm, service_ns(arm.rows) / NS_PER_MS),
        _block_means(baseline, share * service_ns(baseline.rows) / NS_PER_MS),
    )
    common = sorted(opened.keys() & level.keys())
    values = np.array([(opened[block], whole[block] - opened[block], level[block]) for block in common])
    return break_even_batch(values.reshape(-1, 3), confidence, seed)


def break_even_batch(blocks: Any, confidence: float, seed: Sequence[int]) -> BreakEven:
    """From rows of (set-up, message, baseline) in ms, one a block."""
    if len(blocks) < MIN_BLOCKS or not blocks[:, 0].sum() > 0:
        return BreakEven("not identified")
    result = bootstrap(
        tuple(blocks.T),
        _rate,
        paired=True,
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=_AT_ONCE,
        confidence_level=confidence,
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    slowest, quickest = result.confidence_interval
    if quickest <= 0:
        return BreakEven("never")
    if slowest <= 0:
        return BreakEven("not identified", low=_messages(quickest))
    return BreakEven("at", _messages(_rate(*blocks.T)), _messages(quickest), _messages(slowest))


def _rate(setup_ms: Any, message_ms: Any, baseline_ms: Any, axis: int = -1) -> Any:
    return (baseline_ms.mean(axis) - message_ms.mean(axis)) / setup_ms.mean(axis)


def _messages(rate: float) -> float:
    return float(max(1, ceil(1 / rate)))


def _block_means(sample: Sample, values: Any) -> dict[int, float]:
    """Over the messages that were accepted; a block of failures has none."""
    accepted = sample.accepted
    means = {block: values[index][accepted[index]] for block, index in rows_by_block(sample.rows).items()}
    return {block: float(taken.mean()) for block, taken in means.items() if len(taken)}
