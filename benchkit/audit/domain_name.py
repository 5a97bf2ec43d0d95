"""Domains in the form that model/dns.py wants, lower case, A-labels, without the final dot: a user's, and those of mail."""

from __future__ import annotations

import idna

from benchkit.errors import InputError, Mistake

LONGEST = 253
LONGEST_LABEL = 63


def domain_name(text: str) -> str:
    """Raises InputError; with its own message for an address or a URL."""
    name = text.strip().rstrip(".").lower()
    if "@" in name or "/" in name:
        raise InputError(
            Mistake(text, "is not a domain name: leave out what is before @ and any path, as in shop.example")
        )
    try:
        name = name if name.isascii() else idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise InputError(Mistake(text, f"is not a domain name: {error}")) from None
    if not 0 < len(name) <= LONGEST or not all(_is_label(label) for label in name.split(".")):
        raise InputError(Mistake(text or '""', "is not a domain name"))
    return name


def a_labels(name: str) -> str:
    """A name out of a message or a session as the DNS has it; unchanged where it is ASCII already, or no name at all."""
    if name.isascii() or len(name) > LONGEST:  # what is too long is not looked at: that alone takes long
        return name
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        return name


def _is_label(label: str) -> bool:
    return 0 < len(label) <= LONGEST_LABEL and all(c.isalnum() or c in "-_" for c in label)
