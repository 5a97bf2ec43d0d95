"""Many files → the reports in them, each once: a report may arrive twice, by another address or in a backup."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from benchkit.audit.aggregate_reports.archives import documents
from benchkit.audit.aggregate_reports.dmarc_report import DmarcReport, read_dmarc
from benchkit.audit.aggregate_reports.refusal import RefusedReport
from benchkit.audit.aggregate_reports.tls_report import TlsReport, read_tls

Report = DmarcReport | TlsReport


@dataclass(frozen=True, slots=True)
class ReportCollection:
    """`unread`: a file's name and why it was not read. `repeated`: reports that were there before."""

    dmarc: tuple[DmarcReport, ...] = ()
    tls: tuple[TlsReport, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    repeated: int = 0

    @property
    def domains(self) -> tuple[str, ...]:
        """Those of the DMARC reports, then of the TLS reports, each once."""
        names = [report.domain for report in self.dmarc]
        names += [policy.domain for report in self.tls for policy in report.policies if policy.domain]
        return tuple(dict.fromkeys(names))


def collect(files: Iterable[tuple[str, bytes]]) -> ReportCollection:
    """`files`: each name with its content. A file's readable reports count, whatever else is in it."""
    found: dict[tuple[str, ...], Report] = {}
    unread: list[tuple[str, str]] = []
    repeated = 0
    for name, data in files:
        try:
            for document in documents(data):
                report = _read(document)
                key = _key(report)
                repeated += key in found
                found.setdefault(key, report)
        except RefusedReport as refused:
            unread.append((name, str(refused)))
    reports = found.values()
    return ReportCollection(
        tuple(report for report in reports if isinstance(report, DmarcReport)),
        tuple(report for report in reports if isinstance(report, TlsReport)),
        tuple(unread),
        repeated,
    )


def _read(document: bytes) -> Report:
    return read_tls(document) if document.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" else read_dmarc(document)


def _key(report: Report) -> tuple[str, ...]:
    """A reporter's own id may be used for several domains or days (RFC 9990 §3.1.1.2 makes it unique per domain)."""
    if isinstance(report, DmarcReport):
        return "dmarc", report.reporter, report.report_id, report.domain, str(report.begin_s), str(report.end_s)
    domains = ",".join(policy.domain for policy in report.policies)
    return "tls", report.reporter, report.report_id, domains, report.start, report.end
