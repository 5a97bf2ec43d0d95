"""Whether TLS version, cipher and key of each MX host are up to date."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.connect_probe.starttls import MailServer, StarttlsStage
from benchkit.audit.facts.mail_servers import mail_servers
from benchkit.audit.rule import PASSED, Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="tls_quality",
    mechanism=AuditedMechanism.TRANSPORT,
    title="TLS versions, ciphers and keys of the MX hosts are up to date",
    reference="RFC 9325 §3.1, §4.1",
    text="With `--connect`. A further connection offers TLS 1.0 and 1.1 only, which RFC 8996 forbids: a server that accepts "
    "them lets an attacker push old senders down to them. The cipher of the first connection should have forward secrecy "
    "(ECDHE, or TLS 1.3), so that recorded mail stays secret when the key leaks later, and at least 128 bits; an RSA key "
    "should have 2048 bits. A sender and a server settle on the best that both have, so turn the old off and keep the rest.",
    cases={
        "old_accepted": Case(Status.WARN, "The server accepts TLS 1.0 or 1.1.", 2, advice="Turn off TLS 1.0 and 1.1."),
        "no_forward_secrecy": Case(
            Status.WARN, "The cipher has no forward secrecy.", 2, advice="Offer ECDHE ciphers first."
        ),
        "weak_cipher": Case(
            Status.WARN, "The cipher is weak: fewer than 128 bits, or broken.", 3, advice="Turn the cipher off."
        ),
        "short_key": Case(
            Status.WARN,
            "The certificate's RSA key has fewer than 2048 bits.",
            2,
            advice="Get a certificate with a key of 2048 bits or more.",
        ),
    },
)
BROKEN = ("RC4", "DES-", "NULL", "EXP", "MD5", "IDEA", "SEED")
LEAST_BITS, LEAST_RSA_BITS = 128, 2048


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    for seen in await context.fact(mail_servers):
        if seen.stage is StarttlsStage.DONE:
            for finding in _judge(seen):
                yield finding


def _judge(seen: MailServer) -> list[Finding]:
    subject, host, findings = f"{seen.host} [{seen.address}]", seen.host, []
    if seen.accepts_old:
        message = f"{host} accepts {seen.accepts_old}, which RFC 8996 forbids"
        advice = "Turn TLS 1.0 and 1.1 off."
        findings.append(RULE.finding("old_accepted", subject, message, advice=advice, reference="RFC 8996"))
    if 0 < seen.cipher_bits < LEAST_BITS or any(word in seen.cipher for word in BROKEN):
        message = f"{host} uses {seen.cipher} ({seen.cipher_bits} bits)"
        findings.append(
            RULE.finding("weak_cipher", subject, message, advice="Prefer ciphers with AES-GCM or ChaCha20.")
        )
    if seen.tls_version != "TLSv1.3" and not seen.cipher.startswith(("ECDHE-", "DHE-")):
        message = f"{host} uses {seen.cipher}, which has no forward secrecy"
        findings.append(
            RULE.finding("no_forward_secrecy", subject, message, advice="Prefer ciphers that begin with ECDHE.")
        )
    own = seen.chain[0] if seen.chain else None
    if own and own.key_type == "rsa" and own.key_bits < LEAST_RSA_BITS:
        message = f"the certificate of {host} has an RSA key of {own.key_bits} bits"
        findings.append(RULE.finding("short_key", subject, message, advice="Make a key of 2048 bits, or an ECDSA key."))
    return findings or [RULE.passed(subject, f"{host}: {seen.tls_version} with {seen.cipher}")]


CHECK = Check(RULE, judge, by_evidence=("old_accepted", "no_forward_secrecy", "weak_cipher", "short_key", PASSED))
