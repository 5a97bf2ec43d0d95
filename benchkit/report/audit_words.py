"""The sentences of an audit that several formats share."""

from __future__ import annotations

from collections import Counter

from benchkit.model.audit import AuditAspect, AuditedMechanism, AuditReport
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
ASPECT_NAMES = {
    AuditAspect.FROM: "mail from it",
    AuditAspect.TO: "mail to it",
    AuditAspect.EXTRAS: "reports and extras",
}
_TOLD = {
    (AuditAspect.FROM, Status.PASS): "SPF, DKIM and DMARC are in order",
    (AuditAspect.FROM, Status.WARN): "SPF, DKIM and DMARC work, with weak spots",
    (AuditAspect.FROM, Status.FAIL): "receivers may reject it or mark it as spam",
    (AuditAspect.TO, Status.PASS): "arrives",
    (AuditAspect.TO, Status.WARN): "arrives, with weak spots",
    (AuditAspect.TO, Status.FAIL): "may be lost or delayed",
    (AuditAspect.EXTRAS, Status.PASS): "in order",
    (AuditAspect.EXTRAS, Status.WARN): "need attention; the mail itself is not affected",
    (AuditAspect.EXTRAS, Status.FAIL): "need attention; the mail itself is not affected",
}
_ENFORCED = ("mta_sts_record", "dane_records")


def headline(report: AuditReport) -> str:
    """shop.example: fail, 62 of 100 (3 fail, 4 warn)."""
    points = "no score" if report.score is None else f"{report.score} of 100"
    return f"{report.domain}: {report.verdict.value}, {points}{_counts(report)}"


def answers(report: AuditReport) -> list[tuple[Status, str, str]]:
    """The three parts of the headline: status, what it is about, and what is said of it."""
    return [
        (status, ASPECT_NAMES[aspect], _sentence(report, aspect, status)) for aspect, status in report.aspects.items()
    ]


def _sentence(report: AuditReport, aspect: AuditAspect, status: Status) -> str:
    rules = {finding.rule for finding in report.all_findings if finding.status is not Status.UNKNOWN}
    if status is Status.UNKNOWN:
        return "no fault was found, but not everything could be judged"
    if aspect is AuditAspect.FROM and rules & {"non_sending.declared", "non_sending.not_rejected"}:
        refused = "non_sending.declared" in rules
        return (
            "the domain sends none, and receivers refuse forged mail"
            if refused
            else "it sends none, but forged mail is not refused"
        )
    if aspect is AuditAspect.TO and rules & {"mx_records.silent", "mx_records.missing"}:
        return "it takes none: there is no MX record and no address"
    if aspect is AuditAspect.TO and "mx_records.null" in rules:
        return "the domain takes none, and says so"
    if aspect is AuditAspect.TO and status is Status.PASS:
        return (
            "arrives, and TLS is enforced on the way"
            if _is_enforced(report)
            else "arrives; TLS is not enforced on the way (no MTA-STS, no DANE)"
        )
    text = _TOLD[aspect, status]
    if aspect is AuditAspect.FROM and status is not Status.FAIL:
        text += _but(rules)
    return text


def _but(rules: set[str]) -> str:
    """What the owner should know before anything else."""
    parts = ["no DKIM key under the selectors that were tried"] if "dkim_selectors.not_found" in rules else []
    parts += ["receivers deliver forged mail too (p=none)"] if "dmarc_policy.none" in rules else []
    return f"; but {', and '.join(parts)}" if parts else ""


def _is_enforced(report: AuditReport) -> bool:
    return any(finding.rule in _ENFORCED and finding.status is Status.PASS for finding in report.all_findings)


def _counts(report: AuditReport) -> str:
    numbers = Counter(finding.status for finding in report.all_findings)
    parts = [
        f"{numbers[status]} {status.value}" for status in (Status.FAIL, Status.WARN, Status.UNKNOWN) if numbers[status]
    ]
    return f" ({', '.join(parts)})" if parts else ""
