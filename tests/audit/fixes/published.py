"""A zone as it is once its owner has published every fix that the audit offers for now."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

import dns.name
import dns.rdata
import dns.rdataclass
import dns.zone

from benchkit.audit import Options, audit_domain
from benchkit.model.audit import AuditReport
from benchkit.model.record_fix import RecordFix
from benchkit.resolver import from_zone

HEAD = """$ORIGIN shop.example.
$TTL 3600
@ IN SOA ns1 hostmaster 1 7200 3600 1209600 3600
@ IN NS ns1
@ IN NS ns2
ns1 IN A 192.0.2.53
ns2 IN A 192.0.2.54
mail IN A 192.0.2.25
"""
REST = """$ORIGIN .
$TTL 3600
. IN SOA ns.example. hostmaster.ns.example. 1 7200 3600 1209600 3600
. IN NS ns.example.
ns.example. IN A 192.0.2.250
"""


def audited(zone: str, folder: Path, domain: str = "shop.example", *, ip: str = "", others: str = "") -> AuditReport:
    """`others`: lines of the rest of the DNS, with absolute names; without it nothing is known of other people's names."""
    paths = [folder / "shop.zone"]
    paths[0].write_text(zone, "utf-8")
    if others:
        paths.append(folder / "rest.zone")
        paths[1].write_text(REST + others, "utf-8")
    return asyncio.run(audit_domain(domain, from_zone(paths), Options(offline=not others, ip=ip)))


def published(zone: str, fixes: Iterable[RecordFix]) -> str:
    """The zone with the old records of each fix out, and the new ones in."""
    parsed = dns.zone.from_text(zone, relativize=False)
    for fix in fixes:
        owner = dns.name.from_text(fix.name)
        for record in fix.before:
            rdata = dns.rdata.from_text(dns.rdataclass.IN, record.type, record.text)
            held = parsed.find_rdataset(owner, record.type, create=True)
            assert rdata in held, f"not in the zone: {fix.name} {record.text}"
            held.items.pop(rdata)
        for record in fix.after:
            rdata = dns.rdata.from_text(dns.rdataclass.IN, record.type, record.text)
            parsed.find_rdataset(owner, record.type, create=True).add(rdata, ttl=3600)
    for owner in list(parsed):
        for records in [each for each in parsed[owner] if not each]:
            parsed.delete_rdataset(owner, records.rdtype)
    return f"$ORIGIN {parsed.origin}\n{parsed.to_text(relativize=False)}"


def for_now(report: AuditReport) -> list[RecordFix]:
    return [fix for fix in report.fixes if fix.is_for_now]
