"""Addresses that no public host has: IANA's special-purpose registries (RFC 6890 and its updates), and addresses that embed
one.

The audited zone chooses the addresses that `--connect` would connect to. A zone must not make benchkit connect inside the
user's own network because a name outside says so. Law: `why_not_public` is asked where a connection is made, and nowhere
later.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

RESERVED = {
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
    "::ffff:0:0/96": "IPv4-mapped",
    "64:ff9b:1::/48": "local translation",
    "100::/64": "discard only",
    "fc00::/7": "unique local",
    "fe80::/10": "link-local",
    "ff00::/8": "multicast",
}  # no mail can come from these
UNREACHABLE = {
    "192.0.2.0/24": "for documentation",
    "192.88.99.0/24": "6to4 relay",
    "198.51.100.0/24": "for documentation",
    "203.0.113.0/24": "for documentation",
    "::/96": "IPv4-compatible",
    "100:0:0:1::/64": "reserved for protocols",
    "2001::/23": "reserved for protocols",
    "2001:db8::/32": "for documentation",
    "3fff::/20": "for documentation",
    "5f00::/16": "segment identifiers",
    "fec0::/10": "site-local",
}  # … and no mail server on the internet has one of these
EMBEDDING = {
    "::ffff:0:0/96": 0,
    "::ffff:0:0:0/96": 0,
    "64:ff9b::/96": 0,
    "2002::/16": 80,
}  # bits below the IPv4 address

_NETWORKS: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(net), use) for net, use in (RESERVED | UNREACHABLE).items()
)
_EMBEDDING = tuple((IPv6Network(network), shift) for network, shift in EMBEDDING.items())


def why_not_public(text: str) -> str:
    """What keeps this from being the address of a public host; "" if nothing does. An IPv4 address inside it is judged too."""
    try:
        address = ip_address(text)
    except ValueError:
        return "no address"
    inner = _embedded(address) if isinstance(address, IPv6Address) else None
    if inner is not None and (use := _use(inner)):
        return f"{inner} in IPv6 form, {use}"
    return _use(address)


def _use(address: IPv4Address | IPv6Address) -> str:
    return next((use for net, use in _NETWORKS if net.version == address.version and address in net), "")


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a translator or a tunnel would send to (RFC 4291 §2.5.5, RFC 6052, RFC 2765, RFC 3056)."""
    plain = IPv6Address(int(address))
    return next((IPv4Address(int(plain) >> low & 0xFFFFFFFF) for net, low in _EMBEDDING if plain in net), None)
