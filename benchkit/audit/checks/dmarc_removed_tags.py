"""Tags that RFC 9989 has removed from DMARC."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.walk import own_policy_step
from benchkit.audit.fixes.dmarc_record import dmarc_fix
from benchkit.audit.records.dmarc import DmarcRecord, Policy
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dmarc_removed_tags",
    mechanism=AuditedMechanism.DMARC,
    title="The record has no tags that DMARC has removed",
    reference="RFC 9989 C.5.2",
    text="RFC 9989 removed `pct`, `rf` and `ri`. New receivers ignore them, so that `pct=10` with `p=reject` is "
    "full enforcement there, while receivers that still follow RFC 7489 apply it to a tenth. Remove them; to "
    "test a policy, use `t=y`.",
    cases={
        "pct": Case(
            Status.WARN, "Receivers disagree about pct=: new ones apply the policy to all mail, old ones to a part."
        ),
        "pct_full": Case(Status.INFO, "pct=100 has no effect."),
        "other": Case(Status.INFO, "rf= or ri=: no receiver reads them any more."),
    },
)


ADVICE = {
    "pct": "Remove `{tag}` when the reports show that all of your own mail is aligned: then the policy applies to all of it.",
    "pct_full": "Remove `{tag}`: nothing changes.",
    "idle": "Remove `{tag}`: nothing changes.",
    "other": "Remove `{tag}`: nothing changes.",
}


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(own_policy_step)
    if found is None or found.record is None:
        return
    tags = [tag for tag in found.record.tags.tags if tag.name in ("pct", "rf", "ri")]
    for tag in tags:
        case = "other" if tag.name != "pct" else "pct_full" if tag.value == "100" else "pct"
        fix = await dmarc_fix(context, found.name)
        waits = case == "pct" and _has_effect(found.record, tag.value)
        yield RULE.finding(
            case,
            f"_dmarc.{found.name}",
            f"{tag.name}={tag.value} is no longer part of DMARC: new receivers ignore it",
            evidence=[found.answer],
            advice=ADVICE["idle" if case == "pct" and not waits else case].format(tag=f"{tag.name}={tag.value}"),
            fixes=fix.later_step if waits else fix.fixes,
            span=tag.span,
        )
    if not tags:
        yield RULE.passed(f"_dmarc.{found.name}", "no removed tags", evidence=[found.answer])


def _has_effect(record: DmarcRecord, pct: str) -> bool:
    """With p=none, or a value that is no percentage, no receiver treats a part of the mail in another way."""
    valid = pct.isascii() and pct.isdigit() and int(pct[:4]) <= 100
    return valid and not (record.policy is record.subdomain_policy is Policy.NONE)


CHECK = Check(RULE, judge)
