"""Which findings follow from others: a cause is shown once, its consequences under it, and costs its points once.

Law: a row names an effect and its possible causes, by rule or by rule and case. A finding follows the first cause that was
found; a cause of a cause is the cause.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from benchkit.audit.tables.receiver_requirements import Requirement
from benchkit.model.finding import Finding, Status

_SPF = (
    *("spf_record", "spf_split.joined", "spf_syntax.error", "spf_no_sender", "spf_includes"),
    *("spf_lookups.many", "spf_voids.many"),
)
_DKIM = ("dkim_selectors.none_can_exist", "dkim_selectors", "dkim_key_strength", "dkim_key_record.unusable")
_DMARC = (
    "dmarc_record.missing",
    "dmarc_record.several",
    "dmarc_record.almost",
    "dmarc_record.void",
    "dmarc_record.dangling",
)
_BY_REQUIREMENT = {
    Requirement.SPF: _SPF,
    Requirement.SPF_OR_DKIM: (*_SPF, *_DKIM),
    Requirement.DMARC: _DMARC,
    Requirement.DKIM: _DKIM,
    Requirement.REVERSE_DNS: ("spf_reverse_dns", "mx_reverse_dns"),
}  # a receiver's finding names the requirements that are not met
_RECEIVERS = ("gmail_rules", "yahoo_rules", "microsoft_rules")
FOLLOWS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("spf_record.missing", ("mx_records.no_such_domain",)),
    ("dkim_selectors.none_can_exist", ("mx_records.no_such_domain", "dkim_doubled_name.key")),
    ("spf_syntax.error", ("spf_split.joined",)),
    ("spf_syntax.oddity", ("spf_no_sender",)),
    ("spf_unreached", ("spf_no_sender",)),
    ("spf_all.neutral", ("spf_no_sender",)),
    ("spf_includes", ("dangling_names",)),
    ("mx_targets", ("dangling_names",)),
    ("both_families", ("mx_targets",)),
    ("dkim_key_record.unusable", ("dkim_size.cut",)),
    (
        "dkim_inferred_senders.no_key",
        ("dkim_selectors.none_can_exist", "dkim_cname.dangling", "dkim_selectors.host_name"),
    ),
    ("dmarc_record.missing", ("mx_records.no_such_domain", "dmarc_misplaced", "dkim_doubled_name.doubled")),
    ("dmarc_policy.none", ("dmarc_syntax.policy", "dmarc_syntax.policy_missing", "non_sending.not_rejected")),
    ("dmarc_suffix_list", ("dmarc_record.several", "dmarc_record.void")),
    ("bimi_record.policy", ("dmarc_policy.none", "dmarc_record")),
    ("non_sending.not_rejected", (*_DMARC, "dmarc_syntax.policy")),
)
_BAD = (Status.FAIL, Status.WARN)


def with_causes(findings: Sequence[Finding]) -> list[Finding]:
    """Each finding with the rule that it follows from, where that was found too."""
    found = list(dict.fromkeys(finding.rule for finding in findings if finding.status in _BAD))
    return [replace(each, follows=_cause_of(each, found)) if each.status in _BAD else each for each in findings]


def grouped(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Each cause with what follows from it, in the order of the causes."""
    held = list(findings)
    groups: dict[str, list[Finding]] = {}
    alone: list[list[Finding]] = []
    for each in held:
        if not each.follows and each.rule not in groups:
            groups[each.rule] = []
            alone.append(groups[each.rule])
        if not each.follows:
            groups[each.rule].append(each)
    for each in held:
        if each.follows:
            groups[each.follows].append(each)
    return alone


def _cause_of(finding: Finding, found: Sequence[str]) -> str:
    if not finding.rule.startswith(_RECEIVERS):
        return _root(finding.rule, found)
    missed = [each for each in _BY_REQUIREMENT if each in finding.message]
    cause = next(
        (each for requirement in missed for name in _BY_REQUIREMENT[requirement] for each in found if _is(each, name)),
        "",
    )
    return (_root(cause, found) or cause) if cause else ""


def _root(rule: str, found: Sequence[str], seen: frozenset[str] = frozenset()) -> str:
    """The first cause of a rule; "" if nothing that was found is one."""
    for effect, causes in FOLLOWS:
        if _is(rule, effect):
            cause = next((each for name in causes for each in found if _is(each, name) and each not in seen), "")
            return (_root(cause, found, seen | {rule}) or cause) if cause else ""
    return ""


def _is(rule: str, name: str) -> bool:
    return rule == name or rule.startswith(f"{name}.")
