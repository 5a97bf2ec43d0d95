"""The public suffix list's answer, as RFC 7489 §3.2 used it; shown beside the tree walk's, and used for no verdict of DMARC."""

from __future__ import annotations

from functools import cache

from publicsuffixlist import PublicSuffixList


@cache
def _list() -> PublicSuffixList:
    return PublicSuffixList(only_icann=False)


def registrable(domain: str) -> str:
    """The organizational domain by the list; the name itself where it is a public suffix."""
    return _list().privatesuffix(domain.lower()) or domain.lower()


def is_public_suffix(domain: str) -> bool:
    return bool(_list().is_public(domain.lower()))


def related(one: str, other: str) -> bool:
    return registrable(one) == registrable(other)
