"""Templates that an API stores before the first send: an arm's embedded server has them from its start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from benchkit.model.contracts import StoredTemplateProvider
from benchkit.model.endpoint import ListenerConfig
from benchkit.model.exchange import Credentials
from benchkit.model.message import Batch
from benchkit.model.scenario import ArmSpec, Render, Scenario
from benchkit.providers import PROVIDERS
from benchkit.providers.rendering import is_stored


def with_stored_templates(
    listeners: Sequence[ListenerConfig], scenario: Scenario, batch: Batch, of_arms: Mapping[int, Batch]
) -> tuple[ListenerConfig, ...]:
    """`of_arms`: the batches of arms that do not send the shared batch."""
    return tuple(
        replace(one, uploads=_stored(scenario.arms[one.arm], of_arms.get(one.arm, batch))) for one in listeners
    )


def _stored(arm: ArmSpec, batch: Batch) -> Mapping[str, bytes]:
    if arm.render is Render.CLIENT:
        return {}
    provider = PROVIDERS[arm.provider]
    if not is_stored(provider, arm.render, several=arm.messages_per_request > 1):
        return {}
    assert isinstance(provider, StoredTemplateProvider), "the scenario's rules know which providers store templates"
    template = provider.template(batch.messages, Credentials("", arm.options))
    return {template.name: template.body}
