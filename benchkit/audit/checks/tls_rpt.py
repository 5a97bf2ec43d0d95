"""Whether the domain asks for reports about TLS that failed, and does so correctly."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.policies import PolicyTexts, policy_texts
from benchkit.audit.facts.profile import mail_profile
from benchkit.audit.fixes.policy_records import replaced, said_of_almost, written_values
from benchkit.audit.fixes.report_addresses import repaired_addresses
from benchkit.audit.records.text import RecordFault
from benchkit.audit.records.tls_rpt import parse_tls_rpt
from benchkit.audit.rule import Case, Check, Rule, unanswered_in
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status
from benchkit.model.record_fix import RecordFix

RULE = Rule(
    name="tls_rpt",
    mechanism=AuditedMechanism.TRANSPORT,
    title="TLS reports are requested correctly",
    reference="RFC 8460 §3",
    text="Senders that cannot deliver over verified TLS (MTA-STS, DANE) report it to the address in the one TXT record "
    "at `_smtp._tls`: `v=TLSRPTv1; rua=mailto:…`. Without it you notice an expired certificate only because mail "
    "does not arrive.",
    cases={
        "missing": Case(Status.INFO, "The domain does not ask for TLS reports."),
        "missing_with_policy": Case(
            Status.WARN,
            "The domain uses MTA-STS but gets no report when MTA-STS stops mail.",
            2,
            advice="Publish an address for reports.",
        ),
        "several": Case(Status.FAIL, "Several records: no reports are sent.", 5),
        "almost": Case(
            Status.FAIL,
            "A TXT record looks like TLS-RPT but is not valid: senders ignore it and send no reports.",
            5,
            advice="Begin it with exactly `v=TLSRPTv1;`, and give it rua= with an address.",
        ),
        "syntax": Case(
            Status.FAIL, "The record cannot be read.", 5, advice="Publish one record with rua= and an address."
        ),
        "address": Case(
            Status.WARN,
            "One report address cannot be used; the others get reports.",
            2,
            advice="Reports go to mailto: and https: addresses only.",
        ),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(policy_texts, "_smtp._tls")
    name, evidence = found.answer.name, [found.answer]
    if unanswered := unanswered_in(evidence):
        yield RULE.unknown(name, unanswered)
    elif not found.meant:
        announced = (await context.fact(policy_texts, "_mta-sts")).texts
        case = "missing_with_policy" if announced else "missing"
        fixes = _fix(context.domain, found, "" if announced else "if you want reports about TLS")
        fixes = fixes if (await context.fact(mail_profile)).takes_mail else ()
        yield RULE.finding(
            case, context.domain, "the domain does not ask for TLS reports", evidence=evidence, fixes=fixes
        )
    elif not found.texts:
        message = f"{said_of_almost(found, 'TLSRPTv1')}: senders ignore the record, and no reports are sent"
        yield RULE.finding("almost", name, message, evidence=evidence, fixes=_fix(context.domain, found))
    elif found.only is None:
        message = f"{len(found.texts)} TLS-RPT records: no reports are sent"
        advice = "Publish one record with the addresses of all."
        fixes = _fix(context.domain, found)
        yield RULE.finding("several", name, message, evidence=evidence, advice=advice, fixes=fixes)
    elif faults := parse_tls_rpt(found.only).faults:
        case, fault = next((("syntax", fault) for fault in faults if fault.fatal), ("address", faults[0]))
        fixes = _fix(context.domain, found)
        yield RULE.finding(case, name, _said(fault, faults), evidence=evidence, fixes=fixes, span=fault.span)
    else:
        yield RULE.passed(context.domain, "the domain asks for TLS reports", evidence=evidence)


def _said(fault: RecordFault, faults: Sequence[RecordFault]) -> str:
    """Where no address is left: why the one that is written is none."""
    why = next((each.message for each in faults if not each.fatal), "")
    return f"{why}, so no reports are sent" if fault.code == "rua-missing" and why else fault.message


def _fix(domain: str, found: PolicyTexts, when: str = "") -> tuple[RecordFix, ...]:
    """One record with every address that reports can be sent to; postmaster's where there is none."""
    addresses = repaired_addresses(",".join(written_values(found, "rua", ("v",)))).addresses
    kept = [each for each in addresses if each.startswith(("mailto:", "https:"))] or [f"mailto:postmaster@{domain}"]
    text = f"v=TLSRPTv1; rua={','.join(kept)}"
    if found.only == text:
        return ()
    return replaced(domain, "TLS-RPT record", found, text, [f"reports go to {', '.join(kept)}"], when)


CHECK = Check(RULE, judge)
