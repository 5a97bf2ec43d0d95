"""The batch as an arm gives it to its server, where that is not the batch itself: with the header fields of a relay."""

from __future__ import annotations

from dataclasses import replace

from benchkit.model.message import Batch
from benchkit.model.scenario import ArmSpec, Scenario
from benchkit.providers.relay_fields import relay_of, relayed


def arm_batch(arm: ArmSpec, batch: Batch) -> Batch:
    """The same object where the arm changes nothing. Raises ValueError where its relay cannot be told what the arm asks for."""
    relay = relay_of(arm.provider) if arm.transport == "smtp" and arm.provider else None
    if relay is None:
        return batch
    return replace(batch, messages=tuple(relayed(message, relay, arm.options) for message in batch.messages))


def arm_batches(scenario: Scenario, batch: Batch) -> dict[int, Batch]:
    """Those that are not the batch itself, by arm; the scenario has passed check_requests."""
    found = {number: arm_batch(arm, batch) for number, arm in enumerate(scenario.arms)}
    return {number: own for number, own in found.items() if own is not batch}
