"""Whether what Microsoft asks of senders is met, as far as it can be seen from outside."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.receiver_judging import judge_receiver, receiver_rule
from benchkit.audit.rule import Check
from benchkit.audit.tables.receiver_requirements import MICROSOFT
from benchkit.model.finding import Finding

RULE = receiver_rule("microsoft_rules", MICROSOFT)


def judge(context: AuditContext) -> AsyncIterator[Finding]:
    return judge_receiver(context, RULE, MICROSOFT)


CHECK = Check(RULE, judge)
