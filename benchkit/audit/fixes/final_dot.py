"""A name to which the zone's own name was added, because its final dot was missing (RFC 1035 §5.1): the name that was meant."""

from __future__ import annotations


def without_zone(domain: str, name: str) -> str:
    """`mail.shop.example` of `mail.shop.example.shop.example`; "" where nothing was added, or a single label is left."""
    meant = name.removesuffix(f".{domain}")
    return meant if meant != name and "." in meant else ""


def explained(domain: str) -> str:
    return f"without a final dot the zone's name {domain} was added to it"
