"""Whether the domain names someone for Acme to write to: a TXT record at `_acme`, `contact=` and an address."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="acme_contact",
    mechanism=AuditedMechanism.BRAND,
    title="Acme knows whom to write to",
    reference="Acme handbook §7",
    text="Acme writes to the address in the TXT record at `_acme`, as `contact=postmaster@example.com`, before it blocks mail.",
    cases={
        "missing": Case(Status.WARN, "No contact for Acme.", 1, advice="Publish `contact=` and an address at `_acme`."),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    answer = await context.ask(f"_acme.{context.domain}", "TXT")
    contacts = [record for record in answer.records if b"".join(record.strings).startswith(b"contact=")]
    if contacts:
        yield RULE.passed(context.domain, "Acme has a contact", evidence=[answer])
    else:
        yield RULE.finding("missing", context.domain, "Acme has no contact", evidence=[answer])


CHECK = Check(RULE, judge)
