"""What sending costs, as the scenario gives it. The costs of a run are in stats/costs.py."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CostSpec:
    """Prices; None where not given. `per_thousand`: (arm pattern, price of a thousand messages), the first match counts."""

    currency: str = "USD"
    per_thousand: tuple[tuple[str, float], ...] = ()
    cpu_per_hour: float | None = None
    egress_per_gb: float | None = None


NO_COST = CostSpec()
