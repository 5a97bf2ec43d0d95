"""Whether the addresses of the MX hosts can be reached from the internet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from ipaddress import ip_address

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.mail_hosts import MailHost, located_mail_hosts
from benchkit.audit.fixes import replacement
from benchkit.audit.rule import Case, Check, Rule
from benchkit.audit.tables.special_addresses import special_use
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Answer, Record
from benchkit.model.finding import Finding, Status
from benchkit.model.record_fix import RecordFix

RULE = Rule(
    name="mx_addresses",
    mechanism=AuditedMechanism.MX,
    title="The MX hosts' addresses can be reached",
    reference="RFC 6890 §2.2",
    text="A private, loopback or reserved address in an MX host's A or AAAA record leads senders outside your network "
    "nowhere, or to a host of their own. Publish public addresses only. If your own network needs the private ones, "
    "answer with them in an internal view.",
    cases={"special": Case(Status.FAIL, "An MX host has an address that is private or reserved.")},
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    hosts = list({host.name: host for host in await context.fact(located_mail_hosts)}.values())
    found = [finding for host in hosts for finding in _judge_host(context.domain, host)]
    for finding in found:
        yield finding
    addresses = [text for host in hosts for text in host.addresses.texts]
    if addresses and not found:
        families = sorted({f"IPv{ip_address(text).version}" for text in addresses})
        evidence = [answer for host in hosts for answer in host.addresses.answers]
        yield RULE.passed(
            context.domain, f"{len(addresses)} public addresses ({', '.join(families)})", evidence=evidence
        )


def _judge_host(domain: str, host: MailHost) -> list[Finding]:
    return [
        RULE.finding(
            "special",
            host.name,
            f"{host.name} has the address {record.text}, which is {use}: senders cannot reach it",
            evidence=[answer],
            advice="Publish the host's public address in its place.",
            fixes=_fix(domain, host, answer, record),
        )
        for answer in host.addresses.answers
        for record in answer.records
        if (use := special_use(record.text))
    ]


def _fix(domain: str, host: MailHost, answer: Answer, record: Record) -> tuple[RecordFix, ...]:
    """The address goes where the host has another that can be reached."""
    if not any(not special_use(text) for text in host.addresses.texts):
        return ()
    changes = [f"{record.text} cannot be reached from the internet"]
    return (replacement.fixed(domain, "address", replacement.holder(answer), before=[record], changes=changes),)


CHECK = Check(RULE, judge, by_evidence=("special",))
