"""Whether the domain announces an MTA-STS policy, and does so correctly."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.mail_hosts import addresses
from benchkit.audit.facts.policies import PolicyTexts, policy_texts
from benchkit.audit.facts.profile import mail_profile
from benchkit.audit.fixes.policy_records import only_first, replaced
from benchkit.audit.records.mta_sts import parse_sts_record
from benchkit.audit.records.tags import parse_tags
from benchkit.audit.rule import Case, Check, Rule, lost
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

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
        "syntax": Case(Status.FAIL, "The record cannot be read.", 5),
        "no_host": Case(Status.FAIL, "The host that should serve the policy has no address.", 5),
    },
)
PREFIX = "_mta-sts"
LONGEST_ID = 32


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(policy_texts, PREFIX)
    name, evidence = found.answer.name, [found.answer]
    if unanswered := lost(evidence):
        yield RULE.unknown(name, unanswered)
    elif not found.texts:
        message = "no MTA-STS record: senders may deliver without TLS, or to an attacker's server"
        if (await context.fact(mail_profile)).null_mx:
            message = "no MTA-STS record, and none is needed: the domain takes no mail"
        yield RULE.finding("missing", context.domain, message, evidence=evidence)
    elif found.only is None:
        message = f"{len(found.texts)} MTA-STS records: senders act as if there were none"
        yield RULE.finding(
            "several", name, message, evidence=evidence, fixes=only_first(context.domain, "MTA-STS record", found)
        )
    elif faults := parse_sts_record(found.only).faults:
        yield _faulty(context.domain, found, faults[0].message)
    else:
        yield await _host(context, found)


def _faulty(domain: str, found: PolicyTexts, message: str) -> Finding:
    """An id of letters and digits: the old one without what may not be in it."""
    written = next((tag.value for text in found.texts if (tag := parse_tags(text).find("id"))), "")
    right = re.sub("[^A-Za-z0-9]", "", written)[:LONGEST_ID] or "1"
    changes = [f"id={right}: letters and digits only, new with each change of the policy"]
    fixes = replaced(domain, "MTA-STS record", found, f"v=STSv1; id={right}", changes)
    advice = "Give it a new id= with each change of the policy."
    return RULE.finding("syntax", found.answer.name, message, evidence=[found.answer], advice=advice, fixes=fixes)


async def _host(context: AuditContext, found: PolicyTexts) -> Finding:
    host = await context.fact(addresses, f"mta-sts.{context.domain}")
    evidence = [found.answer, *host.answers]
    if host.lost:
        return RULE.unknown(host.name, host.lost)
    if host.missing:
        message = f"announced, but {host.name}, where the policy must be, has no address: senders find no policy"
        advice = "Serve the policy there, or remove the record if you do not want MTA-STS."
        return RULE.finding("no_host", host.name, message, evidence=evidence, advice=advice)
    return RULE.passed(context.domain, "announced", evidence=evidence)


CHECK = Check(RULE, judge)
