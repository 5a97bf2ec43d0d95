"""Whether each key record that was found can be used, and holds nothing odd."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.dkim_discovery import Selector, discovery, works
from benchkit.audit.fixes.dkim_key import NO_KEY, dkim_fix, without_key
from benchkit.audit.fixes.replacement import holder
from benchkit.audit.fixes.zone_names import whom_to_ask
from benchkit.audit.records.text import RecordFault
from benchkit.audit.rule import PASSED, Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dkim_key_record",
    mechanism=AuditedMechanism.DKIM,
    title="Each key record can be used",
    reference="RFC 6376 §3.6.1",
    text="If a key record cannot be read, every signature with its selector fails, as if the mail were not signed. "
    "Most of these faults come from copying: base64 that is cut off, parts joined with a space or a quotation "
    "mark, a backslash of the zone file, or a `v=` tag that is not first. An empty `p=` revokes the key; that is "
    "right once no mail is signed with it any more.",
    cases={
        "unusable": Case(Status.FAIL, "The record cannot be used: every signature with it fails."),
        "revoked": Case(Status.INFO, "The key is revoked (empty p=)."),
        "testing": Case(
            Status.WARN, ("t=y (test mode): receivers treat signed mail as if it were not signed (RFC 6376 §3.6.1)."), 3
        ),
        "oddity": Case(Status.WARN, "Some receivers may not read the record.", 2),
    },
)
STRENGTH = ("rsa-below-1024", "rsa-below-2048", "rsa-above-4096", "rsa-exponent")  # dkim_key_strength judges these


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(discovery)
    spare = any(map(works, found.keys))
    for selector in found.keys:
        if selector.parsed is None:
            continue
        faults = [fault for fault in selector.parsed.faults if fault.code not in STRENGTH]
        for fault in faults:
            yield _finding(context.domain, selector, fault, spare=spare)
        if not faults:
            yield RULE.passed(selector.at, "can be used", evidence=[selector.answer])


def _finding(domain: str, selector: Selector, fault: RecordFault, *, spare: bool) -> Finding:
    """`spare`: another key of the domain works."""
    case = fault.code if fault.code in ("revoked", "testing") else "unusable" if fault.fatal else "oddity"
    repaired = () if case == "revoked" else dkim_fix(domain, selector)
    removed = without_key(domain, selector, fault.message) if spare and fault.code in NO_KEY else ()
    asked = whom_to_ask(domain, holder(selector.answer))
    advice = (
        f"Ask {asked}: the key must be published again."
        if asked
        else (
            "Publish the record below."
            if repaired
            else "Publish the whole record again, as the program or service that made the key shows it."
        )
    )
    return RULE.finding(
        case,
        selector.at,
        f"{selector.name}: {fault.message}" + (", so signatures with it fail" if case == "unusable" else ""),
        evidence=[selector.answer],
        advice="" if case == "revoked" else advice,
        fixes=repaired or removed,
        span=fault.span,
    )


CHECK = Check(RULE, judge, by_evidence=("unusable", "revoked", "testing", "oddity", PASSED))
