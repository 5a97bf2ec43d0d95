"""The names that this installation knows, gathered from the registries for the scenario room, which must know none itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchkit.scenario import Vocabulary


def known_names() -> Vocabulary:
    from benchkit.conditions import usable_cores
    from benchkit.protocol.client_sequences import DIALOGUES
    from benchkit.providers import PROVIDERS
    from benchkit.scenario import Vocabulary
    from benchkit.stats import STATISTICS
    from benchkit.transports import clients_by_transport

    return Vocabulary(
        clients=clients_by_transport(),
        providers={name: PROVIDERS[name].options for name in PROVIDERS.names()},
        statistics=STATISTICS.names(),
        batch_limits=_batch_limits(),
        dialogues={"wire": tuple(name for name in DIALOGUES if name != "step")},
        cores=usable_cores(),
        more_auth={"wire": ("xoauth2",), "aiosmtplib": ("xoauth2",)},
    )


def _batch_limits() -> dict[str, int]:
    from benchkit.model.contracts import BatchProvider
    from benchkit.providers import PROVIDERS

    providers = (PROVIDERS[name] for name in PROVIDERS.names())
    return {provider.name: provider.batch_limit for provider in providers if isinstance(provider, BatchProvider)}
