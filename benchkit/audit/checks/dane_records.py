"""Whether TLSA records of the MX hosts, where there are some, can be used."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.mail_hosts import mail_hosts, tlsa_records
from benchkit.audit.fixes import replacement
from benchkit.audit.records.tlsa import parse_tlsa
from benchkit.audit.rule import Case, Check, Rule, unanswered_in
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Answer
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dane_records",
    mechanism=AuditedMechanism.TRANSPORT,
    title="TLSA records of the MX hosts can be used",
    reference="RFC 7672 §3.1",
    text="DANE binds an MX host's certificate to the DNS: a TLSA record at `_25._tcp.` and the host's name, in a signed "
    "zone. For SMTP use usage 3 (the host's own key, best written as `3 1 1`) or 2 (an authority); 0 and 1 are not for "
    "SMTP. Without DNSSEC senders ignore TLSA records. If all records of a host are unusable, senders need TLS but "
    "verify nothing.",
    cases={
        "unusable": Case(Status.FAIL, "A TLSA record cannot be used for SMTP.", 8),
        "unsigned": Case(
            Status.WARN,
            "TLSA records in a zone that is not signed: senders ignore them.",
            3,
            advice="Sign the zone (DNSSEC), or remove the TLSA records.",
        ),
        "some_hosts": Case(
            Status.WARN,
            "Some MX hosts have TLSA records and others do not.",
            3,
            advice="Publish TLSA records for every MX host.",
        ),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    names = (await context.fact(mail_hosts)).names
    answers = await asyncio.gather(*(context.fact(tlsa_records, name) for name in names))
    having = [answer for answer in answers if answer.records]
    findings = [finding for answer in having for finding in _records(context.domain, answer)]
    if unanswered := unanswered_in(answers):
        findings.append(RULE.unknown(context.domain, unanswered))
    elif having and len(having) < len(answers):
        message = f"{len(having)} of {len(answers)} MX hosts have TLSA records: an attacker can send mail to the others"
        findings.append(RULE.finding("some_hosts", context.domain, message, evidence=answers))
    if not context.options.offline:
        findings += [_unsigned(answer) for answer in having if not answer.ad]
    for finding in findings:
        yield finding
    if having and not findings:
        yield RULE.passed(context.domain, "TLSA records at every MX host", evidence=answers)


def _records(domain: str, answer: Answer) -> list[Finding]:
    return [
        RULE.finding(
            "unusable",
            answer.name,
            f"{record.text[:40]}: {fault.message}",
            evidence=[answer],
            advice="Publish a TLSA record `3 1 1` with the SHA-256 of the host's public key.",
            fixes=[
                replacement.fixed(
                    domain,
                    "TLSA record",
                    replacement.holder(answer),
                    before=[record],
                    changes=["senders cannot use it; publish 3 1 1 in its place"],
                )
            ],
            span=fault.span,
        )
        for record in answer.records
        for fault in parse_tlsa(record.text).faults[:1]
    ]


def _unsigned(answer: Answer) -> Finding:
    message = f"TLSA records at {answer.name} , but this resolver reports no DNSSEC there: senders ignore them"
    return RULE.finding("unsigned", answer.name, message, evidence=[answer], reference="RFC 7672 §2.2")


CHECK = Check(RULE, judge, by_evidence=("unusable", "unsigned"))
