"""The sentences of an audit that several formats share."""

from __future__ import annotations

from collections import Counter

from benchkit.model.audit import AuditedMechanism, AuditReport
from benchkit.model.finding import Status

MECHANISM_NAMES = {
    AuditedMechanism.SPF: "SPF",
    AuditedMechanism.DKIM: "DKIM",
    AuditedMechanism.DMARC: "DMARC",
    AuditedMechanism.MX: "MX",
    AuditedMechanism.TRANSPORT: "TLS on the way",
    AuditedMechanism.DNS: "DNS",
    AuditedMechanism.BRAND: "BIMI",
    AuditedMechanism.SENDER_RULES: "sender rules",
    AuditedMechanism.MAIL: "the mail itself",
    AuditedMechanism.REPORTS: "receivers' reports",
}
VERDICTS = {
    Status.PASS: "mail from this domain will be believed",
    Status.WARN: "mail from this domain will be believed, with weak spots",
    Status.FAIL: "mail from this domain will be doubted or refused",
    Status.UNKNOWN: "not everything could be judged",
}


def headline(report: AuditReport) -> str:
    """shop.example: fail, 62 of 100: mail from this domain will be doubted or refused (3 fail, 4 warn)."""
    points = "no score" if report.score is None else f"{report.score} of 100"
    return f"{report.domain}: {report.verdict.value}, {points}: {VERDICTS[report.verdict]}{_counts(report)}"


def _counts(report: AuditReport) -> str:
    numbers = Counter(finding.status for finding in report.findings)
    parts = [
        f"{numbers[status]} {status.value}" for status in (Status.FAIL, Status.WARN, Status.UNKNOWN) if numbers[status]
    ]
    return f" ({', '.join(parts)})" if parts else ""
