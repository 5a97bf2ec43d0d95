"""Whether names that do not exist answer for mail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.records.spf import select_spf
from benchkit.audit.records.text import txts_of
from benchkit.audit.rule import Case, Check, Rule, unanswered_in
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Answer
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="wildcard_names",
    mechanism=AuditedMechanism.DNS,
    title="Names that do not exist have no mail records",
    reference="RFC 4592 §2.2",
    text="benchkit asks for a name that does not exist. If it has an MX or SPF record, there is a wildcard, and every "
    "imaginable subdomain is a mail domain: forged mail from any of them looks like mail from an existing name, "
    "DMARC's `np` never applies, and spam to all of them arrives. Publish records for the subdomains that have "
    "mail, and remove the wildcard. A wildcard null MX and a wildcard `v=spf1 -all` are right: they say that no "
    "name has mail.",
    cases={
        "mail": Case(Status.WARN, "A wildcard gives mail records to every subdomain.", 3),
        "text": Case(Status.INFO, "A wildcard gives other TXT records to every subdomain."),
    },
)
PROBE = "benchkit-no-such-name"


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    name = f"{PROBE}.{context.domain}"
    mx, txt = await asyncio.gather(context.ask(name, "MX"), context.ask(name, "TXT"))
    if unanswered := unanswered_in([mx, txt]):
        yield RULE.unknown(context.domain, unanswered)
        return
    spf = select_spf(txts_of(txt)).records
    mail = [record for record in mx.records if record.target not in ("", ".")]
    denied = [text for text in spf if text.lower().split() == ["v=spf1", "-all"]]
    if not mail and (mx.records or spf) and len(denied) == len(spf):
        yield RULE.passed(context.domain, "a wildcard says that no other name has mail", evidence=[mx, txt])
    elif mail or spf:
        found = mx if mail else txt
        yield _finding("mail", context.domain, found, f"{name}, which does not exist, has {found.type} records")
    elif txt.records:
        yield _finding("text", context.domain, txt, f"{name}, which does not exist, has TXT records")
    else:
        yield RULE.passed(context.domain, "names that do not exist have no mail records", evidence=[mx, txt])


def _finding(case: str, domain: str, answer: Answer, message: str) -> Finding:
    advice = "Publish the records at the names that have mail, then remove the wildcard." if case == "mail" else ""
    return RULE.finding(case, f"*.{domain}", message, evidence=[answer], advice=advice)


CHECK = Check(RULE, judge)
