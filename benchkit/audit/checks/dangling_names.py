"""Names that mail depends on and that anyone could register."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.mail_hosts import mail_hosts
from benchkit.audit.facts.spf_tree import spf_tree
from benchkit.audit.rule import Case, Check, Rule, unanswered_in
from benchkit.audit.tables.public_suffixes import is_public_suffix, registrable
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import AnswerState
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dangling_names",
    mechanism=AuditedMechanism.DNS,
    title="No mail record depends on an unregistered domain",
    reference="no standard; good practice",
    text="An MX host, an SPF include or a delegated name below a domain that is no longer registered is dangerous: "
    "anyone who registers that domain takes the mail, or sends in your name and passes SPF. Remove such names from "
    "the zone at once.",
    cases={"free": Case(Status.FAIL, "A domain that mail depends on does not exist, and may be free to register.", 25)},
)
LOOKED_AT = 40


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    hosts, tree = await asyncio.gather(context.fact(mail_hosts), context.fact(spf_tree))
    names = [*hosts.names] + (list(tree.nodes) if tree else [])
    foreign = {registrable(name) for name in names if "." in name} - {registrable(context.domain)}
    domains = sorted(domain for domain in foreign if not is_public_suffix(domain))[:LOOKED_AT]
    answers = await asyncio.gather(*(context.ask(domain, "SOA") for domain in domains))
    for domain, answer in zip(domains, answers, strict=True):
        if answer.state is AnswerState.NXDOMAIN:
            users = ", ".join(sorted({name for name in names if registrable(name) == domain}))
            message = (
                f"{domain} does not exist, and {users} depends on it: anyone may register it, and then send for you"
            )
            yield RULE.finding("free", domain, message, evidence=[answer], advice="Remove these names from the zone.")
    if unanswered := unanswered_in(answers):
        yield RULE.unknown(context.domain, unanswered)


CHECK = Check(RULE, judge, by_evidence=("free",))
