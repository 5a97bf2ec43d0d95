"""The shares of messages that the scenario's faults will fail or move to the failover: for `--dry-run`.

They follow from the probabilities only: limits, profiles and servers that are not embedded are not included. The first
attempt of a message that fails over is counted as if it were completed.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from benchkit.experiment.plan.schedule import mean_message_turns
from benchkit.model.message import Batch
from benchkit.model.scenario import ArmSpec, Fault, Scenario
from benchkit.protocol.expected_turns import setup_turns
from benchkit.stats.distributions import normal_quantile
from benchkit.stats.rate_difference import MARGIN

_OF_A_MESSAGE = frozenset({"mail", "rcpt", "data", "content", "request", "response"})  # of Fault.at
_AFTER_IT_WAS_TAKEN = frozenset({"content", "response"})  # a connection dropped there leaves the message in doubt
_TEMPORARY_STATUS = frozenset({408, 420, 429})


@dataclass(frozen=True, slots=True)
class FailedShares:
    """Of the messages: `temporary` may be sent again and fail over, `permanent` not."""

    temporary: float
    permanent: float


def own_failures(scenario: Scenario, arm: ArmSpec) -> FailedShares:
    """After all attempts by the arm's own server."""
    passed, temporary, permanent = 1.0, 0.0, 0.0
    ambiguous = scenario.retry.ambiguous or (arm.failover is not None and arm.failover.ambiguous)
    for fault in arm.faults:
        share = passed * fault.probability * _chances(fault, arm) if _refuses(fault) else 0.0
        passed -= share
        if _is_temporary(fault, ambiguous=ambiguous):
            temporary += share
        else:
            permanent += share
    attempts = scenario.retry.attempts
    return FailedShares(temporary**attempts, permanent * sum(temporary**before for before in range(attempts)))


def failing_share(scenario: Scenario, arm: ArmSpec) -> float:
    """The share that neither server accepts in the end."""
    own = own_failures(scenario, arm)
    if arm.failover is None:
        return own.temporary + own.permanent
    other = own_failures(scenario, scenario.arms[arm.failover.arm])
    return own.permanent + own.temporary * (other.temporary + other.permanent)


def failover_turns(scenario: Scenario, arm: ArmSpec, batch: Batch, sends: int, *, open_connections: int) -> float:
    """Round trips that failover adds to a message on average; at most `open_connections` kept connections are opened for it."""
    if arm.failover is None:
        return 0.0
    share, other = own_failures(scenario, arm).temporary, scenario.arms[arm.failover.arm]
    opened = share / other.connection.messages if other.connection.messages else min(share, open_connections / sends)
    return share * (mean_message_turns(scenario.load, other, batch) or 0.0) + opened * setup_turns(other)


def without_verdict(scenario: Scenario) -> tuple[str, ...]:
    """The arms whose failure rates should differ from the baseline's: their verdict on time will be withheld."""
    baseline = scenario.arms[scenario.baseline]
    sends = scenario.load.blocks * scenario.load.messages_per_block
    expected = failing_share(scenario, baseline)
    return tuple(
        arm.name
        for arm in scenario.arms
        if arm.transport != "null"
        and not arm.same_way(baseline)
        and _will_differ(failing_share(scenario, arm), expected, sends, scenario.verdict.confidence)
    )


def _will_differ(share: float, other: float, sends: int, confidence: float) -> bool:
    error = sqrt((share * (1 - share) + other * (1 - other)) / sends)
    return abs(share - other) > max(MARGIN, normal_quantile((1 + confidence) / 2) * error)


def _chances(fault: Fault, arm: ArmSpec) -> float:
    """How often a message reaches that point. A kept connection is opened too rarely to matter."""
    if fault.at in _OF_A_MESSAGE:
        return 1.0
    return 1 / arm.connection.messages if arm.connection.messages and fault.at != "quit" else 0.0


def _refuses(fault: Fault) -> bool:
    return bool(fault.reply[:1] in ("4", "5") or fault.status >= 400 or fault.drop or fault.answer)


def _is_temporary(fault: Fault, *, ambiguous: bool) -> bool:
    """What may be sent again (model/retry.py): 4yz, HTTP 5xx, rate limits, and connections lost before the content left."""
    if fault.drop:
        return fault.at not in _AFTER_IT_WAS_TAKEN or ambiguous
    return fault.reply.startswith("4") or fault.status >= 500 or fault.status in _TEMPORARY_STATUS
