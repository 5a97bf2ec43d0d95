"""The median. Given for any sample; its 95 % interval takes 6."""

from __future__ import annotations

from benchkit.stats.quantile import Quantile

STATISTIC = Quantile("p50", per_mille=500, needs=1)
