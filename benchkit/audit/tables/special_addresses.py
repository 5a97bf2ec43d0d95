"""Addresses that no mail can come from over the internet: IANA's special-purpose registries (RFC 6890 and its updates).

The documentation ranges (RFC 5737, RFC 3849) count as public: every example of this house and of the RFCs uses them, and a zone
that still holds one has another defect than a private address.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network

Network = IPv4Network | IPv6Network

USES = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared address space of carriers",
    "127.0.0.0/8": "loopback",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "reserved for protocols",
    "192.168.0.0/16": "private",
    "198.18.0.0/15": "for benchmarks",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
    "::/128": "unspecified",
    "::1/128": "loopback",
    "::ffff:0:0/96": "an IPv4 address in IPv6 clothes",
    "64:ff9b:1::/48": "local translation",
    "100::/64": "discard only",
    "fc00::/7": "unique local",
    "fe80::/10": "link-local",
    "ff00::/8": "multicast",
}
SPECIAL: tuple[tuple[Network, str], ...] = tuple((ip_network(network), use) for network, use in USES.items())


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
