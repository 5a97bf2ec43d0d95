"""Where a provider's own servers are and how to log in there, from its profile, for the check of a scenario."""

from __future__ import annotations

from collections.abc import Mapping

from benchkit.model.relay import RelayTerms
from benchkit.profiles import load_profile, profile_names

_OWN = "{own}"  # each account has a user name of its own


def relays(carried: Mapping[str, frozenset[str]]) -> dict[str, RelayTerms]:
    """By provider; `carried` are the options that its relay takes, of those whose relay is known."""
    found = {}
    for profile in map(load_profile, profile_names()):
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
    profiles = map(load_profile, profile_names())
    return {
        each.provider: each.api.host.value for each in profiles if each.provider and each.api and each.api.host.value
    }
