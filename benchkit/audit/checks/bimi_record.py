"""Whether a BIMI record, where there is one, can be used."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.policy import own_policy
from benchkit.audit.facts.policies import PREFIX, PolicyTexts, bimi_texts
from benchkit.audit.fixes.policy_records import only_first, replaced, said_of_almost, written_values
from benchkit.audit.records.bimi import parse_bimi
from benchkit.audit.records.dmarc import Policy
from benchkit.audit.rule import Case, Check, Rule, unanswered_in
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status
from benchkit.model.record_fix import RecordFix

RULE = Rule(
    name="bimi_record",
    mechanism=AuditedMechanism.BRAND,
    title="The BIMI record is valid, and the DMARC policy is strict enough",
    reference="draft-brand-indicators-for-message-identification §4.2",
    text="BIMI (an Internet-Draft) shows a brand's logo beside mail that passes DMARC: one TXT record at "
    "`default._bimi` with `l=` (an SVG over https) and `a=` (a certificate, which Gmail and Apple want). "
    "Receivers show it only where the DMARC policy is `quarantine` or `reject`. A subdomain without a record "
    "has that of the organizational domain. Without a record nothing is wrong.",
    cases={
        "several": Case(Status.FAIL, "Several records: no logo is shown.", 3, advice="Publish one record."),
        "almost": Case(
            Status.WARN,
            "A TXT record looks like BIMI but is not valid: receivers ignore it and show no logo.",
            3,
            advice="Begin it with exactly `v=BIMI1;`, then l= and a= with https: addresses.",
        ),
        "syntax": Case(
            Status.WARN, "The record is malformed.", 3, advice="Correct the tag: l= and a= must be https: URLs."
        ),
        "no_certificate": Case(Status.INFO, "No certificate (a=): Gmail and Apple Mail show no logo."),
        "inherited": Case(Status.INFO, "The record of the organizational domain applies."),
        "policy": Case(Status.WARN, "The DMARC policy is too weak for BIMI: no logo is shown.", 3),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(bimi_texts)
    name, evidence = found.answer.name, [found.answer]
    if unanswered := unanswered_in(evidence):
        yield RULE.unknown(name, unanswered)
    if found.only is None:
        if unusable := _not_one(context.domain, found):
            yield unusable
        return
    if name != f"{PREFIX}.{context.domain}":
        yield RULE.finding("inherited", context.domain, f"the record at {name} applies", evidence=evidence)
    record, effective = parse_bimi(found.only), await context.fact(own_policy)
    fixes = _with_https(context.domain, found) if record.faults else ()
    for fault in record.faults:
        yield RULE.finding("syntax", name, fault.message, evidence=evidence, fixes=fixes, span=fault.span)
    if record.valid and not record.declined and not record.authority:
        yield RULE.finding("no_certificate", name, "there is no certificate (a=)", evidence=evidence)
    if effective.unanswered:
        yield RULE.unknown(name, effective.unanswered)
    elif effective.policy in (None, Policy.NONE) and not record.declined:
        message = f"no logo is shown while the DMARC policy is {effective.policy or 'missing'}"
        advice = "Set the DMARC policy to quarantine or reject first: until then no receiver shows the logo."
        yield RULE.finding("policy", name, message, evidence=evidence, advice=advice)
    elif record.valid:
        yield RULE.passed(name, "well formed, and the DMARC policy is strict enough", evidence=evidence)


def _not_one(domain: str, found: PolicyTexts) -> Finding | None:
    name, evidence = found.answer.name, [found.answer]
    if found.texts:
        message, fixes = f"{len(found.texts)} BIMI records", only_first(domain, "BIMI record", found)
        return RULE.finding("several", name, message, evidence=evidence, fixes=fixes)
    if not found.almost:
        return None
    message = f"{said_of_almost(found, 'BIMI1')}: receivers ignore the record and show no logo"
    return RULE.finding("almost", name, message, evidence=evidence, fixes=_rewritten(domain, found))


def _with_https(domain: str, found: PolicyTexts) -> tuple[RecordFix, ...]:
    """Where `http:` is all that is wrong: receivers fetch the files by https only."""
    text = re.sub(r"(\b[la]\s*=\s*)http://", r"\1https://", found.only or "", flags=re.IGNORECASE)
    if text == found.only or parse_bimi(text).faults:
        return ()
    changes = ["`http:` became `https:`: serve the file there"]
    return replaced(domain, "BIMI record", found, text, changes)


def _rewritten(domain: str, found: PolicyTexts) -> tuple[RecordFix, ...]:
    """The tags of the one mistyped record; none where their values cannot be used as they are."""
    values = {name: written_values(found, name, ("v", "l", "a", "avp")) for name in ("l", "a", "avp")}
    tags = [f"{name}={written[0]}" for name, written in values.items() if written and (written[0] or name == "l")]
    text = "; ".join(["v=BIMI1", *tags])
    if len(found.almost) != 1 or parse_bimi(text).faults:
        return ()
    return replaced(domain, "BIMI record", found, text, ["the record begins with `v=BIMI1;`, and its tags stay"])


CHECK = Check(RULE, judge, by_evidence=("several", "almost", "syntax", "no_certificate"))
