"""Which hosts are this machine, and which mail domains belong to no one. Names are judged as written; nothing is looked up."""

from __future__ import annotations

import ipaddress

_RESERVED_TOP_LEVEL = frozenset({"example", "test", "invalid", "localhost"})  # RFC 2606 §2, RFC 6761 §6
_RESERVED_SECOND_LEVEL = frozenset({"example.com", "example.net", "example.org"})  # RFC 2606 §3
_ROUTING = frozenset(
    "%!@:"
)  # in a local part, relays read these as another destination (RFC 5321 §3.6.1, appendix F.2)


def is_loopback(host: str) -> bool:
    """An address of 127.0.0.0/8 or ::1, or `localhost`. Any other name may lead elsewhere."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_reserved_domain(domain: str) -> bool:
    """Whether no one can own the domain: `.example`, `.test`, `.invalid`, `.localhost`, example.com, .net, .org and below."""
    labels = domain.lower().removesuffix(".").split(".")
    return labels[-1] in _RESERVED_TOP_LEVEL or ".".join(labels[-2:]) in _RESERVED_SECOND_LEVEL


def is_reserved_mailbox(address: str) -> bool:
    """Whether mail to it can reach no one, also where a relay follows a route inside the local part."""
    local_part, _, domain = address.rpartition("@")
    return bool(local_part) and _ROUTING.isdisjoint(local_part) and is_reserved_domain(domain)
