"""What the policy asks for subdomains, those that exist and those that do not."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.walk import own_walk
from benchkit.audit.fixes.dmarc_record import dmarc_fix
from benchkit.audit.records.dmarc import DmarcRecord, Policy
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dmarc_subdomains",
    mechanism=AuditedMechanism.DMARC,
    title="Subdomains are as well protected as the domain",
    reference="RFC 9989 §4.7",
    text="`sp` is the policy for existing subdomains without a record of their own, `np` for names that do not exist; "
    "each defaults to the one before it. A weaker one invites mail from made-up subdomains. A name exists if the "
    "DNS holds anything at or below it; servers that deny by NOERROR (compact denial, RFC 9824) make missing "
    "names look like existing ones to many receivers, so that `sp` is what counts there. Both are read in the "
    "record of the organizational domain only: names below it inherit from there. Leave both tags out, or make "
    "them as strong as `p`, once the reports show that the mail of your subdomains is aligned.",
    cases={
        "existing": Case(Status.WARN, "sp is weaker than p."),
        "nonexistent": Case(Status.WARN, "np is weaker than p."),
        "ignored": Case(Status.INFO, "sp or np is in the record of a subdomain, where receivers ignore it."),
        "np_may_not_apply": Case(
            Status.INFO,
            ("np is stronger than sp, but the zone answers NOERROR for missing names, so receivers may apply sp."),
        ),
    },
)
ORDER = list(Policy)
LATER = "Remove the tag when the reports show that the mail of your subdomains is aligned."
PROBE = "benchkit-no-such-name"


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    walked = await context.fact(own_walk)
    found, record = walked.own, walked.own.record
    if record is None or not record.counts:
        return
    domain, evidence, good = context.domain, [found.answer], True
    if walked.unanswered:
        yield RULE.unknown(domain, walked.unanswered)
        return
    if walked.organizational != domain:
        if tags := _subdomain_tags(record):
            message = f"{tags}: {domain} is below {walked.organizational}, and receivers read this tag only in the record there"
            fixes = (await dmarc_fix(context, domain)).fixes
            yield RULE.finding("ignored", domain, message, evidence=evidence, advice="Remove them.", fixes=fixes)
        return
    if ORDER.index(record.subdomain_policy) < ORDER.index(record.policy):
        good = False
        message = (
            f"sp={record.subdomain_policy} is weaker than p={record.policy}: receivers treat forged mail from "
            "subdomains less strictly"
        )
        later = (await dmarc_fix(context, domain)).later_step
        yield RULE.finding("existing", domain, message, evidence=evidence, advice=LATER, fixes=later)
    if ORDER.index(record.nonexistent_policy) < ORDER.index(record.policy) and record.np is not None:
        good = False
        message = f"np={record.np} is weaker than p={record.policy}: receivers treat mail from made-up subdomains less strictly"
        later = (await dmarc_fix(context, domain)).later_step
        yield RULE.finding("nonexistent", domain, message, evidence=evidence, advice=LATER, fixes=later)
    if ORDER.index(record.nonexistent_policy) > ORDER.index(record.subdomain_policy):
        probe = await context.ask(f"{PROBE}.{domain}", "A")
        if probe.compact_denial:
            tags = f"np={record.np}, but missing names answer NOERROR: receivers may apply sp={record.subdomain_policy}"
            yield RULE.finding("np_may_not_apply", domain, tags, evidence=[*evidence, probe])
    if good:
        policies = f"existing ones {record.subdomain_policy}, others {record.nonexistent_policy}"
        yield RULE.passed(domain, f"subdomains: {policies}", evidence=evidence)


def _subdomain_tags(record: DmarcRecord) -> str:
    return ", ".join(f"{tag.name}={tag.value}" for tag in record.tags.tags if tag.name in ("sp", "np"))


CHECK = Check(RULE, judge)
