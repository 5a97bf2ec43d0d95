"""Every statistic in the registry passes the suite of benchkit.testing, beside its formula as numpy has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

import numpy as np
import pytest

from benchkit.stats import STATISTICS
from benchkit.testing.statistic_suite import StatisticCase, StatisticSuite


def quantile(share: float) -> Callable[[Any], float]:
    return partial(np.quantile, q=share, method="inverted_cdf")


FORMULAS: Mapping[str, Callable[[Any], float]] = {
    "p50": quantile(0.5),
    "p90": quantile(0.9),
    "p95": quantile(0.95),
    "p99": quantile(0.99),
    "p999": quantile(0.999),
    "mean": np.mean,
}


class TestStatistics(StatisticSuite):
    cases: ClassVar = [StatisticCase(STATISTICS[name], formula) for name, formula in FORMULAS.items()]


@pytest.mark.parametrize("name", STATISTICS.names())
def test_each_is_in_the_table_under_its_own_name(name: str) -> None:
    assert STATISTICS[name].name == name
    assert name in FORMULAS, "add its formula to FORMULAS, as numpy has it"
