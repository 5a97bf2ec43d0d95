"""Whether the DMARC record is written as receivers read it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.walk import WalkStep, own_policy_step
from benchkit.audit.fixes.dmarc_record import DmarcFix, dmarc_fix
from benchkit.audit.records.text import RecordFault
from benchkit.audit.rule import Case, Check, Rule, sentence
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dmarc_syntax",
    mechanism=AuditedMechanism.DMARC,
    title="The DMARC record is well formed",
    reference="RFC 9989 §4.8",
    text="A tag that cannot be read gets its default value, without any error: a mistyped policy then protects "
    "nothing. Unknown tags are ignored and are not an error. Write `tag=value`, separated by semicolons, with "
    "`v=DMARC1` first.",
    cases={
        "policy": Case(
            Status.FAIL, "p, sp or np has a value other than none, quarantine and reject: receivers apply p=none."
        ),
        "policy_missing": Case(Status.WARN, "There is no p: receivers apply p=none."),
        "tag": Case(Status.WARN, "A tag is malformed, appears twice, or has an unknown value."),
        "report_uri": Case(Status.WARN, "A report address is not a valid URI or names no mailbox: it gets no reports."),
        "useless": Case(Status.INFO, "A tag has no effect."),
    },
)
CASES = {
    "bad-policy": "policy",
    "policy-missing": "policy_missing",
    "bad-uri": "report_uri",
    "uri-scheme": "report_uri",
    "bad-mailbox": "report_uri",
    "uri-size": "useless",
    "fo-without-ruf": "useless",
    "empty-tag": "useless",
}
ELSEWHERE = ("removed-tag",)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(own_policy_step)
    if found is None or found.record is None:
        return
    faults = [fault for fault in found.record.faults if fault.code not in ELSEWHERE]
    for fault in faults:
        yield _finding(found, fault, await dmarc_fix(context, found.name))
    if not faults:
        yield RULE.passed(f"_dmarc.{found.name}", "well formed", evidence=[found.answer])


def _finding(found: WalkStep, fault: RecordFault, fix: DmarcFix) -> Finding:
    return RULE.finding(
        CASES.get(fault.code, "tag"),
        f"_dmarc.{found.name}",
        fault.message,
        evidence=[found.answer],
        advice=sentence(fix.decide) or ("Publish the record below." if fix.fixes else ""),
        fixes=fix.fixes,
        span=fault.span,
    )


CHECK = Check(RULE, judge)
