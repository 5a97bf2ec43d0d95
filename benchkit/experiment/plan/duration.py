"""How long a run will take: round trips times the RTT of each condition, the embedded servers' delays, and CPU time.

An estimate before the first send, within a factor of two if the RTT is known. Loss, retries and the time of a server that is
not embedded are not included.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchkit.experiment.lab import LinkSpec
from benchkit.experiment.paces import PACES
from benchkit.experiment.plan.arm_notes import mean_ms
from benchkit.experiment.plan.schedule import links, schedule
from benchkit.experiment.process.targets import listeners
from benchkit.model.host_names import is_loopback
from benchkit.model.load import LoadModel, LoadSpec
from benchkit.model.plan import ArmPlan
from benchkit.model.scenario import ArmSpec, Scenario, Security

# Of a machine of 2024, both ends together; from the scenarios of this repository on loopback.
_START_S = 1.0  # of a segment's processes, connections and link
_MESSAGE_S = 0.0005
_TLS_S = 0.0018  # a handshake
_ONCE_A_CONNECTION = frozenset({"connect", "banner", "ehlo", "starttls", "auth", "quit"})  # of Fault.at


def expected_s(scenario: Scenario, arms: Sequence[ArmPlan]) -> tuple[float, ...] | None:
    """Seconds of each condition; None for a server beyond this machine, whose RTT is not yet known."""
    if any(arm.server is not None and not is_loopback(arm.server.host) for arm in scenario.arms):
        return None
    conditions = links(scenario) or (LinkSpec(),)
    return tuple(_condition_s(scenario, arms, link, len(conditions)) for link in conditions)


def round_trips_in_a_row(scenario: Scenario, arms: Sequence[ArmPlan]) -> float:
    """The sequential round trips of the whole run: senders of one arm wait at the same time."""
    return sum(_turns(spec, arm) / _senders(scenario.load) for spec, arm in zip(scenario.arms, arms, strict=True))


def _condition_s(scenario: Scenario, arms: Sequence[ArmPlan], link: LinkSpec, conditions: int) -> float:
    load = scenario.load
    if load.model is LoadModel.OPEN:
        of_one_arm_ns = sum(schedule(load, block)[-1] for block in range(load.all_blocks))
        return load.restarts * _START_S + of_one_arm_ns * len(arms) / 1e9
    each = (_arm_s(load, spec, arm, link) for spec, arm in zip(scenario.arms, arms, strict=True))
    return load.restarts * _START_S + (sum(each) + _server_s(scenario, arms)) / conditions


def _arm_s(load: LoadSpec, spec: ArmSpec, arm: ArmPlan, link: LinkSpec) -> float:
    """Over all conditions, if all had this link."""
    waiting_s = _turns(spec, arm) * link.rtt_ms / 1000 / _senders(load)
    computing_s = _sends(arm) * _MESSAGE_S + (spec.security is not Security.NONE) * arm.connections * _TLS_S
    sending_s = arm.bytes * 8 / (link.bandwidth_mbit * 1e6) if link.bandwidth_mbit else 0.0
    return waiting_s + computing_s + sending_s


def _server_s(scenario: Scenario, arms: Sequence[ArmPlan]) -> float:
    """The embedded servers' delays before they answer, by `delay_ms` or by profile; senders wait in parallel."""
    waits_ms = (
        fault.probability * mean_ms(fault.delay) * _times(fault.at, scenario.arms[server.arm], arms[server.arm])
        for server in listeners(scenario, "", 0)
        for fault in server.faults
        if fault.delay is not None
    )
    return sum(waits_ms) / 1000 / _senders(scenario.load)


def _times(point: str, spec: ArmSpec, arm: ArmPlan) -> float:
    """How often an arm reaches that point of the dialogue."""
    if point in _ONCE_A_CONNECTION:
        return arm.connections
    return arm.deliveries if point == "rcpt" else _sends(arm) / spec.messages_per_request


def _turns(spec: ArmSpec, arm: ArmPlan) -> float:
    """Includes the QUIT of each connection, which the next message waits for."""
    quits = arm.connections if spec.transport == "smtp" and spec.connection.messages else 0
    return _sends(arm) * (arm.turns or 0) + quits


def _sends(arm: ArmPlan) -> int:
    return arm.sends + arm.warmup_sends


def _senders(load: LoadSpec) -> int:
    return min(PACES[load.model].senders(load.concurrency), load.messages_per_block)
