"""What SPF says about the sender that the caller named."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_evaluation import envelope_sender, spf_evaluation
from benchkit.audit.rule import Case, Check, Rule, unanswered_in
from benchkit.audit.spf.result import Evaluation, SpfResult
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="spf_result",
    mechanism=AuditedMechanism.SPF,
    title="SPF passes for the given sending address",
    reference="RFC 7208 §2.6",
    text="With `--ip` (and `--helo`, `--mail-from`) benchkit evaluates the record as a receiver does, with the limits of ten "
    "DNS lookups and two void ones, and shows the path to the term that decided. A host that sends for the domain and "
    "does not `pass` must be added to the record.",
    cases={
        "fail": Case(
            Status.FAIL,
            "The domain says that this host may not send for it.",
            advice="If the host sends for you, add it to the SPF record.",
        ),
        "softfail": Case(
            Status.WARN,
            "The domain says that this host is probably not allowed.",
            advice="If the host sends for you, add it to the SPF record.",
        ),
        "neutral": Case(
            Status.WARN,
            "The domain says nothing about this host.",
            advice="If the host sends for you, add it to the SPF record.",
        ),
        "none": Case(Status.FAIL, "There is no record to evaluate.", advice="Publish an SPF record."),
        "permerror": Case(
            Status.FAIL,
            "The record, or one that it includes, cannot be evaluated.",
            advice="Correct the record that is named.",
        ),
        "no_identity": Case(
            Status.INFO,
            (
                "Not evaluated: the envelope sender is not known. The message has no Return-Path, or a bounce was "
                "given without --helo."
            ),
        ),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(spf_evaluation)
    if found is None:
        if context.options.ip:
            message = "the envelope sender is not known: give it with --mail-from; for a bounce (<>), give --helo"
            yield RULE.finding("no_identity", context.options.ip, message, reference="RFC 7208 §2.4")
        return
    subject, way = f"{context.options.ip} for {_identity(context, found)}", _way(found)
    if found.result is SpfResult.TEMPERROR:
        yield RULE.unknown(subject, unanswered_in(found.answers))
    elif found.result is SpfResult.PASS:
        yield RULE.passed(subject, f"pass{way}", evidence=found.answers)
    else:
        reason = found.explanation or found.problem
        message = f"{found.result}{way}" + (f": {reason}" if reason else "")
        yield RULE.finding(found.result, subject, message, evidence=found.answers)


def _identity(context: AuditContext, found: Evaluation) -> str:
    """The identity that was evaluated, in words, where the caller has not named it."""
    sender = envelope_sender(context.options, context.domain)
    if sender == "":
        return f"postmaster@{found.domain} (the HELO name: SPF uses it for a bounce)"
    return found.domain if context.options.mail_from or context.options.mail else f"{sender} (assumed)"


def _way(found: Evaluation) -> str:
    return f", by {' → '.join(f'{step.domain} {step.term}' for step in found.path)}" if found.path else ""


CHECK = Check(RULE, judge)
