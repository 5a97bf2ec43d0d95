"""Whether a DMARC record covers the domain, and what else stands where it is looked for."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.walk import Walk, WalkStep, own_walk
from benchkit.audit.dmarc.walk import step as step_at
from benchkit.audit.fixes import replacement
from benchkit.audit.records.text import described, readable, txt_of
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Record
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dmarc_record",
    mechanism=AuditedMechanism.DMARC,
    title="A DMARC record covers the domain",
    reference="RFC 9989 §4.10",
    text="Receivers look for one TXT record that begins with `v=DMARC1` at `_dmarc.` and the From domain, and then "
    "walk up the tree, at most eight names. Where a name has several, all of them are discarded and the walk goes "
    "on. If the record that is found has neither a sound policy nor a report address, no DMARC is applied, whatever "
    "a parent's says. Texts that do not begin so are no records and are passed over; a wildcard commonly puts them "
    "there. Gmail, Yahoo and Microsoft want a record from bulk senders. Begin with `p=none` and `rua=`, read the "
    "reports, then go on to `quarantine` and `reject`.",
    cases={
        "missing": Case(Status.FAIL, "No name of the walk has a DMARC record.", 25),
        "several": Case(Status.FAIL, "A name of the walk has several DMARC records, and so none."),
        "almost": Case(Status.FAIL, "A text was meant to be a DMARC record, and is none.", 25),
        "dangling": Case(Status.FAIL, "`_dmarc` is an alias of a name that holds nothing."),
        "void": Case(
            Status.FAIL,
            "The record has no sound policy and asks for no reports, or a tag is there twice: no DMARC is applied.",
            25,
        ),
        "unrelated": Case(Status.WARN, "Other TXT records stand where DMARC records are looked for.", 2),
        "inherited": Case(Status.INFO, "The record that counts is a parent domain's."),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    own = await context.fact(step_at, context.domain)
    alone = Walk(context.domain, (own,))
    for finding in _at(own, alone):
        yield finding
    if alone.policy is not None:
        yield RULE.passed(context.domain, "one DMARC record of its own", evidence=[own.answer])
    walked = await context.fact(own_walk)
    for finding in [each for step in walked.steps[1:] if step.selection.records for each in _at(step, walked)]:
        yield finding
    evidence = [step.answer for step in walked.steps]
    found = walked.policy
    if alone.policy is not None:
        return
    if walked.policy_lost:
        yield RULE.unknown(context.domain, walked.policy_lost)
    elif found is None:
        if not _explained(walked):
            yield _missing(context.domain, walked)
    else:
        message = f"the record of {found.name} covers it"
        yield RULE.finding("inherited", context.domain, message, evidence=evidence)


def _explained(walked: Walk) -> bool:
    """Whether a worse finding already says why no record counts."""
    selection = walked.own.selection
    return bool(selection.almost or selection.records or walked.chosen or _dangles(walked.own))


def _dangles(step: WalkStep) -> bool:
    return bool(step.answer.state.known and step.answer.cnames and not step.answer.records)


def _at(step: WalkStep, walked: Walk) -> list[Finding]:
    name, domain, selection, evidence = f"_dmarc.{step.name}", walked.start, step.selection, [step.answer]
    findings = []
    if _dangles(step):
        message = f"{name} is an alias of {step.answer.cnames[-1]}, where there is nothing ({step.answer.state.value})"
        advice = (
            f"Ask the owner of {step.answer.cnames[-1]} to publish the record, or publish one in place of the alias."
        )
        findings.append(RULE.finding("dangling", name, message, evidence=evidence, advice=advice))
    if len(selection.records) > 1:
        kept = _records(step, selection.records)[1:]
        findings.append(
            RULE.finding(
                "several",
                name,
                f"{len(selection.records)} DMARC records: receivers discard them all and go on to the parent",
                evidence=evidence,
                advice="Keep one of them.",
                paste=replacement.lines(
                    *(replacement.remove(replacement.holder(step.answer), record) for record in kept)
                ),
            )
        )
    elif step is walked.chosen and step is not walked.policy:
        text = selection.records[0].rstrip("; ")
        fixed = f"v=DMARC1; p=none; rua=mailto:postmaster@{step.name}"
        message = f"{_voided_by(step)}, so receivers apply no DMARC: {readable(text)[:60]!r}"
        fix = replacement.replace_txt(replacement.holder(step.answer), _records(step, selection.records), fixed)
        advice = "Give it a p= of none, quarantine or reject."
        findings.append(RULE.finding("void", name, message, evidence=evidence, advice=advice, paste=fix))
    elif selection.almost and step.name == domain and not selection.records:
        fixed = f"v=DMARC1; p=none; rua=mailto:postmaster@{domain}"
        fix = replacement.replace_txt(replacement.holder(step.answer), _records(step, selection.almost), fixed)
        meant = selection.almost[0]
        hint = "" if meant[:1].isascii() else f", which begins with {described(meant)}"
        message = f"meant as a DMARC record, and is none: {readable(meant)[:60]!r}{hint}"
        advice = "Begin it with exactly v=DMARC1 and a semicolon."
        findings.append(RULE.finding("almost", name, message, evidence=evidence, advice=advice, paste=fix))
    if selection.others and step.name == domain:
        others = _records(step, selection.others)
        findings.append(
            RULE.finding(
                "unrelated",
                name,
                f"{len(selection.others)} unrelated TXT records; receivers pass over them",
                evidence=evidence,
                advice="Take them out; if a wildcard puts them there, give the wildcard no TXT record.",
                paste=""
                if step.answer.wildcard
                else replacement.lines(*(replacement.remove(name, record) for record in others)),
            )
        )
    return findings


def _voided_by(step: WalkStep) -> str:
    twice = [fault for fault in (step.record.faults if step.record else ()) if fault.code == "tag-twice"]
    return f"{twice[0].message}, which voids the record" if twice else "no sound policy and no report address"


def _records(step: WalkStep, texts: tuple[str, ...]) -> list[Record]:
    return [record for record in step.answer.records if txt_of(record) in texts]


def _missing(domain: str, walked: Walk) -> Finding:
    return RULE.finding(
        "missing",
        domain,
        f"no DMARC record at {len(walked.steps)} names, from _dmarc.{domain} up",
        evidence=[step.answer for step in walked.steps],
        advice="Begin with no policy and with reports.",
        paste=replacement.add_txt(f"_dmarc.{domain}", f"v=DMARC1; p=none; rua=mailto:postmaster@{domain}"),
    )


CHECK = Check(RULE, judge)
