"""What is found in one arm's messages beyond their quantiles: what failover changed, and times that form two groups."""

from __future__ import annotations

from dataclasses import dataclass

from benchkit.model.estimate import Estimate


@dataclass(frozen=True, slots=True)
class FailoverCost:
    """What an arm's failover saved in failures and cost in time; times are of accepted messages, in the median."""

    failed_without: int  # messages that its own server did not take
    failure_rate_without: Estimate
    failed_over_ms: Estimate  # of messages that failed over: both attempts together
    others_ms: Estimate  # of messages that did not
    added_ms: Estimate  # a message, over all messages: the mean


@dataclass(frozen=True, slots=True)
class TwoGroups:
    """A sample that falls apart into a fast and a slow group: the slow one's share, and how many times slower its median is."""

    slow_share: float
    times_slower: float
