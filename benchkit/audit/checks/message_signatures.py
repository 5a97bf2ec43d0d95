"""Whether the message's DKIM signatures verify."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dkim.verify import DkimResult, Verification
from benchkit.audit.facts.message import signatures
from benchkit.audit.rule import PASSED, Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="message_signatures",
    mechanism=AuditedMechanism.MAIL,
    title="The message's DKIM signatures verify",
    reference="RFC 6376 §6.1",
    text="With `--message`, every DKIM-Signature of the message is verified as a receiver does it: canonical form, "
    "body hash, key, signature; rsa-sha1 and keys below 1024 bits are refused (RFC 8301). A message must be given "
    "exactly as it arrived: a copy from a mail program is often changed. `l=` signs a part of the body only, so "
    "that anyone can add text after it.",
    cases={
        "none": Case(Status.FAIL, "The message is not signed.", advice="Set up DKIM signing where the mail leaves."),
        "fail": Case(
            Status.FAIL,
            "A signature does not verify.",
            advice="Find what changes the mail after it is signed, and sign last.",
        ),
        "permerror": Case(
            Status.FAIL,
            "A signature has an error, so no receiver can verify it.",
            advice=("Correct the tag of the signature that the finding names."),
        ),
        "length": Case(Status.WARN, "A signature covers a part of the body only (l=).", advice="Sign without l=."),
        "unsigned_header": Case(
            Status.WARN,
            "A valid signature does not cover Subject, Date, To or Reply-To, so they can be changed on the way.",
            2,
            advice="Sign From, To, Subject, Date and Reply-To (h=).",
        ),
    },
)
WANTED = ("subject", "date", "to", "reply-to")  # fields of RFC 6376 §5.4.1 that a reader sees


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    mail = context.options.mail
    if mail is None:
        return
    verified = await context.fact(signatures)
    if not verified:
        yield RULE.finding(
            "none", context.domain, "the message has no DKIM-Signature", advice="Sign it when it is sent."
        )
    present = {field.name for field in mail.fields}
    for each in verified:
        for finding in _judge(each, present):
            yield finding


def _judge(each: Verification, present: set[str]) -> list[Finding]:
    signature = each.signature
    subject = f"d={signature.domain} s={signature.selector}"
    if each.result is DkimResult.TEMPERROR:
        return [RULE.unknown(subject, each.answers)]
    if each.result is not DkimResult.PASS:
        return [RULE.finding(each.result, subject, each.reason, evidence=each.answers)]
    bits = f", {each.key.key.bits} bits" if each.key and each.key.key else ""
    findings = [RULE.passed(subject, f"verifies: {signature.algorithm}{bits}", evidence=each.answers)]
    if signature.body_length is not None:
        message = f"l={signature.body_length}: anyone can add text after the signed part"
        findings.append(RULE.finding("length", subject, message, advice="Sign without l=.", evidence=each.answers))
    if left_out := [name for name in WANTED if name in present and name not in signature.headers]:
        message = f"not signed: {', '.join(left_out)}"
        findings.append(
            RULE.finding("unsigned_header", subject, message, evidence=each.answers, reference="RFC 6376 §5.4.1")
        )
    return findings


CHECK = Check(RULE, judge, by_evidence=("none", "fail", "permerror", "length", "unsigned_header", PASSED))
