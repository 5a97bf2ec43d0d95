"""What an audit of one domain ends in: findings, the records behind them, a score whose every deduction is listed.

Law: values only. Sentences for a reader come in report/; `None` is "not known" or "not asked", never "missing".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from benchkit.model.dns import Answer
from benchkit.model.finding import Finding, Status
from benchkit.model.record_fix import RecordFix

AUDIT_SCHEMA_VERSION = 1


class AuditedMechanism(StrEnum):
    """What a finding is about; the order is the order of the screen."""

    SPF = "spf"
    DKIM = "dkim"
    DMARC = "dmarc"
    MX = "mx"
    TRANSPORT = "transport"
    DNS = "dns"
    BRAND = "brand"
    SENDER_RULES = "sender_rules"
    MAIL = "mail"
    REPORTS = "reports"


class AuditAspect(StrEnum):
    """The three questions of the headline."""

    FROM = "mail_from"  # is mail from the domain believed
    TO = "mail_to"  # does mail to it arrive, and safely
    EXTRAS = "extras"  # reports and BIMI


@dataclass(frozen=True, slots=True)
class Deduction:
    """Points taken off the hundred for one rule, once, however many subjects it has."""

    rule: str
    points: int
    because: str


@dataclass(frozen=True, slots=True)
class SpfSummary:
    """`tree` is the include tree as plain values; `result` and `explanation` only where an address was given."""

    record: str | None = None
    result: str | None = None
    explanation: str | None = None
    path: tuple[str, ...] = ()
    lookups: int | None = None
    voids: int | None = None
    tree: dict[str, Any] | None = None
    authorised: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class DkimSummary:
    """One selector that was looked for and answered; `status` is in the words of audit/facts/dkim_discovery.py."""

    selector: str
    status: str
    key_type: str = ""
    key_bits: int | None = None
    provider: str = ""


@dataclass(frozen=True, slots=True)
class DmarcSummary:
    """`effective_policy` is the domain's own; `psl_answer` is where RFC 7489 with the suffix list would have looked."""

    record: str | None = None
    found_at: str | None = None
    policy: str | None = None
    effective_policy: str | None = None
    psl_answer: str | None = None


@dataclass(frozen=True, slots=True)
class ReportedSourceSummary:
    """An address that sent mail as the domain. `spf_term` is the term of today's SPF record that lets it pass, "" for none."""

    address: str
    messages: int
    passed: int
    dkim_aligned: int
    spf_aligned: int
    quarantined: int
    rejected: int
    spf_term: str | None = None


@dataclass(frozen=True, slots=True)
class ReportsSummary:
    """What receivers reported of the domain; `sources` are those with the most messages."""

    period: str
    reports: int
    messages: int
    passed: int
    addresses: int
    sources: tuple[ReportedSourceSummary, ...]
    tls_sessions: int
    tls_failures: int


@dataclass(frozen=True, slots=True)
class HopSummary:
    """One Received field. `tls` None: it does not say. `at` in ISO 8601, UTC."""

    sender: str
    receiver: str
    protocol: str
    tls: bool | None
    at: str | None
    delay_s: float | None


@dataclass(frozen=True, slots=True)
class MailSummary:
    """The message that was given: `parts` are types and sizes, `received` the receiver's own results, by method."""

    bytes: int
    parts: tuple[tuple[str, int], ...]
    receiver: str
    received: tuple[tuple[str, str], ...]
    hops: tuple[HopSummary, ...]


@dataclass(frozen=True, slots=True)
class AuditReport:
    """`verdicts` has the worst status of each mechanism; `answers` are all that were got, in the order of name and type."""

    domain: str
    verdict: Status
    score: int | None
    verdicts: dict[AuditedMechanism, Status]
    findings: tuple[Finding, ...]
    deductions: tuple[Deduction, ...]
    spf: SpfSummary
    dkim: tuple[DkimSummary, ...]
    dmarc: DmarcSummary
    not_checked: tuple[str, ...]
    queries: int
    answers: tuple[Answer, ...] = ()
    aspects: Mapping[AuditAspect, Status] = field(default_factory=dict)
    reports: ReportsSummary | None = None  # None where no reports were read
    message: MailSummary | None = None  # None where no message was given
    unchanged: tuple[Finding, ...] = ()  # with a baseline: what it had too, which is not shown again

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """What verdict, score and headline rest on, be it shown or not."""
        return (*self.findings, *self.unchanged)

    @property
    def fixes(self) -> tuple[RecordFix, ...]:
        """Each once, in the order of the findings: what to publish now, what to ask others for, and later steps."""
        return tuple(dict.fromkeys(fix for finding in self.findings for fix in finding.fixes))


SEVERITY = (Status.FAIL, Status.WARN, Status.UNKNOWN, Status.INFO, Status.PASS)


def worst(statuses: Sequence[Status]) -> Status:
    """The verdict of several findings; nothing but information is a pass."""
    judged = [status for status in statuses if status is not Status.INFO]
    return min(judged, key=SEVERITY.index, default=Status.PASS)
