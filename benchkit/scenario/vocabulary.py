"""The names that exist outside this room: the caller that loads a scenario gives them, and facts of the machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from benchkit.model.client_offers import ClientOffers
from benchkit.model.relay import RelayTerms, SandboxTerms


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`clients` by transport (a transport with a single client needs no `client` key); `providers` with their option names.

    `offers` says what a client of a transport supports; it is asked only about the clients of the scenario, because the
    answer loads the client's library. `batch_limits` has the providers whose requests carry more than one message.
    """

    clients: Mapping[str, tuple[str, ...]]
    providers: Mapping[str, frozenset[str]]
    statistics: tuple[str, ...]
    offers: Callable[[str, str], ClientOffers]
    batch_limits: Mapping[str, int] = field(default_factory=dict)
    templates: frozenset[str] = frozenset()  # the providers that fill in a template for several messages
    stored_templates: frozenset[str] = frozenset()  # providers that fill in one that was stored before
    profiles: Mapping[str, frozenset[str]] = field(default_factory=dict)  # with the transports that each knows
    webhooks: tuple[str, ...] = ()  # the providers whose events can be received
    answers: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # of each provider: those that a fault can name
    cores: int = 1  # of this machine, that a run may use
    relays: Mapping[str, RelayTerms] = field(default_factory=dict)  # by provider
    sandboxes: Mapping[tuple[str, str], SandboxTerms] = field(default_factory=dict)  # by transport and provider
    api_hosts: Mapping[str, str] = field(default_factory=dict)  # by provider
