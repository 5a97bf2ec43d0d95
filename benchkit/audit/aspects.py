"""The three questions of the headline, and which rules answer each: mail from the domain, mail to it, reports and extras."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchkit.audit.rule import Check
from benchkit.model.audit import AuditAspect, AuditedMechanism, worst
from benchkit.model.finding import Finding, Status

SERIOUS = 15  # points from which a failure decides whether mail is believed, or arrives
_BY_MECHANISM = {
    **dict.fromkeys(("spf", "dkim", "dmarc", "sender_rules", "mail", "reports"), AuditAspect.FROM),
    **dict.fromkeys(("mx", "transport", "dns"), AuditAspect.TO),
    "brand": AuditAspect.EXTRAS,
}
_BY_RULE = {
    "dmarc_reports": AuditAspect.EXTRAS,
    "dmarc_external_reports": AuditAspect.EXTRAS,
    "dmarc_suffix_list": AuditAspect.EXTRAS,
    "dkim_ttl": AuditAspect.EXTRAS,
    "tls_rpt": AuditAspect.EXTRAS,
    "mx_reverse_dns": AuditAspect.FROM,
    "reported_tls": AuditAspect.TO,
    "reported_sources": AuditAspect.EXTRAS,
}


def aspect_of(name: str, mechanism: AuditedMechanism) -> AuditAspect:
    """Of a rule; what is not listed by name goes with its mechanism."""
    return _BY_RULE.get(name) or _BY_MECHANISM.get(mechanism.value, AuditAspect.FROM)


def aspects(findings: Sequence[Finding], checks: Sequence[Check]) -> Mapping[AuditAspect, Status]:
    """The worst status of each; a failure of few points is a weak spot there, for the mail still passes or arrives."""
    rules = {check.rule.name: check.rule for check in checks}
    statuses: dict[AuditAspect, list[Status]] = {}
    for finding in findings:
        name, _, case = finding.rule.partition(".")
        rule = rules[name]
        status = finding.status
        if status is Status.FAIL and case and rule.cases[case].cost < SERIOUS:
            status = Status.WARN
        statuses.setdefault(aspect_of(name, rule.mechanism), []).append(status)
    return {aspect: worst(statuses[aspect]) for aspect in AuditAspect if statuses.get(aspect)}
