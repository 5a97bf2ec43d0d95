"""The 99.9th percentile. Refused under 4,000 samples: fewer than 4 would lie beyond it, and nothing would bound it."""

from __future__ import annotations

from benchkit.stats.quantile import Quantile

STATISTIC = Quantile("p999", per_mille=999, needs=4000)
