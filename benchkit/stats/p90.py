"""The 90th percentile. Refused under 40 samples: fewer than 4 would lie beyond it, and nothing would bound it."""

from __future__ import annotations

from benchkit.stats.quantile import Quantile

STATISTIC = Quantile("p90", per_mille=900, needs=40)
