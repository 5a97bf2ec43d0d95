"""How much one mail and one request may hold at a provider, from its profile: a prediction beyond it would be about no mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from benchkit.profiles.profile import Fact, Profile

RELAY, API = "SMTP relay", "API"


@dataclass(frozen=True, slots=True)
class MailLimit:
    """`holder` is the side with the lower limit: a mail that is sent both ways has to keep to it."""

    most: int
    holder: str


def limits_of(profile: Profile) -> Mapping[str, MailLimit]:
    """By field of `MailShape`; where sources differ, the highest counts. What is unknown is left out."""
    relay, api = profile.smtp, profile.api
    facts: dict[str, list[tuple[str, Fact[int]]]] = {"messages_per_request": [], "recipients": [], "size_bytes": []}
    if relay is not None:
        facts["recipients"].append((RELAY, relay.recipients_per_message))
        facts["size_bytes"].append((RELAY, relay.message_bytes))
    if api is not None:
        facts["messages_per_request"].append((API, api.messages_per_request))
        facts["recipients"].append((API, api.recipients_per_message))
        facts["size_bytes"].append((API, api.message_bytes))
    found = {
        name: [MailLimit(max(fact.values), side) for side, fact in each if fact.values] for name, each in facts.items()
    }
    return {name: min(each, key=lambda limit: limit.most) for name, each in found.items() if each}
