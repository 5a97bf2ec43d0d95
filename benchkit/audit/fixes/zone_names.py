"""Names in a zone: who owns the zone of a record, and which name was meant if the zone's name was appended. A record in
another owner's zone must be requested from that owner. A zone's own name is added to a name whose final dot is missing
(RFC 1035 §5.1).
"""

from __future__ import annotations

from benchkit.audit.tables.provider_signatures import by_mx, by_target
from benchkit.audit.tables.public_suffixes import registrable, related


def whom_to_ask(domain: str, name: str) -> str:
    """Who must change a record at `name`; "" where the owner of `domain` can."""
    if related(domain, name):
        return ""
    provider = by_target(name) or next(iter(by_mx((name,))), None)
    return f"{provider.name}, which holds {registrable(name)}" if provider else f"the owner of {registrable(name)}"


def without_zone(domain: str, name: str) -> str:
    """`mail.shop.example` of `mail.shop.example.shop.example`; "" where nothing was added, or a single label is left."""
    meant = name.removesuffix(f".{domain}")
    return meant if meant != name and "." in meant else ""


def explained(domain: str) -> str:
    return f"without a final dot the zone's name {domain} was added to it"
