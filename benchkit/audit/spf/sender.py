"""Who is sending, as check_host() sees it (RFC 7208 §2.3, §2.4, §4.1): pure, and the source of the macros' values."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from benchkit.audit.domain_name import a_labels

_NIBBLES = 32


@dataclass(frozen=True, slots=True)
class SpfSender:
    """`mail_from` is empty for a bounce. `receiver` and `at` (seconds since the epoch) only show in explanations."""

    ip: IPv4Address | IPv6Address
    mail_from: str = ""
    helo: str = ""
    receiver: str = "unknown"
    at: int = 0

    @property
    def local_part(self) -> str:
        """postmaster where there is none (§2.4, §4.3)."""
        return self.mail_from.rpartition("@")[0] or "postmaster"

    @property
    def domain(self) -> str:
        """The domain whose record counts, in A-labels where it has any."""
        return a_labels(self.mail_from.rpartition("@")[2] or self.helo)

    @property
    def address(self) -> str:
        return f"{self.local_part}@{self.domain}"


def sender(ip: str, mail_from: str = "", helo: str = "") -> SpfSender:
    """From text; raises ValueError for what is not an address. An IPv4-mapped IPv6 address is an IPv4 address (§5)."""
    address = ip_address(ip)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return SpfSender(mapped or address, mail_from, helo)


def macro_values(who: SpfSender, domain: str) -> dict[str, str]:
    """The value of every macro letter but p, which the DNS must be asked for (§7.2). `domain` is the current record's."""
    return {
        "s": who.address,
        "l": who.local_part,
        "o": who.domain,
        "d": domain,
        "i": _dotted(who.ip),
        "v": "in-addr" if who.ip.version == 4 else "ip6",
        "h": who.helo,
        "c": str(who.ip),
        "r": who.receiver,
        "t": str(who.at),
    }


def _dotted(ip: IPv4Address | IPv6Address) -> str:
    return str(ip) if ip.version == 4 else ".".join(f"{int(ip):0{_NIBBLES}X}")
