"""Whether the domain says where its mail goes: bounces, replies and reports need an address."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.mail_hosts import MailHosts, addresses, mail_hosts
from benchkit.audit.facts.profile import is_unused, mail_profile
from benchkit.audit.fixes.mx_records import mx_fix, null_mx
from benchkit.audit.rule import Case, Check, Rule, unanswered_in
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import AnswerState
from benchkit.model.finding import Finding, Status
from benchkit.model.record_fix import RecordFix

RULE = Rule(
    name="mx_records",
    mechanism=AuditedMechanism.MX,
    title="A host takes the domain's mail",
    reference="RFC 5321 §5.1",
    text="A sending domain that takes no mail loses its bounces and replies, and some receivers refuse mail from it. "
    "Publish MX records that name your mail hosts. A domain that takes no mail on purpose says so with a null MX "
    "(RFC 7505), alone.",
    cases={
        "missing": Case(Status.WARN, "There is neither an MX record nor an address: mail to the domain bounces."),
        "no_such_domain": Case(Status.FAIL, "The domain does not exist: misspelt, or no longer registered.", 60),
        "silent": Case(Status.INFO, "No MX record and no address, at a domain that sends no mail either."),
        "implicit": Case(Status.INFO, "There is no MX record; mail goes to the address of the domain itself."),
        "null": Case(Status.INFO, "A null MX: the domain takes no mail."),
        "null_with_others": Case(Status.FAIL, "A null MX is beside other MX records, which RFC 7505 §3 forbids."),
        "null_preference": Case(Status.WARN, "The null MX has a preference other than 0 (RFC 7505 §3)."),
        "duplicate": Case(Status.WARN, "One host is in several MX records."),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(mail_hosts)
    domain = context.domain
    if unanswered := unanswered_in([found.answer]):
        yield RULE.unknown(domain, unanswered)
    elif not found.answer.records:
        yield await _without(context, found)
    elif found.null:
        yield _null(domain, found, await mx_fix(context))
    else:
        for finding in _duplicates(domain, found, await mx_fix(context)):
            yield finding
        names = ", ".join(record.target for record in found.records)
        yield RULE.passed(domain, f"mail goes to {names}", evidence=[found.answer])


async def _without(context: AuditContext, found: MailHosts) -> Finding:
    own = await context.fact(addresses, context.domain)
    evidence = [found.answer, *own.answers]
    if own.unanswered:
        return RULE.unknown(context.domain, own.unanswered)
    if found.answer.state is AnswerState.NXDOMAIN:
        advice = "Check its spelling, and whether it is still registered."
        return RULE.finding(
            "no_such_domain", context.domain, f"{context.domain} does not exist", evidence=evidence, advice=advice
        )
    if own.texts:
        message = f"no MX record; mail goes to the domain's own address {own.texts[0]}"
        return RULE.finding("implicit", context.domain, message, evidence=evidence)
    silent = (await context.fact(mail_profile)).sends_none
    unused = silent or await context.unread_fact(is_unused)
    why = "the domain takes no mail, and says so"
    return RULE.finding(
        "silent" if silent else "missing",
        context.domain,
        "no MX record and no address; a null MX says that this is on purpose"
        if silent
        else "no MX record and no address: bounces and replies are lost",
        evidence=evidence,
        advice="Publish a null MX." if unused else "Name the host that takes the mail.",
        fixes=null_mx(context.domain, why) if unused else (),
    )


def _null(domain: str, found: MailHosts, fixes: tuple[RecordFix, ...]) -> Finding:
    records, evidence = found.answer.records, [found.answer]
    if found.records:
        count = len(found.records)
        message = f"a null MX beside {count} other MX record{'s' * (count > 1)}: some senders deliver and some do not"
        advice = "Remove the null MX, or all the others if the domain takes no mail."
        return RULE.finding("null_with_others", domain, message, evidence=evidence, advice=advice, fixes=fixes)
    if any(record.preference for record in records):
        message = f"the null MX has preference {records[0].preference}, and must have 0"
        return RULE.finding(
            "null_preference", domain, message, evidence=evidence, advice="Set its preference to 0.", fixes=fixes
        )
    return RULE.finding("null", domain, "takes no mail (null MX)", evidence=evidence)


def _duplicates(domain: str, found: MailHosts, fixes: tuple[RecordFix, ...]) -> list[Finding]:
    names = [record.target for record in found.records]
    findings = []
    for name in sorted({name for name in names if names.count(name) > 1}):
        same = [record for record in found.records if record.target == name]
        findings.append(
            RULE.finding(
                "duplicate",
                domain,
                f"{name} is in {len(same)} MX records: the second adds no host",
                evidence=[found.answer],
                advice="Keep the one with the lowest preference.",
                fixes=fixes,
            )
        )
    return findings


CHECK = Check(RULE, judge)
