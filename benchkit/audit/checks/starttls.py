"""Whether each MX host offers STARTTLS and completes the handshake."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.connect_probe.starttls import MailServer, StarttlsStage
from benchkit.audit.facts.mail_servers import mail_servers
from benchkit.audit.rule import PASSED, Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="starttls",
    mechanism=AuditedMechanism.TRANSPORT,
    title="Every MX host offers STARTTLS",
    reference="RFC 3207 §4",
    text="With `--connect`, benchkit connects to port 25 of each MX host and starts TLS; it sends no mail. Without STARTTLS "
    "mail to the domain crosses the internet readable, and senders with MTA-STS or DANE do not deliver. Many "
    "networks close port 25 outwards: a host that is not reached is unknown, not at fault. Private and reserved "
    "addresses are connected to with `--allow-private` only, because anyone can name them in a zone.",
    cases={
        "unreachable": Case(Status.UNKNOWN, "The host could not be reached from here."),
        "not_allowed": Case(Status.UNKNOWN, "The address is private or reserved, so benchkit did not connect to it."),
        "refused": Case(
            Status.WARN,
            "The host answers, but not with the 220 greeting of a server that takes mail.",
            advice="Let the host greet with 220 and take mail, or remove it from MX.",
        ),
        "not_offered": Case(
            Status.FAIL, "The host does not offer STARTTLS.", 10, advice="Turn on STARTTLS with a certificate."
        ),
        "failed": Case(
            Status.FAIL,
            "The host offers STARTTLS, but the TLS handshake fails.",
            10,
            advice="Correct the TLS set-up of the host: its certificate, key and protocol versions.",
        ),
        "old": Case(
            Status.WARN,
            "The host uses a TLS version that RFC 8996 forbids.",
            3,
            advice="Turn on TLS 1.2 and 1.3.",
        ),
    },
)
OLD = ("TLSv1", "TLSv1.1")
CASES = {
    StarttlsStage.NOT_ALLOWED: "not_allowed",
    StarttlsStage.CONNECT: "unreachable",
    StarttlsStage.GREETING: "refused",
    StarttlsStage.EHLO: "refused",
    StarttlsStage.STARTTLS: "failed",
    StarttlsStage.TLS: "failed",
}


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    for seen in await context.fact(mail_servers):
        yield _judge(seen)


def _judge(seen: MailServer) -> Finding:
    subject = f"{seen.host} [{seen.address}]"
    if seen.offered is False:
        return RULE.finding("not_offered", subject, f"{seen.host} does not offer STARTTLS")
    if seen.stage is not StarttlsStage.DONE:
        return RULE.finding(CASES[seen.stage], subject, f"{seen.host} at {seen.stage}: {seen.error}")
    if seen.tls_version in OLD:
        return RULE.finding("old", subject, f"{seen.host} speaks {seen.tls_version}", reference="RFC 8996")
    return RULE.passed(subject, f"{seen.host} speaks {seen.tls_version} ({seen.cipher})")


CHECK = Check(RULE, judge, by_evidence=("refused", "not_offered", "failed", "old", PASSED))
