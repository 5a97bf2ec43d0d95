"""Whether the TLSA records match the certificates of the MX hosts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.connect_probe.dane import Association, DaneVerdict, match_all
from benchkit.audit.connect_probe.starttls import MailServer
from benchkit.audit.facts.mail_hosts import tlsa_records
from benchkit.audit.facts.mail_servers import mail_servers
from benchkit.audit.records.tlsa import parse_tlsa
from benchkit.audit.rule import PASSED, Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Answer
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dane_match",
    mechanism=AuditedMechanism.TRANSPORT,
    title="TLSA records match the certificates",
    reference="RFC 7672 §3",
    text="With `--connect`. A sender that validates DANE delivers only if one TLSA record matches the host's certificate. "
    "The usual accident is a renewed certificate with a new key: publish the next key's record, wait until the "
    "old answer has run out of every cache, change the key, then remove the old record.",
    cases={
        "none": Case(
            Status.FAIL,
            "No TLSA record matches: senders that validate DANE do not deliver.",
            15,
            advice="Publish a TLSA record `3 1 1` with the SHA-256 of the new key before you change the certificate.",
        ),
        "not_validated": Case(
            Status.INFO,
            ("The resolver did not validate the TLSA records (DNSSEC): senders ignore them, so they are not compared."),
        ),
        "stale": Case(Status.INFO, "One TLSA record does not match the host's certificate; another one does."),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    connections = context.options.connections
    for seen in await context.fact(mail_servers):
        answer = await context.fact(tlsa_records, seen.host)
        if connections is None or not seen.chain or not answer.records:
            continue
        if answer.ad or context.options.offline:
            yield _judge(seen, answer, [seen.host, context.domain], connections.now)
        else:
            message = "the resolver has not validated the TLSA records (DNSSEC), so senders ignore them"
            yield RULE.finding("not_validated", _subject(seen), message, evidence=[answer])


def _judge(seen: MailServer, answer: Answer, names: list[str], now: datetime) -> Finding:
    parsed = [parse_tlsa(record.text) for record in answer.records]
    associations = [Association(each.usage, each.selector, each.matching, each.data) for each in parsed if each.usable]
    matches = match_all(associations, seen.chain, names, now)
    subject, good = _subject(seen), [each for each in matches if each.verdict is DaneVerdict.MATCH]
    if not good:
        why = ", ".join(dict.fromkeys(each.verdict.value for each in matches)) or "none is usable"
        message = f"none of {len(answer.records)} TLSA records matches: {why}"
        return RULE.finding("none", subject, message, evidence=[answer])
    if len(good) < len(answer.records):
        message = f"{len(good)} of {len(answer.records)} TLSA records match"
        return RULE.finding("stale", subject, message, evidence=[answer])
    return RULE.passed(subject, f"all {len(good)} TLSA records match", evidence=[answer])


def _subject(seen: MailServer) -> str:
    return f"{seen.host} [{seen.address}]"


CHECK = Check(RULE, judge, by_evidence=("none", "not_validated", "stale", PASSED))
