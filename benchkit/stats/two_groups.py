"""Whether an arm's times fall apart into two groups: then its median describes one of them and hides the other.

On logarithms, the split that leaves the least spread within its two sides (Otsu 1979). It counts where both sides are large
enough to matter, their medians far apart, and hardly any spread is left within them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchkit.model.summary import TwoGroups

SMALLEST = 0.05  # share of the messages; fewer are a tail, which the percentiles show
FAR = 2.0  # times slower
WITHIN = 0.25  # of all spread: two normal halves of one group leave 0.36
FEWEST = 20  # messages; of fewer a second group cannot be told from chance
MOST = 20_000  # messages looked at, evenly chosen from all of them


def two_groups(times_ns: Any) -> TwoGroups | None:
    """From positive durations of the accepted messages; None where they are one group, or fewer than FEWEST."""
    times_ns = np.sort(times_ns[times_ns > 0])[:: max(1, len(times_ns) // MOST)]
    n = len(times_ns)
    if n < FEWEST:
        return None
    logs = np.log(times_ns)
    sums, squares, left = np.cumsum(logs), np.cumsum(logs**2), np.arange(1, n)
    right = n - left
    within = (squares[:-1] - sums[:-1] ** 2 / left) + (squares[-1] - squares[:-1] - (sums[-1] - sums[:-1]) ** 2 / right)
    total = float(squares[-1] - sums[-1] ** 2 / n)
    split = int(np.argmin(within)) + 1
    share = (n - split) / n
    times = float(np.median(times_ns[split:]) / np.median(times_ns[:split]))
    if total <= 0 or within[split - 1] > WITHIN * total or times < FAR or not SMALLEST <= share <= 1 - SMALLEST:
        return None
    return TwoGroups(share, times)
