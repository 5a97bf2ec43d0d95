"""What a thousand messages of an arm cost, by the prices that the scenario gives (docs/scenario.md, [cost])."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from benchkit.model.run import Run
from benchkit.model.summary import ArmCost, ArmSummary
from benchkit.stats.generator import client_cpu_s
from benchkit.stats.sample import Sample, Samples

_SECONDS_AN_HOUR = 3600.0
_BYTES_A_GB = 1e9


def costs_of(run: Run, samples: Samples, arms: Sequence[ArmSummary]) -> tuple[ArmCost, ...]:
    """One for each arm that sends, under each condition; none without prices. `arms` are those of summarise_arms."""
    prices = run.manifest.cost
    if not any(prices.get(name) for name in ("per_thousand", "cpu_per_hour", "egress_per_gb")):
        return ()
    return tuple(
        _cost(run, sample, arm, prices)
        for sample, arm in zip(samples.values(), arms, strict=True)
        if arm.transport != "null"
    )


def _cost(run: Run, sample: Sample, arm: ArmSummary, prices: Mapping[str, Any]) -> ArmCost:
    price = next((price for pattern, price in prices.get("per_thousand", ()) if fnmatchcase(arm.name, pattern)), None)
    cpu_s = client_cpu_s(run, sample)
    bytes_each = arm.bytes_out / sample.started if sample.started else None
    return ArmCost(
        arm.name,
        arm.condition,
        price,
        _times(prices.get("cpu_per_hour"), cpu_s, 1000 / _SECONDS_AN_HOUR),
        _times(prices.get("egress_per_gb"), bytes_each, 1000 / _BYTES_A_GB),
    )


def _times(price: float | None, amount: float | None, scale: float) -> float | None:
    return None if price is None or amount is None else price * amount * scale
