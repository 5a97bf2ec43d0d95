"""Whether senders can reach the domain's mail hosts over TLS, according to their reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.reported_mail import reported_mail
from benchkit.audit.rule import PASSED, Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="reported_tls",
    mechanism=AuditedMechanism.REPORTS,
    title="Senders report that TLS to your mail hosts works",
    reference="RFC 8460 §4.3",
    text="With `--reports FOLDER` the audit also reads the TLS reports that senders send to the address in `_smtp._tls`. Each "
    "failure has a reason: `starttls-not-supported`, `certificate-expired`, `certificate-host-mismatch`, "
    "`validation-failure`, `tlsa-invalid`, `dnssec-invalid`, `sts-policy-fetch-error` and others. With an MTA-STS policy in "
    "mode enforce, or with DANE, such mail was not delivered.",
    cases={
        "failures": Case(
            Status.WARN, "Sessions failed.", advice="Look at the host and the certificate that the report names."
        )
    },
)
ADVICE = {
    "starttls-not-supported": "Offer STARTTLS on every MX host.",
    "certificate-expired": "Renew the certificate of the host, and automate the renewal.",
    "certificate-host-mismatch": "Use a certificate that names the MX host.",
    "certificate-not-trusted": "Send the whole chain of a public certificate authority.",
    "tlsa-invalid": "Publish a TLSA record that matches the certificate.",
    "dane-required": "Publish TLSA records in a signed zone, or drop the requirement.",
    "dnssec-invalid": "Repair DNSSEC of the MX host's zone.",
    "sts-policy-fetch-error": "Make https://mta-sts.<domain>/.well-known/mta-sts.txt reachable.",
    "sts-policy-invalid": "Repair the text of the MTA-STS policy.",
    "sts-webpki-invalid": "Use a valid certificate for the host mta-sts.<domain>.",
}


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(reported_mail)
    if found is None or not found.tls:
        return
    good, bad = sum(policy.successes for policy in found.tls), sum(policy.failures for policy in found.tls)
    failed: Counter[tuple[str, str]] = Counter()
    for detail in (detail for policy in found.tls for detail in policy.details):
        failed[(detail.result or "no reason given", detail.mx_host)] += detail.sessions
    if bad > failed.total():
        failed[("no reason given", "")] += bad - failed.total()
    for (result, host), sessions in failed.most_common():
        if sessions:
            at = f" at {host}" if host else ""
            message = f"{sessions:,} of {good + bad:,} reported sessions failed{at}: {result}"
            yield RULE.finding("failures", host or found.domain, message, advice=ADVICE.get(result, ""))
    if not failed.total():
        yield RULE.passed(found.domain, f"{good:,} sessions in {len(found.tls_reports):,} TLS reports, none failed")


CHECK = Check(RULE, judge, by_evidence=(PASSED, "failures"))
