"""MX records (RFC 5321 §5.1): what a host name can be, and the null MX (RFC 7505).

This file does not look up its address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from benchkit.audit.records.text import RecordFault, is_fatal
from benchkit.model.dns import Record

_NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


@dataclass(frozen=True, slots=True)
class Mx:
    """One record; `host` is lower case without a final dot, empty for a null MX. Spans are in `host`."""

    preference: int
    host: str
    faults: tuple[RecordFault, ...] = ()

    @property
    def null(self) -> bool:
        """`0 .`: the domain takes no mail."""
        return not self.host

    @property
    def valid(self) -> bool:
        return not is_fatal(self.faults)


@dataclass(frozen=True, slots=True)
class MxSet:
    """All of a domain's MX records, most preferred first, equals by name."""

    records: tuple[Mx, ...]
    faults: tuple[RecordFault, ...] = ()

    @property
    def null(self) -> bool:
        """A null MX alone (RFC 7505 §3)."""
        return len(self.records) == 1 and self.records[0].null


def parse_mx(preference: int, target: str) -> Mx:
    """A preference and a target → the record and its faults; never raises."""
    host = target.lower().removesuffix(".")
    return Mx(preference, host, tuple(_faults(preference, host)))


def parse_mx_set(records: Iterable[Record]) -> MxSet:
    """The MX records of an answer, sorted."""
    found = sorted(
        (parse_mx(record.preference, record.target) for record in records), key=lambda mx: (mx.preference, mx.host)
    )
    return MxSet(tuple(found), tuple(_set_faults(found)))


def _faults(preference: int, host: str) -> Iterator[RecordFault]:
    whole = (0, len(host))
    if not host:
        if preference:
            yield RecordFault("null-preference", "a null MX has preference 0", whole, fatal=False)
        return
    if _is_literal(host):
        yield RecordFault("literal", f"{host} is an address; an MX names a host", whole)
    elif len(host) > 253 or not all(_is_label(label) for label in host.split(".")):
        yield RecordFault("bad-host", f"{host[:60]!r} is not a host name", whole)
    elif "." not in host:
        yield RecordFault(
            "single-label", f"{host!r} is a single label: was a final dot forgotten or added?", whole, fatal=False
        )


def _set_faults(records: list[Mx]) -> Iterator[RecordFault]:
    nulls = [mx for mx in records if mx.null]
    if nulls and len(records) > 1:
        yield RecordFault("null-among-others", "a null MX must be the only MX", (0, 0))
    for host in sorted(host for host, times in Counter(mx.host for mx in records if not mx.null).items() if times > 1):
        yield RecordFault("host-twice", f"{host} is listed more than once", (0, 0), fatal=False)


def _is_literal(host: str) -> bool:
    try:
        ip_address(host.strip("[]").removeprefix("ipv6:"))
    except ValueError:
        return False
    return True


def _is_label(label: str) -> bool:
    return 0 < len(label) <= 63 and set(label) <= _NAME_CHARACTERS and label[0] != "-" and label[-1] != "-"
