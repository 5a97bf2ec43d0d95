"""Whether the zone has several name servers that can be found."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.mail_hosts import Addresses, addresses
from benchkit.audit.fixes.replacement import fixed, held
from benchkit.audit.rule import Case, Check, Rule, unanswered_in
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Answer
from benchkit.model.finding import Finding, Status
from benchkit.model.record_fix import RecordFix

RULE = Rule(
    name="name_servers",
    mechanism=AuditedMechanism.DNS,
    title="The zone has several name servers that can be found",
    reference="RFC 1034 §4.1",
    text="With one name server, one outage makes SPF, DKIM and DMARC of the domain unknown, and mail is deferred. A "
    "name server whose name does not exist is one that someone else may register, and then answer for the "
    "domain. Keep at least two, each with an address.",
    cases={
        "single": Case(
            Status.WARN, "There is only one name server.", 3, advice="Add a second name server, in another network."
        ),
        "no_address": Case(Status.FAIL, "A name server has no address."),
    },
)


ENOUGH = 2  # name servers (RFC 1034 §4.1)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    answer = await context.ask(context.domain, "NS")
    if unanswered := unanswered_in([answer]):
        yield RULE.unknown(context.domain, unanswered)
    if not answer.records:
        return  # a name within a zone that is cut further up
    names = [record.target for record in answer.records]
    found = await asyncio.gather(*(context.fact(addresses, name) for name in names))
    good, fixes = True, _without_dead(context.domain, answer, found)
    for each in found:
        if each.unanswered:
            yield RULE.unknown(each.name, each.unanswered)
        elif each.missing:
            good = False
            message = f"name server {each.name} has no address, so no resolver can ask it"
            advice = "Give it an address; or name another server here and at the registrar."
            evidence = [answer, *each.answers]
            yield RULE.finding("no_address", each.name, message, evidence=evidence, advice=advice, fixes=fixes)
    if len(set(names)) == 1:
        yield RULE.finding("single", context.domain, f"only one name server, {names[0]}", evidence=[answer])
    elif good:
        yield RULE.passed(context.domain, f"{len(names)} name servers", evidence=[answer])


def _without_dead(domain: str, answer: Answer, hosts: Sequence[Addresses]) -> tuple[RecordFix, ...]:
    """The NS records that lead nowhere go, where two name servers remain that can be asked."""
    dead = {each.name for each in hosts if each.missing}
    if not dead or len({each.name for each in hosts if each.texts}) < ENOUGH:
        return ()
    old = held(answer, [record for record in answer.records if record.target in dead])
    what = "NS record" + "s" * (len(old) > 1)
    changes = [
        f"no resolver can ask {', '.join(sorted(dead))}, which only delays answers",
        "remove it at the registrar too, where the same names are",
    ]
    unless = f"you give {'it an address' if len(dead) == 1 else 'them addresses'}"
    return (fixed(domain, what, domain, before=old, changes=changes, unless=unless),)


CHECK = Check(RULE, judge, by_evidence=("single", "no_address"))
