"""Domain names as SPF makes them: of macros, so they can be any text. What cannot be asked for is treated as absent (§4.3)."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

_LONGEST_NAME = 253
_LONGEST_LABEL = 63


def query_name(expanded: str) -> str | None:
    """The name to ask for: lower case, no final dot, cut from the left to 253 characters (§7.3); None if it cannot be asked."""
    name = expanded.removesuffix(".").lower()
    if len(name) > _LONGEST_NAME:
        name = name[name.find(".", len(name) - _LONGEST_NAME - 1) + 1 :]
    return name if _is_askable(name) else None


def is_domain(name: str) -> bool:
    """Whether check_host() can start from it: two labels or more, all well formed, and no address literal (§4.3)."""
    return "." in name.removesuffix(".") and not name.startswith("[") and _is_askable(name.removesuffix("."))


def reverse_name(ip: IPv4Address | IPv6Address) -> str:
    """Where the PTR records of an address are."""
    return ip.reverse_pointer


def is_at_or_below(name: str, domain: str) -> bool:
    """Both lower case, without a final dot."""
    return name == domain or name.endswith(f".{domain}")


def _is_askable(name: str) -> bool:
    """A backslash would be read as an escape in presentation format, so such a name is not asked for."""
    printable = name.isascii() and name.isprintable() and "\\" not in name
    return (
        printable and len(name) <= _LONGEST_NAME and all(0 < len(label) <= _LONGEST_LABEL for label in name.split("."))
    )
