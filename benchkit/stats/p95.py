"""The 95th percentile. Refused under 80 samples: fewer than 4 would lie beyond it, and nothing would bound it."""

from __future__ import annotations

from benchkit.stats.quantile import Quantile

STATISTIC = Quantile("p95", per_mille=950, needs=80)
