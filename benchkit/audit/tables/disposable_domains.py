"""Domains of disposable addresses. The only home of the package `disposable-email-domains`; a new list is a new version of it.

A subdomain of a listed domain is one of them too.
"""

from __future__ import annotations

from functools import cache

CHECKED = "0.0.293"  # the version of 2026-11 that the tests ran with


@cache
def _domains() -> frozenset[str]:
    from disposable_email_domains import blocklist

    return frozenset(blocklist)


def is_disposable(domain: str) -> bool:
    """`domain` in A-labels and lower case."""
    labels = domain.split(".")
    return any(".".join(labels[first:]) in _domains() for first in range(len(labels) - 1))
