"""Envelopes compared (RFC 5321 §2.3.1): mail is identical only if its sender and every recipient are, Bcc included.

An address becomes a number of 64 bits, and a set of recipients the sum of theirs. So what a server refused can be subtracted,
and what arrived compared, without an address in the run's files (multiset hash by addition: Clarke et al. 2003).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

_MODULUS = 1 << 64


@lru_cache(65_536)
def address_hash(address: str) -> int:
    """A signed 64-bit number; the domain in any case, the local part as it stands (RFC 5321 §2.4)."""
    local, at, domain = address.rpartition("@")
    plain = f"{local}{at}{domain.lower()}".encode("utf-8", "surrogateescape")
    return int.from_bytes(blake2b(plain, digest_size=8).digest(), "big", signed=True)


def recipients_hash(addresses: Iterable[str]) -> int:
    """The sum over the addresses, as a signed 64-bit number."""
    total = sum(map(address_hash, addresses)) % _MODULUS
    return total - _MODULUS if total >= _MODULUS // 2 else total
