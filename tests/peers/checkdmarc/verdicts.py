"""What the audit makes of a domain, feature by feature, in words that can be compared with another auditor's.

A record is `none`, `valid`, `invalid` or `unknown`, with what it comes to behind it; of MX it is what is wrong with the hosts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from benchkit.audit.records.mta_sts import parse_sts_policy
from benchkit.model.audit import AuditReport
from benchkit.model.finding import Status
from tests.peers.checkdmarc.domains import Domain

Verdicts = Mapping[str, str]
INVALID_SPF = ("spf_record.several", "spf_syntax.error", "spf_lookups.many", "spf_voids.many", "spf_includes")
MX_WORDS = {
    "mx_records.missing": "none",
    "mx_records.silent": "none",
    "mx_records.implicit": "none",
    "mx_records.null": "null",
    "mx_records.null_with_others": "null among others",
    "mx_records.null_preference": "null malformed",
    "mx_records.duplicate": "twice",
    "mx_targets.alias": "alias",
    "mx_targets.no_address": "no address",
    "mx_targets.does_not_exist": "no address",
    "mx_targets.literal": "an address",
    "mx_reverse_dns.no_pointer": "no PTR",
    "mx_reverse_dns.not_confirmed": "another's PTR",
}


def benchkit_says(domain: Domain, report: AuditReport) -> Verdicts:
    rules = {finding.rule for finding in report.findings}
    unknown = {finding.rule for finding in report.findings if finding.status is Status.UNKNOWN}
    return {
        "spf": _spf(report, rules, unknown),
        "dmarc": _dmarc(report, rules, unknown),
        "mx": "unknown" if "mx_records" in unknown else words_of(MX_WORDS[rule] for rule in MX_WORDS.keys() & rules),
        "mta_sts": _record("mta_sts_record", rules, unknown, missing="missing"),
        "tls_rpt": _record("tls_rpt", rules, unknown, missing="missing"),
        "bimi": _bimi(rules, unknown),
        "sts_policy": "invalid" if parse_sts_policy(domain.policy).faults else "valid",
    }


def _spf(report: AuditReport, rules: set[str], unknown: set[str]) -> str:
    if any(rule.startswith(INVALID_SPF) and rule not in unknown and rule != "spf_includes" for rule in rules):
        return "invalid"
    if {"spf_record", "spf_includes"} & unknown:
        return "unknown"
    return "none" if {"spf_record.missing", "spf_record.almost"} & rules else f"valid, {report.spf.lookups} lookups"


def _dmarc(report: AuditReport, rules: set[str], unknown: set[str]) -> str:
    if "dmarc_record" in unknown:
        return "unknown"
    if report.dmarc.record is None:
        faulty = {"dmarc_record.several", "dmarc_record.almost", "dmarc_record.void"} & rules
        return "invalid" if faulty else "none"
    return f"valid, {report.dmarc.effective_policy} at {report.dmarc.found_at}"


def _bimi(rules: set[str], unknown: set[str]) -> str:
    if "bimi_record" in unknown:
        return "unknown"
    found = {rule for rule in rules if rule.startswith("bimi_record") and rule != "bimi_record.almost"}
    return "none" if not found else "invalid" if found & {"bimi_record.several", "bimi_record.syntax"} else "valid"


def _record(name: str, rules: set[str], unknown: set[str], *, missing: str) -> str:
    if name in unknown:
        return "unknown"
    if {f"{name}.several", f"{name}.syntax"} & rules:
        return "invalid"
    none = (f"{name}.{missing}", f"{name}.almost")
    return "none" if any(rule.startswith(none) for rule in rules) else "valid"


def words_of(words: Iterable[str]) -> str:
    return ", ".join(sorted(set(words))) or "sound"
