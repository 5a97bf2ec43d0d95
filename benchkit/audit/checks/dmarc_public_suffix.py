"""Whether a domain that is no public suffix says that it is one."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.walk import step
from benchkit.audit.fixes.dmarc_record import dmarc_fix
from benchkit.audit.rule import Case, Check, Rule
from benchkit.audit.tables.public_suffixes import is_public_suffix
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dmarc_public_suffix",
    mechanism=AuditedMechanism.DMARC,
    title="Only a public suffix says psd=y",
    reference="RFC 9989 §4.7",
    text="`psd=y` says that the domain is a public suffix, such as `co.uk`: a registry under which others register. At an "
    "ordinary domain it makes every subdomain an organization of its own: mail from `news.shop.example` no longer aligns "
    "with `shop.example`, so DMARC fails for mail that an authenticated sister domain sends, and reports between them need "
    "the consent of the other side. Remove the tag. `psd=n` is for the top of an organization that lies below another.",
    cases={"ordinary": Case(Status.WARN, "psd=y at a domain that is not a public suffix.")},
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(step, context.domain)
    if found.record is None or found.record.psd != "y":
        return
    if is_public_suffix(context.domain):
        yield RULE.passed(
            context.domain, "the domain is a public suffix, and its record says so", evidence=[found.answer]
        )
        return
    message = (
        f"psd=y calls {context.domain} a public suffix: each of its subdomains counts as an organization of its own, and "
        f"does not align with {context.domain} or with the others"
    )
    advice = "Remove psd=y from the record."
    fixes = (await dmarc_fix(context, context.domain)).fixes
    yield RULE.finding("ordinary", found.answer.name, message, evidence=[found.answer], advice=advice, fixes=fixes)


CHECK = Check(RULE, judge)
