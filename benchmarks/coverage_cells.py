"""Simulated machines whose truth is known: what messages of blocks, ratios of blocks and sweeps look like, by name. Seeded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Rng = np.random.Generator
BLOCKS, MESSAGES = 40, 10
RTTS_MS = np.array([1.0, 5.0, 10.0, 20.0, 40.0])

# (rng, blocks) → times of shape (blocks, MESSAGES); the truth is the quantile of a very long run.
Arm = Callable[[Rng, int], Any]


def autoregressive(rng: Rng, n: int, coefficient: float) -> Any:
    """A stationary autoregressive series of variance 1."""
    shocks = rng.normal(size=n) * np.sqrt(1 - coefficient**2)
    series = np.empty(n)
    series[0] = rng.normal()
    for i in range(1, n):
        series[i] = coefficient * series[i - 1] + shocks[i]
    return series


def _noise(rng: Rng, blocks: int, sd: float = 0.1) -> Any:
    return sd * rng.normal(size=(blocks, MESSAGES))


def _of_blocks(rng: Rng, blocks: int, sd: float) -> Any:
    return sd * rng.normal(size=(blocks, 1))


def _correlated(share: float) -> Arm:
    """Intra-block correlation `share` of the logarithms."""
    return lambda rng, blocks: np.exp(
        _noise(rng, blocks, 0.2 * (1 - share) ** 0.5) + _of_blocks(rng, blocks, 0.2 * share**0.5)
    )


def _drift(rng: Rng, blocks: int) -> Any:
    """Slower by half from one end of each 40 blocks to the other."""
    return np.exp(_noise(rng, blocks)) * np.tile(np.linspace(1, 1.5, BLOCKS), blocks // BLOCKS)[:, None]


def _within(rng: Rng, blocks: int) -> Any:
    return np.exp(0.2 * np.array([autoregressive(rng, MESSAGES, 0.7) for _ in range(blocks)]))


ARMS: Mapping[str, Arm] = {
    "independent": lambda rng, blocks: np.exp(_noise(rng, blocks, 0.3)),
    "ties": lambda rng, blocks: np.round(4 * np.exp(_noise(rng, blocks, 0.3))) / 4,
    "linear drift": _drift,
    "block sd 5 %": lambda rng, blocks: np.exp(_noise(rng, blocks) + _of_blocks(rng, blocks, 0.05)),
    "block sd 10 %": lambda rng, blocks: np.exp(_noise(rng, blocks) + _of_blocks(rng, blocks, 0.10)),
    "AR(0.7) within blocks": _within,
    "AR(0.9) across blocks": lambda rng, blocks: np.exp(0.2 * autoregressive(rng, blocks * MESSAGES, 0.9)).reshape(
        blocks, MESSAGES
    ),
    "heavy tails": lambda rng, blocks: 1 + np.abs(rng.standard_t(2, size=(blocks, MESSAGES))),
    "intra-block correlation 0.3": _correlated(0.3),
    "intra-block correlation 0.6": _correlated(0.6),
}
# Reported, and not held to a goal: a run like this prints a warning.
ARMS_WITH_A_WARNING: Mapping[str, Arm] = {
    "bimodal blocks": lambda rng, blocks: np.exp(_noise(rng, blocks)) * np.where(rng.random((blocks, 1)) < 0.5, 1, 3),
    "rare bad blocks": lambda rng, blocks: np.exp(_noise(rng, blocks)) * np.where(rng.random((blocks, 1)) < 0.05, 5, 1),
    "blocks that follow AR(0.9)": lambda rng, blocks: np.exp(
        _noise(rng, blocks) + 0.05 * autoregressive(rng, blocks, 0.9)[:, None]
    ),
}

# (rng, n) → log ratios of n blocks with median 0.
RATIOS: Mapping[str, Callable[[Rng, int], Any]] = {
    "normal 5 %": lambda rng, n: 0.05 * rng.normal(size=n),
    "normal 11 %": lambda rng, n: 0.11 * rng.normal(size=n),
    "normal 30 %": lambda rng, n: 0.30 * rng.normal(size=n),
    "Laplace": lambda rng, n: 0.1 * rng.laplace(size=n),
    "Student t, 2 degrees": lambda rng, n: 0.1 * rng.standard_t(2, size=n),
    "Cauchy": lambda rng, n: 0.05 * rng.standard_cauchy(n),
    "skewed": lambda rng, n: 0.1 * (rng.exponential(size=n) - np.log(2)),
    "uniform": lambda rng, n: 0.4 * (rng.random(n) - 0.5),
    "a tenth of the blocks 10 times as noisy": lambda rng, n: (
        np.where(rng.random(n) < 0.1, 0.5, 0.05) * rng.normal(size=n)
    ),
}


def sweep(
    rng: Rng,
    intercept: float,
    slope: float,
    *,
    passes: int,
    growing: bool = False,
    offset_ms: float = 0.0,
    blocks: int = 6,
) -> tuple[Any, Any, Any, Any]:
    """x, condition, pass and time of every block; `offset_ms` is the sd of what a condition's blocks of a pass share."""
    shape = (passes, len(RTTS_MS), blocks)
    number, condition, _ = np.indices(shape)
    x = RTTS_MS[condition]
    spread = 0.05 + 0.02 * x if growing else 0.3
    y = intercept + slope * x + spread * rng.normal(size=shape) + offset_ms * rng.normal(size=(*shape[:2], 1))
    return x.ravel(), condition.ravel(), number.ravel(), y.ravel()
