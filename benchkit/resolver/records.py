"""dnspython's rdata as `Record` values; sorted, so that a server's rotation never changes a report."""

from __future__ import annotations

from collections.abc import Iterable

import dns.rdatatype
from dns.rdata import Rdata
from dns.rdatatype import RdataType

from benchkit.model.dns import Record
from benchkit.resolver.names import text_name

TARGET_OF = {
    RdataType.MX: "exchange",
    RdataType.CNAME: "target",
    RdataType.DNAME: "target",
    RdataType.NS: "target",
    RdataType.PTR: "target",
    RdataType.SRV: "target",
}
PREFERENCE_OF = {RdataType.MX: "preference", RdataType.SRV: "priority"}


def records_of(rdatas: Iterable[Rdata], ttl: int) -> tuple[Record, ...]:
    """The records of one set; raises what dnspython raises where a record has no presentation format."""
    return tuple(sorted((_record(rdata, ttl) for rdata in rdatas), key=lambda record: (record.preference, record.text)))


def _record(rdata: Rdata, ttl: int) -> Record:
    kind = rdata.rdtype
    return Record(
        type=dns.rdatatype.to_text(kind),
        text=rdata.to_text(),
        strings=tuple(getattr(rdata, "strings", ())) if kind in (RdataType.TXT, RdataType.SPF) else (),
        target=text_name(getattr(rdata, TARGET_OF[kind])) if kind in TARGET_OF else "",
        preference=getattr(rdata, PREFERENCE_OF[kind]) if kind in PREFERENCE_OF else 0,
        ttl=ttl,
    )
