"""Whether the domain's answers are signed, and the signatures hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.rule import Case, Check, Rule, unanswered_in
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Answer, Ask
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dnssec",
    mechanism=AuditedMechanism.DNS,
    title="The zone is signed, and the signatures are valid",
    reference="RFC 4035 §3.2.3",
    text="SPF, DKIM and DMARC are published in the DNS. DNSSEC prevents others from forging these records, and DANE "
    "needs it. The result is what the resolver says (the AD bit), so use a resolver that validates and that you "
    "trust, or validate here from the root's keys with `--dnssec` (20326 and 38696, as "
    "in the copy of IANA's root-anchors.xml that Technitium DNS Server ships). If the signatures of a zone fail, validating "
    "resolvers answer SERVFAIL: for their users the zone does not exist. A zone file that is audited before it is "
    "published has no signatures yet.",
    cases={
        "unsigned": Case(Status.INFO, "The zone is not signed."),
        "not_validated": Case(
            Status.INFO,
            (
                "The zone has keys, but this resolver does not validate, so it is not known whether the signatures "
                "are valid."
            ),
        ),
        "no_ds": Case(
            Status.WARN, "The zone has keys, but its parent has no DS record for them: the zone counts as unsigned.", 3
        ),
        "bogus": Case(Status.FAIL, "The resolver says that the signatures are not valid."),
    },
)
BOGUS = range(6, 13)  # extended errors about DNSSEC (RFC 8914 §4.7 to §4.13)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    if context.options.offline:
        return
    domain = context.domain
    if (ask := context.validated) is not None:
        for finding in await _validated_here(context, ask):
            yield finding
        return
    soa, keys, ds = await asyncio.gather(*(context.ask(domain, kind) for kind in ("SOA", "DNSKEY", "DS")))
    evidence = [soa, keys, ds]
    if broken := [answer for answer in evidence if _is_bogus(answer)]:
        yield _bogus(domain, ", ".join(broken[0].ede), evidence)
    elif unanswered := unanswered_in(evidence):
        yield RULE.unknown(domain, unanswered)
    elif soa.ad:
        yield RULE.passed(domain, "signed and validated by the resolver", evidence=evidence)
    elif keys.records and not ds.records and not keys.ad:
        advice = "Give the zone's DS record to the registrar."
        yield RULE.finding(
            "no_ds",
            domain,
            ("has keys, but no DS record at its parent: resolvers treat it as unsigned"),
            evidence=evidence,
            advice=advice,
        )
    elif keys.records:
        yield RULE.finding("not_validated", domain, "has keys, but this resolver does not validate", evidence=evidence)
    else:
        yield RULE.finding("unsigned", domain, "is not signed", evidence=evidence)


async def _validated_here(context: AuditContext, ask: Ask) -> list[Finding]:
    """By what was validated on this machine, for the records that mail rests on."""
    domain = context.domain
    questions = ((domain, "SOA"), (domain, "MX"), (domain, "TXT"), (f"_dmarc.{domain}", "TXT"))
    answers = await asyncio.gather(*(ask(name, kind) for name, kind in questions))
    if broken := [answer for answer in answers if _is_bogus(answer)]:
        return [_bogus(domain, f"{broken[0].name} {broken[0].type}: {', '.join(broken[0].ede)}", answers)]
    if unanswered := unanswered_in(answers):
        return [RULE.unknown(domain, unanswered)]
    if all(answer.ad for answer in answers):
        return [RULE.passed(domain, "signed, and validated here from the root's keys", evidence=answers)]
    open_ended = next(answer for answer in answers if not answer.ad)
    reason = f": {open_ended.ede[0]}" if open_ended.ede else ""
    return [RULE.finding("unsigned", domain, f"no chain of trust from the root{reason}", evidence=answers)]


def _bogus(domain: str, why: str, evidence: Sequence[Answer]) -> Finding:
    advice = "Compare the DS record at the registrar with the zone's keys, and the signatures' dates with the clock."
    return RULE.finding("bogus", domain, f"the signatures are not valid: {why}", evidence=evidence, advice=advice)


def _is_bogus(answer: Answer) -> bool:
    codes = [text.split()[0] for text in answer.ede if text[:1].isdigit()]
    return not answer.state.known and any(code.isdigit() and int(code) in BOGUS for code in codes)


CHECK = Check(RULE, judge, regardless=("bogus",))
