"""How many messages a new connection must carry to make up for its set-up, with an interval over blocks.

By mean times, set-up + n · message = n · baseline. So n is 1 ÷ rate, where rate = (baseline − message) ÷ set-up is what one
message earns back. The rate has no poles, so its interval (Fieller's, over blocks or starts) is computed first; where that
holds zero, n has no upper end (method.md §9).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, inf, isfinite, sqrt
from typing import Any

import numpy as np

from benchkit.model.durations import NS_PER_MS, phase_ns, service_ns
from benchkit.model.run import Manifest, Run
from benchkit.model.summary import BreakEven
from benchkit.model.trace import Phase
from benchkit.stats.distributions import student_t_quantile
from benchkit.stats.pairs import baseline_of
from benchkit.stats.rows_by_send import batches, positions, rows_by_send
from benchkit.stats.sample import Sample, Samples, rows_by_block
from benchkit.stats.starts import start_of_block
from benchkit.stats.theory import share_of_request

_SETUP = (Phase.CONNECT, Phase.TLS, Phase.BANNER, Phase.EHLO, Phase.STARTTLS, Phase.AUTH)
MIN_UNITS = 3  # blocks, or starts where there are several


def break_evens(run: Run, samples: Samples) -> Mapping[tuple[int, int], BreakEven]:
    """By (condition, arm): of each arm that opens a connection for each message, against the baseline if it is of another kind.

    Against its own kind it would come out as noise: the same message, once with an opening and once without.
    """
    baselines = {key: found for key in samples if (found := _baseline(run, samples, key)) is not None}
    if not baselines:
        return {}
    setup_ms = _setup_ms_of_rows(run)
    return {
        key: _break_even_of(run.manifest, samples[key], *baseline, setup_ms)
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


def _break_even_of(manifest: Manifest, arm: Sample, baseline: Sample, share: float, setup_ms: Any) -> BreakEven:
    opened, whole, level = (
        _block_means(arm, setup_ms[arm.index]),
        _block_means(arm, service_ns(arm.rows) / NS_PER_MS),
        _block_means(baseline, share * service_ns(baseline.rows) / NS_PER_MS),
    )
    common = sorted(opened.keys() & level.keys())
    values = np.array([(opened[block], whole[block] - opened[block], level[block]) for block in common])
    starts = start_of_block(manifest, np.array(common, dtype=np.int64))
    return break_even_batch(values.reshape(-1, 3), starts, manifest.confidence)


def break_even_batch(blocks: Any, starts: Any, confidence: float) -> BreakEven:
    """From rows of (set-up, message, baseline) in ms, one a block, and the start of each: Fieller's interval (1954)."""
    units = np.array([blocks[starts == number].mean(axis=0) for number in np.unique(starts)])
    units = units if len(units) > 1 else blocks
    if len(units) < MIN_UNITS or not units[:, 0].sum() > 0:
        return BreakEven("not identified")
    earned, setup_ms = units[:, 2] - units[:, 1], units[:, 0]
    slowest, quickest = _ratio_interval(earned, setup_ms, confidence)
    if quickest <= 0:
        return BreakEven("never")
    if slowest <= 0:
        return BreakEven("not identified", low=_messages(quickest) if isfinite(quickest) else None)
    return BreakEven("at", _messages(float(earned.mean() / setup_ms.mean())), _messages(quickest), _messages(slowest))


def _ratio_interval(above: Any, below: Any, confidence: float) -> tuple[float, float]:
    """Fieller's interval of mean(above) ÷ mean(below), paired; unbounded where `below` may be zero."""
    n = len(above)
    t2 = student_t_quantile((1 + confidence) / 2, n - 1) ** 2
    (var_above, covariance), (_, var_below) = np.cov(above, below) / n
    x, y = float(above.mean()), float(below.mean())
    a = y * y - t2 * var_below
    if a <= 0:
        return -inf, inf
    b, c = x * y - t2 * covariance, x * x - t2 * var_above
    half = sqrt(max(0.0, float(b * b - a * c)))
    return float((b - half) / a), float((b + half) / a)


def _messages(rate: float) -> float:
    return float(max(1, ceil(1 / rate)))


def _block_means(sample: Sample, values: Any) -> dict[int, float]:
    """Over the messages that were accepted; a block of failures has none."""
    accepted = sample.accepted
    means = {block: values[index][accepted[index]] for block, index in rows_by_block(sample.rows).items()}
    return {block: float(taken.mean()) for block, taken in means.items() if len(taken)}
