"""What receivers' reports say of the domain: its sources, its selectors and its TLS sessions, added up. Asks nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from benchkit.audit.aggregate_reports import DmarcReport, ReportCollection, TlsReport
from benchkit.audit.aggregate_reports.dmarc_report import ReportRow
from benchkit.audit.aggregate_reports.tls_report import TlsPolicyResult
from benchkit.audit.audit_context import AuditContext

PASS = "pass"


@dataclass(slots=True)
class ReportedSource:
    """One address. `own_spf`: messages whose envelope sender is in the audited domain itself, by SPF result."""

    address: str
    messages: int = 0
    passed: int = 0
    dkim_aligned: int = 0
    spf_aligned: int = 0
    forwarded: int = 0  # failed, and the receiver knew the mail as forwarded or from a list
    dispositions: Counter[str] = field(default_factory=Counter)
    own_spf: Counter[str] = field(default_factory=Counter)

    def add(self, row: ReportRow, domain: str) -> None:
        self.messages += row.count
        self.passed += row.count * row.passed
        self.dkim_aligned += row.count * row.dkim_aligned
        self.spf_aligned += row.count * row.spf_aligned
        self.forwarded += row.count * (not row.passed and bool(FORWARDED & set(row.overrides)))
        self.dispositions[row.disposition] += row.count
        for result in {each.result for each in row.spf if each.domain == domain}:
            self.own_spf[result] += row.count

    @property
    def failed(self) -> int:
        return self.messages - self.passed


FORWARDED = {"forwarded", "trusted_forwarder", "mailing_list"}


@dataclass(frozen=True)  # without slots, for cached_property
class ReportedMail:
    domain: str
    reports: tuple[DmarcReport, ...]
    rows: tuple[ReportRow, ...]
    tls_reports: tuple[TlsReport, ...]
    tls: tuple[TlsPolicyResult, ...]

    @cached_property
    def sources(self) -> tuple[ReportedSource, ...]:
        """Those with the most messages first."""
        found: dict[str, ReportedSource] = {}
        for row in self.rows:
            found.setdefault(row.source, ReportedSource(row.source)).add(row, self.domain)
        return tuple(sorted(found.values(), key=lambda source: (-source.messages, source.address)))

    @cached_property
    def selectors(self) -> dict[str, Counter[str]]:
        """Of signatures by the domain itself: selector → messages by result; the most used first."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for row in self.rows:
            for selector, result in {(each.selector, each.result) for each in row.dkim if each.domain == self.domain}:
                if selector:
                    found[selector][result] += row.count
        return dict(sorted(found.items(), key=lambda item: (-item[1].total(), item[0])))

    @property
    def messages(self) -> int:
        return sum(source.messages for source in self.sources)

    @property
    def passed(self) -> int:
        return sum(source.passed for source in self.sources)

    @property
    def period(self) -> str:
        """`2026-11-01 to 2026-11-07`, in UTC."""
        begins = [report.begin_s for report in self.reports if report.begin_s]
        ends = [report.end_s for report in self.reports if report.end_s]
        return f"{_day(min(begins))} to {_day(max(ends))}" if begins and ends else "an unknown period"


async def reported_mail(context: AuditContext) -> ReportedMail | None:
    """None where no reports were given."""
    given = context.options.reports
    return _about(context.domain, given) if given is not None else None


def _about(domain: str, given: ReportCollection) -> ReportedMail:
    pairs = [(report, row) for report in given.dmarc for row in report.rows if _concerns(domain, report, row)]
    tls = [(report, policy) for report in given.tls for policy in report.policies if policy.domain == domain]
    return ReportedMail(
        domain,
        tuple(_each_once(report for report, _ in pairs)),
        tuple(row for _, row in pairs),
        tuple({id(report): report for report, _ in tls}.values()),
        tuple(policy for _, policy in tls),
    )


def _concerns(domain: str, report: DmarcReport, row: ReportRow) -> bool:
    """Mail that names the domain as its author's; where the report does not say, what is reported under its policy."""
    return row.header_from == domain if row.header_from else report.domain == domain


def _each_once(reports: Iterator[DmarcReport]) -> Iterator[DmarcReport]:
    yield from {id(report): report for report in reports}.values()


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(min(seconds, 32_503_680_000), UTC).date().isoformat()
