"""Whether the domain announces an MTA-STS policy, and does so correctly."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.mail_hosts import addresses
from benchkit.audit.facts.policies import PolicyTexts, policy_texts
from benchkit.audit.facts.profile import mail_profile
from benchkit.audit.fixes.policy_records import only_first, replaced, said_of_almost, written_values
from benchkit.audit.fixes.replacement import fixed, held, holder
from benchkit.audit.records.mta_sts import parse_sts_record
from benchkit.audit.rule import Case, Check, Rule, unanswered_in
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status
from benchkit.model.record_fix import RecordFix

RULE = Rule(
    name="mta_sts_record",
    mechanism=AuditedMechanism.TRANSPORT,
    title="MTA-STS is announced correctly",
    reference="RFC 8461 §3.1",
    text="MTA-STS tells senders to deliver to the domain over verified TLS only. One TXT record at `_mta-sts` "
    "announces it, `v=STSv1; id=…`; the policy itself is at `https://mta-sts.<domain>/.well-known/mta-sts.txt`. "
    "The `id` must change with every change of the policy. If the record cannot be read, the protection is off, "
    "without any error.",
    cases={
        "missing": Case(Status.INFO, "There is no MTA-STS."),
        "several": Case(
            Status.FAIL, "Several records: senders act as if there were none.", 5, advice="Keep one record."
        ),
        "almost": Case(
            Status.FAIL,
            "A TXT record looks like MTA-STS but is not valid: senders ignore it, as if there were no MTA-STS.",
            5,
            advice="Begin it with exactly `v=STSv1;`, and give it an id=.",
        ),
        "syntax": Case(Status.FAIL, "The record cannot be read.", 5),
        "no_host": Case(Status.FAIL, "The host that should serve the policy has no address.", 5),
    },
)
PREFIX = "_mta-sts"
LONGEST_ID = 32
WHAT = "MTA-STS record"


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(policy_texts, PREFIX)
    name, evidence = found.answer.name, [found.answer]
    if unanswered := unanswered_in(evidence):
        yield RULE.unknown(name, unanswered)
    elif not found.meant:
        message = "no MTA-STS record: senders may deliver without TLS, or to an attacker's server"
        if (await context.fact(mail_profile)).null_mx:
            message = "no MTA-STS record, and none is needed: the domain takes no mail"
        yield RULE.finding("missing", context.domain, message, evidence=evidence)
    else:
        if fault := await _faulty(context, found):
            yield fault
        if host := await _host(context, found, announced=fault is None):
            yield host


async def _faulty(context: AuditContext, found: PolicyTexts) -> Finding | None:
    """A record that senders cannot use; where there is no policy either, the fix for that is the fix for this."""
    name, evidence = found.answer.name, [found.answer]
    host = await context.unread_fact(addresses, f"mta-sts.{context.domain}")
    removed = _removed(context.domain, found) if host.missing else ()
    if not found.texts:
        message = f"{said_of_almost(found, 'STSv1')}: senders ignore the record, and there is no MTA-STS"
        return RULE.finding(
            "almost", name, message, evidence=evidence, fixes=removed or _with_id(context.domain, found)
        )
    if found.only is None:
        message = f"{len(found.texts)} MTA-STS records: senders act as if there were none"
        fixes = removed or only_first(context.domain, WHAT, found)
        return RULE.finding("several", name, message, evidence=evidence, fixes=fixes)
    if not (faults := parse_sts_record(found.only).faults):
        return None
    advice, fixes = "Give it a new id= with each change of the policy.", removed or _with_id(context.domain, found)
    return RULE.finding("syntax", name, faults[0].message, evidence=evidence, advice=advice, fixes=fixes)


def _removed(domain: str, found: PolicyTexts) -> tuple[RecordFix, ...]:
    """A safe default where senders find no policy: then the record does nothing."""
    old = held(found.answer, found.records)
    changes = ["senders find no policy, so the record does nothing"]
    unless = f"you serve the policy at https://mta-sts.{domain}/.well-known/mta-sts.txt"
    return (fixed(domain, WHAT, holder(found.answer), before=old, changes=changes, unless=unless),) if old else ()


def _with_id(domain: str, found: PolicyTexts) -> tuple[RecordFix, ...]:
    """An id of letters and digits: the old one without what may not be in it."""
    written = next(iter(written_values(found, "id", ("v",))), "")
    right = re.sub("[^A-Za-z0-9]", "", written)[:LONGEST_ID] or "1"
    changes = [f"id={right}: letters and digits only, new with each change of the policy"]
    return replaced(domain, WHAT, found, f"v=STSv1; id={right}", changes)


async def _host(context: AuditContext, found: PolicyTexts, *, announced: bool) -> Finding | None:
    host = await context.fact(addresses, f"mta-sts.{context.domain}")
    evidence = [found.answer, *host.answers]
    if host.unanswered:
        return RULE.unknown(host.name, host.unanswered)
    if host.missing:
        message = f"announced, but {host.name}, where the policy must be, has no address: senders find no policy"
        advice = "Serve the policy there, or remove the record if you do not want MTA-STS."
        fixes = _removed(context.domain, found)
        return RULE.finding("no_host", host.name, message, evidence=evidence, advice=advice, fixes=fixes)
    return RULE.passed(context.domain, "announced", evidence=evidence) if announced else None


CHECK = Check(RULE, judge, by_evidence=("several", "almost", "syntax"))
