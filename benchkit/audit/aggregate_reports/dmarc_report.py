"""One DMARC aggregate report (RFC 9990, and RFC 7489 appendix C) → rows: a source address, a count, the receiver's results.

Some reporters use other letter case or leave elements empty; such reports are read too. A row without an address or a count
is skipped and counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from benchkit.audit.aggregate_reports.refusal import RefusedReport
from benchkit.audit.aggregate_reports.xml_tree import Element, read_xml

MOST_MESSAGES = 10**12  # of one row; more is a fault of the reporter


@dataclass(frozen=True, slots=True)
class ReportedDkimResult:
    domain: str
    selector: str
    result: str


@dataclass(frozen=True, slots=True)
class SpfCheck:
    """`scope` is `mfrom`, `helo`, or "" where the report does not say."""

    domain: str
    scope: str
    result: str


@dataclass(frozen=True, slots=True)
class ReportRow:
    """`dkim_aligned` and `spf_aligned` are the receiver's judgement with alignment; `dkim` and `spf` its results without it."""

    source: str
    count: int
    disposition: str
    dkim_aligned: bool
    spf_aligned: bool
    header_from: str
    envelope_from: str = ""
    overrides: tuple[str, ...] = ()
    dkim: tuple[ReportedDkimResult, ...] = ()
    spf: tuple[SpfCheck, ...] = ()

    @property
    def passed(self) -> bool:
        return self.dkim_aligned or self.spf_aligned


@dataclass(frozen=True, slots=True)
class DmarcReport:
    """Times are in seconds since 1970."""

    reporter: str
    report_id: str
    begin_s: int
    end_s: int
    domain: str
    policy: str
    rows: tuple[ReportRow, ...]
    skipped_rows: int = 0


def read_dmarc(data: bytes) -> DmarcReport:
    """Raises RefusedReport."""
    root = read_xml(data)
    if root.name != "feedback":
        raise RefusedReport(f"is not a DMARC report: its outermost element is {root.name[:40]!r}")
    meta, published = root.first("report_metadata"), root.first("policy_published")
    domain = _name(published.value("domain"))
    if not domain:
        raise RefusedReport("names no domain whose policy it reports on")
    records = list(root.all("record"))
    rows = [row for record in records if (row := _row(record)) is not None]
    return DmarcReport(
        reporter=meta.value("org_name"),
        report_id=meta.value("report_id"),
        begin_s=_number(meta.value("date_range", "begin")) or 0,
        end_s=_number(meta.value("date_range", "end")) or 0,
        domain=domain,
        policy=published.value("p").lower(),
        rows=tuple(rows),
        skipped_rows=len(records) - len(rows),
    )


def _row(record: Element) -> ReportRow | None:
    row, names = record.first("row"), record.first("identifiers")
    judged, count = row.first("policy_evaluated"), _number(row.value("count"))
    try:
        source = str(ip_address(row.value("source_ip")))
    except ValueError:
        return None
    if count is None:
        return None
    results = record.first("auth_results")
    return ReportRow(
        source=source,
        count=count,
        disposition=judged.value("disposition").lower(),
        dkim_aligned=judged.value("dkim").lower() == "pass",
        spf_aligned=judged.value("spf").lower() == "pass",
        header_from=_name(names.value("header_from")),
        envelope_from=_name(names.value("envelope_from")),
        overrides=tuple(_overrides(judged)),
        dkim=tuple(
            ReportedDkimResult(
                _name(each.value("domain")), each.value("selector").lower(), each.value("result").lower()
            )
            for each in results.all("dkim")
        ),
        spf=tuple(
            SpfCheck(_name(each.value("domain")), each.value("scope").lower(), each.value("result").lower())
            for each in results.all("spf")
        ),
    )


def _overrides(judged: Element) -> Iterator[str]:
    """Why the receiver did not follow the policy (RFC 9990 §3.1.1.8)."""
    return (kind for reason in judged.all("reason") if (kind := reason.value("type").lower()))


def _name(text: str) -> str:
    return text.strip().rstrip(".").lower()


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 13 and int(text) <= MOST_MESSAGES else None
