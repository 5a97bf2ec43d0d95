"""Cost per thousand messages: prices times what was measured, and nothing where there is no price."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from benchkit.model.run import Run
from benchkit.model.summary import ArmCost
from benchkit.stats.analysis import analyse

PRICES = {
    "currency": "EUR",
    "per_thousand": [["arm 0", 0.5], ["arm*", 0.2]],
    "cpu_per_hour": 36.0,
    "egress_per_gb": 10.0,
}


def costs(run: Run, **prices: Any) -> tuple[ArmCost, ...]:
    return analyse(replace(run, manifest=replace(run.manifest, cost=prices))).costs


def test_each_part_is_a_price_times_what_was_measured(synthetic_run: Callable[..., Run]) -> None:
    """5 ms a message, of which the generator computes 30 %; 4,200 bytes a message."""
    run = synthetic_run(drift=0.0, message_noise=0.0, block_noise=0.0)
    one, other = costs(run, **PRICES)
    assert (one.price, other.price) == (0.5, 0.2)
    assert one.cpu == pytest.approx(1000 * 0.0015 * 36 / 3600, rel=0.01)
    assert one.egress == pytest.approx(1000 * 4200 * 10 / 1e9)
    assert one.total == pytest.approx(sum(part or 0.0 for part in (one.price, one.cpu, one.egress)))


@pytest.mark.parametrize(
    "prices", [{}, {"currency": "USD", "per_thousand": [], "cpu_per_hour": None, "egress_per_gb": None}]
)
def test_without_prices_there_are_no_costs(synthetic_run: Callable[..., Run], prices: dict[str, Any]) -> None:
    assert costs(synthetic_run(), **prices) == ()


def test_what_has_no_price_is_not_known(synthetic_run: Callable[..., Run]) -> None:
    one, _ = costs(synthetic_run(), per_thousand=[["arm 0", 0.5]])
    assert (one.cpu, one.egress, one.total) == (None, None, 0.5)
    no_cells = replace(synthetic_run(), cells={})
    assert costs(no_cells, cpu_per_hour=1.0)[0].cpu is None
