"""What a term of an SPF record names: hosts, domains and addresses, as people write them."""

from __future__ import annotations

import re
from ipaddress import ip_network

from benchkit.audit.domain_name import a_labels
from benchkit.audit.records.text import readable

AROUND = "\"'()<>[]{},;"
_HOST = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?\.)+[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.?\Z")


def is_value(word: str) -> bool:
    """Whether it can be what a mechanism names: a host, a domain or an address."""
    return bool(_HOST.match(word)) or address_in(word) is not None or word.startswith("%{")


def is_host(word: str) -> bool:
    return _HOST.match(word) is not None


def cleaned(text: str) -> str:
    """Without a URL's scheme, a final slash, and stray characters around it; a backslash before a prefix is a slash."""
    text = re.sub(r"\A[a-z]+://", "", text.strip(AROUND + ":= "), flags=re.IGNORECASE)
    return a_labels(readable(text.replace("\\", "/").rstrip("/").rstrip(AROUND)))


def address_in(text: str) -> str | None:
    """An address or a network with the prefix as it is written; None for anything else."""
    host, slash, prefix = text.partition("/")
    try:
        network = ip_network(f"{host.strip('[]')}{slash}{prefix}", strict=False)
    except ValueError:
        return None
    if not slash:
        return host.strip("[]")
    return f"{host.strip('[]')}/{network.prefixlen}"


def address_term(address: str) -> str:
    return f"ip{6 if ':' in address else 4}:{address}"
