"""The batch as an arm gives it to its server, if that differs from the shared batch: for a relay, or for a sandbox."""

from __future__ import annotations

from dataclasses import replace

from benchkit.model.message import Batch
from benchkit.model.scenario import ArmSpec, Scenario
from benchkit.providers.relay_fields import relay_of, relayed
from benchkit.providers.sandbox import sandbox_of, to_sandbox


def arm_batch(arm: ArmSpec, batch: Batch) -> Batch:
    """The same object if the arm changes nothing. Raises ValueError if its relay cannot do what the arm needs."""
    sandbox = sandbox_of(arm)
    if sandbox is not None and (sandbox.recipient or sandbox.fields):
        by_api = arm.transport == "api"
        batch = replace(batch, messages=tuple(to_sandbox(one, sandbox, by_api=by_api) for one in batch.messages))
    relay = relay_of(arm.provider) if arm.transport == "smtp" and arm.provider else None
    if relay is None:
        return batch
    fields = sandbox.fields if sandbox is not None else ()
    return replace(batch, messages=tuple(relayed(message, relay, arm.options, fields) for message in batch.messages))


def arm_batches(scenario: Scenario, batch: Batch) -> dict[int, Batch]:
    """The changed batches, by arm; the scenario has passed check_requests."""
    found = {number: arm_batch(arm, batch) for number, arm in enumerate(scenario.arms)}
    return {number: own for number, own in found.items() if own is not batch}
