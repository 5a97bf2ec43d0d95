"""Whether the message can be unsubscribed from with one click."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.message import signatures
from benchkit.audit.message.unsubscribe import FIELDS, judge_unsubscribe
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="message_unsubscribe",
    mechanism=AuditedMechanism.MAIL,
    title="Recipients can unsubscribe with one click",
    reference="RFC 8058 §3.1",
    text="Gmail and Yahoo want one-click unsubscription in marketing mail of bulk senders: `List-Unsubscribe` with an "
    "https address, `List-Unsubscribe-Post: List-Unsubscribe=One-Click`, and both under a DKIM signature that "
    "verifies. The address must take a POST without cookies, redirects or questions. Receipts and password resets "
    "need none.",
    cases={
        "missing": Case(
            Status.INFO, "There is no List-Unsubscribe: fine for mail to one person, not for marketing mail."
        ),
        "not_one_click": Case(
            Status.WARN,
            "There is a List-Unsubscribe, but it does not work with one click.",
            advice="Add List-Unsubscribe-Post: List-Unsubscribe=One-Click, and an https: address.",
        ),
        "unsigned": Case(
            Status.FAIL,
            "The fields are right, but no valid DKIM signature covers both.",
            8,
            advice="Name both fields in the h= of the signature.",
        ),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    mail = context.options.mail
    if mail is None:
        return
    verified = await context.fact(signatures)
    signed = next((each.signed for each in verified if set(FIELDS) <= each.signed), frozenset[str]())
    found = judge_unsubscribe(mail.value(FIELDS[0]), mail.value(FIELDS[1]), signed)
    if not found.present:
        yield RULE.finding("missing", context.domain, "no List-Unsubscribe: marketing mail needs one")
    elif found.wrong:
        case = "unsigned" if found.wrong[0].startswith("no good signature") else "not_one_click"
        yield RULE.finding(case, context.domain, f"not one-click: {'; '.join(found.wrong)}")
    else:
        yield RULE.passed(context.domain, "one-click, and signed")


CHECK = Check(RULE, judge)
