"""The manifest of a run: what was planned, composed and true, as the values of model/run.py."""

from __future__ import annotations

import dataclasses

from benchkit.experiment.plan.schedule import links, mean_message_turns
from benchkit.experiment.process.targets import is_embedded
from benchkit.model.clock import utc_now
from benchkit.model.envelope import address_hash, recipients_hash
from benchkit.model.host_names import is_loopback
from benchkit.model.message import Batch
from benchkit.model.run import ArmRecord, ConditionRecord, Manifest, RunStatus
from benchkit.model.scenario import ArmSpec, Limit, Scenario
from benchkit.protocol.expected_turns import is_known, setup_turns
from benchkit.providers.idempotency import repeats_safely
from benchkit.providers.sandbox import sandbox_of

_NO_LAB = "measured on plain loopback, because the link of [network] is not available: "


def manifest_of(scenario: Scenario, batch: Batch, run: str, token: str, lab_refusal: str) -> Manifest:
    """The manifest before the first send; `status` is RUNNING until the run is closed."""
    load = scenario.load
    return Manifest(
        run=run,
        token=token,
        scenario=scenario.name,
        question=scenario.question,
        scenario_text=scenario.source,
        created_utc=utc_now().isoformat(timespec="seconds"),
        status=RunStatus.RUNNING,
        load=dataclasses.asdict(load),
        blocks=load.blocks,
        warmup_blocks=load.warmup_blocks,
        messages_per_block=load.messages_per_block,
        retry=dataclasses.asdict(scenario.retry) if scenario.retry.attempts > 1 else {},
        rope=scenario.verdict.rope,
        confidence=scenario.verdict.confidence,
        family=scenario.verdict.family,
        thresholds=[dataclasses.asdict(threshold) for threshold in scenario.thresholds],
        cost=dataclasses.asdict(scenario.cost),
        arms=tuple(_arm_record(scenario, batch, number, arm) for number, arm in enumerate(scenario.arms)),
        conditions=_conditions(scenario, lab_refusal),
        digests=tuple(message.digest.hex() for message in batch.messages),
        batch_digest=batch.digest,
        batch_bytes=tuple(len(message.mime) for message in batch.messages),
        recipients=tuple(len(message.recipients) for message in batch.messages),
        recipient_hashes=tuple(str(recipients_hash(message.recipients)) for message in batch.messages),
        sender_hashes=tuple(str(address_hash(message.envelope_from)) for message in batch.messages),
    )


def _conditions(scenario: Scenario, lab_refusal: str) -> tuple[ConditionRecord, ...]:
    """One for each link, or one for a run without a lab; round trips are measured later."""
    in_lab = tuple(ConditionRecord(link.name, lab=True, asked=dataclasses.asdict(link)) for link in links(scenario))
    note = _NO_LAB + lab_refusal if lab_refusal else ""
    return in_lab or (ConditionRecord(_condition_name(scenario), note=note),)


def _condition_name(scenario: Scenario) -> str:
    stays = all(arm.server is None or is_loopback(arm.server.host) for arm in scenario.arms)
    return "loopback" if stays else "network"


def _arm_record(scenario: Scenario, batch: Batch, number: int, arm: ArmSpec) -> ArmRecord:
    twin = next((i for i in range(number) if scenario.arms[i].same_way(arm)), -1)
    return ArmRecord(
        name=arm.name,
        transport=arm.transport,
        client=arm.client,
        connection=arm.connection.label,
        security=arm.security.value,
        auth=arm.auth,
        provider=arm.provider,
        baseline=number == scenario.baseline,
        embedded=is_embedded(arm),
        aa_of=twin,
        expects_faults=bool(arm.faults or arm.profile) or arm.limit != Limit(),
        setup_turns=setup_turns(arm) if is_known(arm) else None,
        message_turns=mean_message_turns(scenario.load, arm, batch),
        messages_per_request=arm.messages_per_request,
        sandbox=sandbox.how if (sandbox := sandbox_of(arm)) is not None else "",
        failover=scenario.arms[arm.failover.arm].name if arm.failover is not None else "",
        render=arm.render.value,
        congestion=arm.congestion,
        profile=arm.profile,
        repeats_safely=repeats_safely(arm),
    )
