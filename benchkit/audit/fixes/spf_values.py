"""What a term of an SPF record names: hosts, domains and addresses, as people write them."""

from __future__ import annotations

import re
from ipaddress import ip_network

from benchkit.audit.domain_name import a_labels
from benchkit.audit.records.text import readable

AROUND = "\"'()<>[]{},;"
_HOST = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?\.)+[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.?\Z")

_IPV4 = re.compile(r"(?P<host>[0-9]{1,4}(?:\.[0-9]{1,4}){3})(?::(?P<port>[0-9]{1,5}))?(?P<prefix>/[0-9]{1,2})?\Z")


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


def with_plain_address(value: str) -> tuple[str, str]:
    """`192.0.2.1:25` and `192.0.2.01` as the address that was meant, and what was wrong; two empty texts if neither."""
    found = _IPV4.match(value)
    if found is None:
        return "", ""
    right = ".".join(str(int(each)) for each in found["host"].split(".")) + (found["prefix"] or "")
    if address_in(right) is None or (found["port"] and int(found["port"]) > 65_535):
        return "", ""
    why = ["SPF has no port numbers"] if found["port"] else []
    why += ["an address has no leading zeros (RFC 7208 §5.6)"] if "." + found["host"] not in "." + right else []
    return (right, ", and ".join(why)) if why else ("", "")


def address_term(address: str) -> str:
    return f"ip{6 if ':' in address else 4}:{address}"
