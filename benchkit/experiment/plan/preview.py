"""The plan in numbers, for `--dry-run` and for the question before real mail is sent. No sends, no look-ups."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchkit.experiment.conditions import FOREIGN_PROBES
from benchkit.experiment.paces import PACES
from benchkit.experiment.plan.arm_notes import arm_notes, retries_in_words
from benchkit.experiment.plan.duration import expected_s, round_trips_in_a_row
from benchkit.experiment.plan.expected_failures import failover_turns, without_verdict
from benchkit.experiment.plan.schedule import condition_count, links, mean_message_turns
from benchkit.experiment.plan.send_permission import deliveries, needs_permission, sum_over_sends
from benchkit.experiment.process.targets import is_embedded
from benchkit.model.counts import counted
from benchkit.model.host_names import is_reserved_mailbox
from benchkit.model.load import LoadModel, LoadSpec
from benchkit.model.message import Batch
from benchkit.model.plain_number import significant
from benchkit.model.plan import ArmPlan, PlanSummary, Precision
from benchkit.model.scenario import ArmSpec, Scenario
from benchkit.model.tls_difference import TlsDifference, tls_difference
from benchkit.protocol.expected_turns import setup_turns
from benchkit.providers.sandbox import sandbox_of
from benchkit.stats.comparison import shared_confidence
from benchkit.stats.precision import plan_precision

_SAMPLE = 3


def preview(scenario: Scenario, batch: Batch, noise: float | None = None) -> PlanSummary:
    """What the run would do. `noise` is what an earlier run of the scenario measured (stats/precision.py)."""
    arms = tuple(_arm_plan(scenario, arm, batch) for arm in scenario.arms)
    seconds = expected_s(scenario, arms)
    recipients = list(dict.fromkeys(recipient for message in batch.messages for recipient in message.recipients))
    return PlanSummary(
        scenario=scenario.name,
        question=scenario.question,
        load=_load_in_words(scenario),
        arms=arms,
        distinct_messages=len(batch),
        recipients_sample=tuple(recipients[:_SAMPLE]),
        distinct_recipients=len(recipients),
        duration_s=None if seconds is None else sum(seconds),
        return_paths=_real_return_paths(batch) if any(arm.server is not None for arm in scenario.arms) else (),
        precision=_precision(scenario, noise),
        without_verdict=without_verdict(scenario),
        round_trips=round(round_trips_in_a_row(scenario, arms)),
        retries=retries_in_words(scenario.retry),
        security=_security(scenario.arms),
        probe_connections=FOREIGN_PROBES * len({arm.server for arm in scenario.arms if arm.server is not None}),
    )


def _precision(scenario: Scenario, noise: float | None) -> Precision | None:
    sending = [arm for arm in scenario.arms if arm.transport != "null"]
    if len(sending) < 2:
        return None
    load, verdict = scenario.load, scenario.verdict
    contrasts = _ways(sending) - 1
    if contrasts and len(without_verdict(scenario)) >= len(sending) - 1:
        return None  # no contrast is left whose verdict could be promised
    together = contrasts * condition_count(scenario) if verdict.family == "all" else 1
    confidence = shared_confidence(verdict.confidence, max(1, together) * max(1, len(load.looks)))
    return plan_precision(load.blocks, load.restarts, verdict.rope, confidence, noise)


def _security(arms: Sequence[ArmSpec]) -> TlsDifference:
    """Every arm is compared with the baseline; a null arm has no connection."""
    sending = [(arm.name, arm.security.value) for arm in arms if arm.transport != "null"]
    baselines = [(arm.name, arm.security.value) for arm in arms if arm.baseline and arm.transport != "null"]
    return tls_difference((arm, baseline) for baseline in baselines for arm in sending)


def _ways(arms: Sequence[ArmSpec]) -> int:
    """The arms without the copies that A/A compares."""
    return sum(not any(earlier.same_way(arm) for earlier in arms[:number]) for number, arm in enumerate(arms))


def _real_return_paths(batch: Batch) -> tuple[str, ...]:
    found = {message.envelope_from for message in batch.messages}
    return tuple(sorted(path for path in found if path and not is_reserved_mailbox(path)))


def _load_in_words(scenario: Scenario) -> str:
    load = scenario.load
    how = {
        LoadModel.TALK: "one message at a time",
        LoadModel.THROUGHPUT: f"{counted(load.concurrency, 'sender')}, each sends on as soon as it has an answer",
        LoadModel.OPEN: f"{significant(load.rate_per_s)} messages/s on a {load.arrivals} schedule that all arms share",
    }[load.model]
    if load.workers > 1:
        how += f", spread over {load.workers:,} worker processes"
    names = "; ".join(link.name for link in links(scenario))
    blocks = ("at most " if load.looks else "") + counted(load.blocks, "block")
    looks = ", ".join(f"{look:,}" for look in load.looks[:-1])
    return (
        f"{load.model}: {how}; {blocks} of {load.messages_per_block:,} after {load.warmup_blocks:,} of warm-up"
        + (f", or fewer once all is decided, after {looks}" if looks else "")
        + (f", for each of: {names}" if names else "")
        + (f"; the processes start {load.restarts:,} times, each time with a warm-up" if load.restarts > 1 else "")
    )


def _arm_plan(scenario: Scenario, arm: ArmSpec, batch: Batch) -> ArmPlan:
    load, conditions = scenario.load, condition_count(scenario)
    sends = load.all_blocks * load.messages_per_block
    connections = _connections(load, arm, sends)
    bytes_of_all = sum_over_sends([len(message.mime) for message in batch.messages], sends)
    each = mean_message_turns(load, arm, batch)
    share = setup_turns(arm) * connections / sends if each is not None and arm.connection.messages else 0
    further = failover_turns(scenario, arm, batch, sends, open_connections=_senders(load) * load.restarts)
    return ArmPlan(
        name=arm.name,
        target=_target(arm) + _failover_target(scenario, arm),
        leaves_this_machine=needs_permission(arm, scenario, batch),
        sends=conditions * load.blocks * load.messages_per_block,
        warmup_sends=conditions * load.restarts * load.warmup_blocks * load.messages_per_block,
        connections=conditions * connections,
        turns=None if each is None else each + share + further,
        bytes=conditions * bytes_of_all,
        embedded=arm.server is None,
        deliveries=deliveries(arm, scenario, batch),
        client=arm.client,
        sandbox=_sandbox(scenario, arm),
        trial_connections=int(arm.server is not None),
        notes=arm_notes(arm),
    )


def _connections(load: LoadSpec, arm: ArmSpec, sends: int) -> int:
    if arm.transport == "null":
        return 0
    return -(-sends // arm.connection.messages) if arm.connection.messages else _senders(load) * load.restarts


def _senders(load: LoadSpec) -> int:
    return min(PACES[load.model].senders(load.concurrency), load.messages_per_block)


def _target(arm: ArmSpec) -> str:
    if arm.server is not None:
        return "the receiving lab" if arm.server.is_unstarted_lab else f"{arm.server.host}:{arm.server.port}"
    whose = f"{arm.provider} relay" if arm.provider and arm.transport == "smtp" else arm.provider or arm.transport
    return f"embedded {whose}" if is_embedded(arm) else "nowhere"


def _sandbox(scenario: Scenario, arm: ArmSpec) -> str:
    """In words; also empty if the arm's failover sends real mail."""
    sandbox = sandbox_of(arm)
    leaves = arm.failover is not None and not scenario.arms[arm.failover.arm].sandbox
    return sandbox.how if sandbox is not None and not leaves else ""


def _failover_target(scenario: Scenario, arm: ArmSpec) -> str:
    return "" if arm.failover is None else f", else {_target(scenario.arms[arm.failover.arm])}"


def expected_progress(scenario: Scenario, batch: Batch) -> Callable[[int, int], float] | None:
    """(sends recorded, sends planned) → elapsed seconds of the estimate; None without an estimate."""
    seconds = expected_s(scenario, [_arm_plan(scenario, arm, batch) for arm in scenario.arms])
    if seconds is None:
        return None

    def passed_s(sent: int, planned: int) -> float:
        """Conditions have as many sends each, and take their own times; where they interleave, all go on together."""
        if scenario.load.restarts > 1:
            return sum(seconds) * sent / planned if planned else 0.0
        conditions = sent / planned * len(seconds) if planned else 0.0
        whole = min(int(conditions), len(seconds) - 1)
        return sum(seconds[:whole]) + (conditions - whole) * seconds[whole]

    return passed_s
