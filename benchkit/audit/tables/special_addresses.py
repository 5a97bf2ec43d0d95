"""Addresses that no mail can come from over the internet: IANA's special-purpose registries (RFC 6890 and its updates).

The documentation ranges (RFC 5737, RFC 3849) count as public: every example here and in the RFCs uses them, and a zone that
still holds one has another defect than a private address.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network

from benchkit.audit.connect_probe.special_addresses import RESERVED

Network = IPv4Network | IPv6Network

SPECIAL: tuple[tuple[Network, str], ...] = tuple((ip_network(network), use) for network, use in RESERVED.items())


def special_use(text: str) -> str:
    """What an address or a network is reserved for, if all of it is; "" if not."""
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return ""
    return next((use for special, use in SPECIAL if _within(network, special)), "")


def _within(network: Network, special: Network) -> bool:
    same = network.version == special.version
    return same and network.network_address in special and network.prefixlen >= special.prefixlen
