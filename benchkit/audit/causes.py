"""Which findings follow from others: one cause is told once, with what follows from it under it, and costs its points once.

Law: a row names an effect and its possible causes, by rule or by rule and case. A finding follows the first cause that was
found; a cause of a cause is the cause.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from benchkit.model.finding import Finding, Status

_SPF_ERRORS = (
    *("spf_record", "spf_split.joined", "spf_syntax.error", "spf_no_sender", "spf_includes"),
    *("spf_lookups.many", "spf_voids.many"),
)
_RECEIVERS = (
    *_SPF_ERRORS,
    *(
        "dmarc_record.missing",
        "dmarc_record.several",
        "dmarc_record.almost",
        "dmarc_record.void",
        "dmarc_record.dangling",
    ),
    *("dkim_selectors.none_can_exist", "dkim_selectors.given_missing", "dkim_key_strength", "dkim_key_record.unusable"),
    *("spf_reverse_dns", "mx_reverse_dns"),
)
FOLLOWS: tuple[tuple[str, tuple[str, ...]], ...] = (
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
    ("dmarc_record.missing", ("dmarc_misplaced",)),
    ("dmarc_policy.none", ("dmarc_syntax.policy", "dmarc_syntax.policy_missing")),
    ("dmarc_suffix_list", ("dmarc_record.several", "dmarc_record.void")),
    ("bimi_record.policy", ("dmarc_policy.none", "dmarc_record")),
    ("non_sending.not_rejected", ("dmarc_record", "dmarc_syntax.policy", "dmarc_policy.none")),
    ("gmail_rules", _RECEIVERS),
    ("yahoo_rules", _RECEIVERS),
    ("microsoft_rules", _RECEIVERS),
)
_BAD = (Status.FAIL, Status.WARN)


def with_causes(findings: Sequence[Finding]) -> list[Finding]:
    """Each finding with the rule that it follows from, where that was found too."""
    found = list(dict.fromkeys(finding.rule for finding in findings if finding.status in _BAD))
    return [replace(each, follows=_root(each.rule, found)) if each.status in _BAD else each for each in findings]


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


def _root(rule: str, found: Sequence[str], seen: frozenset[str] = frozenset()) -> str:
    """The first cause of a rule; "" if nothing that was found is one."""
    for effect, causes in FOLLOWS:
        if _is(rule, effect):
            cause = next((each for name in causes for each in found if _is(each, name) and each not in seen), "")
            return (_root(cause, found, seen | {rule}) or cause) if cause else ""
    return ""


def _is(rule: str, name: str) -> bool:
    return rule == name or rule.startswith(f"{name}.")
