"""DNS blocklists (RFC 5782) with the reply codes that each list has published itself.

Law: a list is believed only after it has passed RFC 5782 §5: 127.0.0.2 is listed, 127.0.0.1 is not. An answer outside
127.0.0.0/8 is a resolver's rewriting; a list's error code is a refusal. Both are unknown, never a listing.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network


@dataclass(frozen=True, slots=True)
class Blocklist:
    """`refusals` are the codes by which the list says that it does not answer this resolver."""

    zone: str
    refusals: tuple[str, ...] = ()


BLOCKLISTS = (
    Blocklist("zen.spamhaus.org", ("127.255.255.252", "127.255.255.254", "127.255.255.255")),
    Blocklist("bl.spamcop.net"),
    Blocklist("b.barracudacentral.org"),
    Blocklist("psbl.surriel.com"),
)
LISTED, NOT_LISTED = "127.0.0.2", "127.0.0.1"
_CODES = ip_network("127.0.0.0/8")


def question(address: str, zone: str) -> str:
    """The name to ask for: octets or nibbles in reverse (RFC 5782 §2.1, §2.4)."""
    pointer = ip_address(address).reverse_pointer
    return f"{pointer.removesuffix('.in-addr.arpa').removesuffix('.ip6.arpa')}.{zone}"


def is_listing(code: str, blocklist: Blocklist) -> bool | None:
    """None: the answer says nothing about the address."""
    try:
        address = ip_address(code)
    except ValueError:
        return None
    if address not in _CODES or code == NOT_LISTED or code in blocklist.refusals:
        return None
    return True
