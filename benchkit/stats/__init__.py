"""From a stored run to its summary: pure functions of numpy tables, seeded; no files, no printing (docs/method.md).

Start at `analysis.analyse`. A statistic is one file here (file name = its name) and one name in this tuple; nothing
heavy loads before it is asked for.
"""

from __future__ import annotations

from benchkit.model.contracts import Statistic
from benchkit.model.registry import Registry

STATISTICS: Registry[Statistic] = Registry(
    "statistic",
    "benchkit.stats",
    "STATISTIC",
    {**dict.fromkeys(("p50", "p90", "p95", "p99", "p999"), "quantile"), "mean": "mean"},
)
