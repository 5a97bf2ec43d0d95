"""Templates that an API wants stored before the first send: the embedded server of such an arm has them from its start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from benchkit.model.contracts import StoredTemplateProvider
from benchkit.model.endpoint import ListenerConfig
from benchkit.model.exchange import Credentials
from benchkit.model.message import Batch
from benchkit.model.scenario import ArmSpec, Render, Scenario
from benchkit.providers import PROVIDERS


def with_stored_templates(
    listeners: Sequence[ListenerConfig], scenario: Scenario, batch: Batch, of_arms: Mapping[int, Batch]
) -> tuple[ListenerConfig, ...]:
    """`of_arms`: the batches of arms that do not send the batch itself."""
    return tuple(
        replace(one, uploads=_stored(scenario.arms[one.arm], of_arms.get(one.arm, batch))) for one in listeners
    )


def _stored(arm: ArmSpec, batch: Batch) -> Mapping[str, bytes]:
    if arm.render is not Render.PROVIDER:
        return {}
    provider = PROVIDERS[arm.provider]
    if not isinstance(provider, StoredTemplateProvider):
        return {}
    request = provider.template(batch.messages, Credentials("", arm.options))
    return {provider.server.upload_name(request): request.body}
