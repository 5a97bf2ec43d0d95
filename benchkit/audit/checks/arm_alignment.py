"""Whether the mail of a scenario's arms would align, if it were sent for real."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.alignment import Alignment, alignment
from benchkit.audit.dmarc.walk import policy_step
from benchkit.audit.rule import Case, Check, Rule
from benchkit.audit.sending_identities import ArmIdentity
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="arm_alignment",
    mechanism=AuditedMechanism.MAIL,
    title="The scenario's mail would align",
    reference="RFC 9989 §4.4",
    text="With `--scenario`, every arm is judged by the identities it would send with: the envelope sender, the From "
    "address, and the domain that the provider signs with by default. DMARC needs one of them to be aligned with the "
    "From domain and to pass. Microsoft wants SPF and DKIM both to pass. The scenario does not say who signs the mail "
    "of an SMTP arm: check a real message with `--message`.",
    cases={
        "not_aligned": Case(
            Status.FAIL,
            "Neither the envelope nor the provider's signature is aligned with the From domain.",
            advice="Sign for the From domain, or use an envelope sender in it.",
        ),
        "spf_only": Case(
            Status.WARN,
            "Only the envelope is aligned with the From domain: forwarded mail fails.",
            3,
            advice="Sign with DKIM for the From domain too.",
        ),
        "dkim_only": Case(
            Status.INFO, "Only the signature is aligned with the From domain: DMARC passes by DKIM alone."
        ),
        "signer_unknown": Case(Status.INFO, "The envelope is aligned with the From domain; who signs is not known."),
        "no_unsubscribe": Case(Status.INFO, "The mail offers no one-click unsubscription. Marketing mail needs it."),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    for identity in context.options.arms:
        yield await _judge(context, identity)
    if arms := [identity.arm for identity in context.options.arms if not identity.unsubscribe]:
        message = (
            "no List-Unsubscribe header: fine for receipts and password resets, but Gmail and Yahoo refuse marketing "
            "mail without it"
        )
        yield RULE.finding("no_unsubscribe", ", ".join(arms), message, reference="RFC 8058 §3.1")


async def _judge(context: AuditContext, identity: ArmIdentity) -> Finding:
    found = await context.fact(policy_step, identity.author)
    record = found.record if found else None
    spf = await _alignment(context, identity, identity.envelope, strict=bool(record and record.aspf == "s"))
    dkim = await _alignment(context, identity, identity.signer, strict=bool(record and record.adkim == "s"))
    if unanswered := [answer for each in (spf, dkim) if each and each.aligned is None for answer in each.unanswered]:
        return RULE.unknown(identity.arm, unanswered)
    message = f"From {identity.author}, envelope {identity.envelope or '?'}, signed by {identity.signer or '?'}"
    by_spf, by_dkim = bool(spf and spf.aligned), bool(dkim and dkim.aligned)
    if by_spf and by_dkim:
        return RULE.passed(identity.arm, f"{message}: both align")
    if by_spf:
        return RULE.finding("spf_only" if identity.signer else "signer_unknown", identity.arm, message)
    return RULE.finding("dkim_only" if by_dkim else "not_aligned", identity.arm, message)


async def _alignment(context: AuditContext, identity: ArmIdentity, domain: str, *, strict: bool) -> Alignment | None:
    return await alignment(context, identity.author, domain, strict=strict) if domain else None


CHECK = Check(RULE, judge, by_evidence=("no_unsubscribe",))
