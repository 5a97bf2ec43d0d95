"""Where a provider's own servers are and how to log in there, from its profile, for the check of a scenario."""

from __future__ import annotations

from collections.abc import Mapping

from benchkit.model.relay import RelayTerms
from benchkit.profiles import Profile, load_profile, profile_names

_OWN = "{own}"  # each account has a user name of its own


def relays(carried: Mapping[str, frozenset[str]]) -> dict[str, RelayTerms]:
    """By provider; `carried` are the options that its relay takes, of those whose relay is known."""
    found = {}
    for profile in _profiles():
        facts, name = profile.smtp, profile.provider
        if facts is None or facts.host.value is None or name not in carried:
            continue
        username = facts.username.value or _OWN
        found[name] = RelayTerms(
            host=facts.host.value,
            starttls_ports=facts.starttls_ports.value or (),
            implicit_ports=facts.implicit_ports.value or (),
            username="" if username == _OWN else username,
            logins=facts.logins.value or (),
            messages_per_connection=facts.messages_per_connection.value or 0,
            options=carried[name],
        )
    return found


def api_hosts() -> dict[str, str]:
    """By provider; a host may hold the name of an option in braces."""
    apis = {each.provider: each.api for each in _profiles() if each.provider and each.api is not None}
    return {provider: api.host.value for provider, api in apis.items() if api.host.value}


def _profiles() -> list[Profile]:
    """Of several profiles of one provider, such as its plans, the one of its own name counts, and so comes last."""
    return sorted(map(load_profile, profile_names()), key=lambda profile: profile.name == profile.provider)
