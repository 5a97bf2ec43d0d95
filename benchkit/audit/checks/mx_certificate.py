"""Whether each MX host's certificate would satisfy a sender that verifies it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.connect_probe.starttls import MailServer
from benchkit.audit.facts.mail_servers import mail_servers
from benchkit.audit.rule import PASSED, Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="mx_certificate",
    mechanism=AuditedMechanism.TRANSPORT,
    title="Every MX host's certificate can be verified",
    reference="RFC 8461 §4.2",
    text="With `--connect`. Senders without MTA-STS or DANE accept any certificate, so a bad certificate goes unnoticed "
    "until a policy is enforced; then mail is not delivered. The certificate must be issued by an authority that "
    "senders know, for the MX host's name, and be valid now.",
    cases={
        "untrusted": Case(
            Status.WARN, "The certificate does not verify: senders that enforce MTA-STS do not deliver.", 3
        ),
        "ends_soon": Case(Status.WARN, "The certificate ends within two weeks.", 2, advice="Renew the certificate."),
    },
)
SOON = timedelta(days=14)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    connections = context.options.connections
    for seen in await context.fact(mail_servers):
        if connections and seen.chain:
            yield _judge(seen, connections.now)


def _judge(seen: MailServer, now: datetime) -> Finding:
    subject, own = f"{seen.host} [{seen.address}]", seen.chain[0]
    if seen.distrust:
        return RULE.finding("untrusted", subject, f"the certificate of {seen.host} does not verify: {seen.distrust}")
    end = f"{own.not_after:%Y-%m-%d}" if own.not_after else "an unknown day"
    if own.not_after and own.not_after - now < SOON:
        return RULE.finding(
            "ends_soon", subject, f"the certificate of {seen.host} ends on {end}", advice="Renew it now."
        )
    return RULE.passed(subject, f"the certificate of {seen.host} verifies, until {end}")


CHECK = Check(RULE, judge, by_evidence=("untrusted", "ends_soon", PASSED))
