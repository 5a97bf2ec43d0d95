"""The names that this installation knows, from the registries, for the scenario room, which knows no name itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchkit.scenario import Vocabulary


def known_names() -> Vocabulary:
    from benchkit.events.webhooks import WEBHOOKS
    from benchkit.experiment.conditions import usable_cores
    from benchkit.model.contracts import BatchProvider, StoredTemplateProvider, TemplateProvider
    from benchkit.model.relay import SandboxTerms
    from benchkit.profiles import profile_transports
    from benchkit.profiles.relay_terms import api_hosts, relays
    from benchkit.providers import PROVIDERS
    from benchkit.providers.relay_fields import RELAYS
    from benchkit.providers.sandbox import SANDBOXES
    from benchkit.scenario import Vocabulary
    from benchkit.stats import STATISTICS
    from benchkit.transports import clients_by_transport, offers_of

    providers = {name: PROVIDERS[name] for name in PROVIDERS.names()}
    return Vocabulary(
        clients=clients_by_transport(),
        providers={name: provider.options for name, provider in providers.items()},
        statistics=STATISTICS.names(),
        offers=offers_of,
        batch_limits={name: one.batch_limit for name, one in providers.items() if isinstance(one, BatchProvider)},
        templates=frozenset(name for name, one in providers.items() if isinstance(one, TemplateProvider)),
        stored_templates=frozenset(n for n, one in providers.items() if isinstance(one, StoredTemplateProvider)),
        profiles=profile_transports(),
        webhooks=WEBHOOKS.names(),
        answers={name: tuple(provider.server.answers) for name, provider in providers.items()},
        cores=usable_cores(),
        relays=relays({name: relay.taken for name, relay in RELAYS.items()}),
        api_hosts=api_hosts(),
        sandboxes={at: SandboxTerms(one.host, one.needs) for at, one in SANDBOXES.items()},
    )
