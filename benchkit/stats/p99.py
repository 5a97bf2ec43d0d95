"""The 99th percentile. Refused under 400 samples: fewer than 4 would lie beyond it, and nothing would bound it."""

from __future__ import annotations

from benchkit.stats.quantile import Quantile

STATISTIC = Quantile("p99", per_mille=990, needs=400)
