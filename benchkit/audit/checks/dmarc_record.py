"""Whether a DMARC record covers the domain, and what else is where receivers look for it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.walk import Walk, WalkStep, own_walk
from benchkit.audit.dmarc.walk import step as step_at
from benchkit.audit.facts.profile import mail_profile
from benchkit.audit.fixes import replacement
from benchkit.audit.fixes.dmarc_record import DmarcFix, dmarc_fix
from benchkit.audit.records.text import readable, strange_in, txt_of
from benchkit.audit.rule import Case, Check, Rule, sentence
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Record
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dmarc_record",
    mechanism=AuditedMechanism.DMARC,
    title="A DMARC record covers the domain",
    reference="RFC 9989 §4.10",
    text="Receivers look for one TXT record that begins with `v=DMARC1` at `_dmarc.` and the From domain, and then walk up the "
    "tree, at most eight names. If a name has several, receivers discard them all and go on to the next name. If the record "
    "has neither a valid policy nor a report address, receivers apply no DMARC, even if a parent domain has a record. They "
    "ignore other TXT records, which often come from a wildcard. Gmail, Yahoo and Microsoft want a record from bulk senders. "
    "Begin with `p=none` and `rua=`, read the reports, then go on to `quarantine` and `reject`.",
    cases={
        "missing": Case(Status.FAIL, "Neither the domain nor a domain above it has a DMARC record.", 25),
        "several": Case(Status.FAIL, "A name has several DMARC records: receivers use none of them."),
        "almost": Case(Status.FAIL, "A TXT record looks like DMARC but is not valid, so receivers ignore it.", 25),
        "dangling": Case(Status.FAIL, "`_dmarc` is an alias of a name that has no record."),
        "void": Case(
            Status.FAIL,
            "The record has no valid policy and no report address, or a tag appears twice: receivers apply no DMARC.",
            25,
        ),
        "unrelated": Case(Status.WARN, "Other TXT records are at the name of the DMARC record.", 2),
        "inherited": Case(Status.INFO, "The record of a parent domain applies."),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    own = await context.fact(step_at, context.domain)
    alone = Walk(context.domain, (own,))
    for finding in _at(own, alone, await dmarc_fix(context, context.domain)):
        yield finding
    if alone.policy is not None:
        yield RULE.passed(context.domain, "one DMARC record of its own", evidence=[own.answer])
    walked = await context.fact(own_walk)
    for above in walked.steps[1:]:
        if above.selection.records:
            for finding in _at(above, walked, await dmarc_fix(context, above.name)):
                yield finding
    evidence = [step.answer for step in walked.steps]
    found = walked.policy
    if alone.policy is not None:
        return
    if walked.policy_unanswered:
        yield RULE.unknown(context.domain, walked.policy_unanswered)
    elif found is None:
        if not _explained(walked):
            yield await _missing(context, walked)
    else:
        message = f"no record of its own: the record of {found.name} applies"
        yield RULE.finding("inherited", context.domain, message, evidence=evidence)


def _explained(walked: Walk) -> bool:
    """Whether a worse finding already says why no record counts."""
    selection = walked.own.selection
    return bool(selection.almost or selection.records or walked.chosen or _dangles(walked.own))


def _dangles(step: WalkStep) -> bool:
    return bool(step.answer.state.known and step.answer.cnames and not step.answer.records)


def _at(step: WalkStep, walked: Walk, fix: DmarcFix) -> list[Finding]:
    """What is wrong at one name of the walk."""
    found = [_dangling(step), _not_one(step, walked, fix), _unrelated(step, walked)]
    return [finding for finding in found if finding]


def _dangling(step: WalkStep) -> Finding | None:
    if not _dangles(step):
        return None
    name, target = step.answer.name, step.answer.cnames[-1]
    message = f"{name} is an alias of {target}, which has no record ({step.answer.state.value})"
    advice = f"Ask the owner of {target} to publish the record, or publish one in place of the alias."
    return RULE.finding("dangling", name, message, evidence=[step.answer], advice=advice)


def _not_one(step: WalkStep, walked: Walk, fix: DmarcFix) -> Finding | None:
    """Several records, one that is void, or a text that was meant as one."""
    selection = step.selection
    if len(selection.records) > 1:
        case, message = (
            "several",
            f"{len(selection.records)} DMARC records: receivers discard them all and look at the parent domain",
        )
        advice = "Publish one record in their place."
    elif step is walked.chosen and step is not walked.policy:
        text = selection.records[0].rstrip("; ")
        case, message = "void", f"{_voided_by(step)}, so receivers apply no DMARC: {readable(text)[:60]!r}"
        advice = "Give it a p= of none, quarantine or reject."
    elif selection.almost and step.name == walked.start and not selection.records:
        meant = selection.almost[0]
        hint = strange_in(meant)
        case, message = (
            "almost",
            f"this text looks like a DMARC record but is not valid: {readable(meant)[:60]!r}{hint}",
        )
        advice = "Begin it with exactly v=DMARC1 and a semicolon."
    else:
        return None
    advice = sentence(fix.decide) or advice
    return RULE.finding(case, step.answer.name, message, evidence=[step.answer], advice=advice, fixes=fix.fixes)


def _unrelated(step: WalkStep, walked: Walk) -> Finding | None:
    """Not a wildcard's `v=spf1 -all`, which says of every name that it sends no mail."""
    texts = tuple(text for text in step.selection.others if text.lower().split() != ["v=spf1", "-all"])
    if not texts or step.name != walked.start:
        return None
    name, others = step.answer.name, _records(step, texts)
    message = f"{len(others)} unrelated TXT record{'s' * (len(others) > 1)}, which receivers ignore"
    advice = "Remove them. If they come from a wildcard, remove the TXT record of the wildcard."
    changes = ["receivers look for a DMARC record here, and for nothing else"]
    gone = replacement.fixed(
        walked.start, "unrelated TXT records", replacement.holder(step.answer), before=others, changes=changes
    )
    fixes = () if step.answer.wildcard else (gone,)
    return RULE.finding("unrelated", name, message, evidence=[step.answer], advice=advice, fixes=fixes)


def _voided_by(step: WalkStep) -> str:
    twice = [fault for fault in (step.record.faults if step.record else ()) if fault.code == "tag-twice"]
    return f"{twice[0].message}, which voids the record" if twice else "it has no valid policy and no report address"


def _records(step: WalkStep, texts: tuple[str, ...]) -> list[Record]:
    return [record for record in step.answer.records if txt_of(record) in texts]


def _looked_at(walked: Walk) -> str:
    number = len(walked.steps)
    return f"at _dmarc.{walked.start}" + (f" and {number - 1} names above it" if number > 1 else "")


async def _missing(context: AuditContext, walked: Walk) -> Finding:
    domain = context.domain
    silent = (await context.unread_fact(mail_profile)).sends_none
    return RULE.finding(
        "missing",
        domain,
        f"no DMARC record ({_looked_at(walked)}): receivers do not refuse forged mail, and large ones refuse bulk mail",
        evidence=[step.answer for step in walked.steps],
        advice="Publish p=reject: the domain sends no mail."
        if silent
        else "Begin with p=none and a report address (rua=).",
        fixes=(await dmarc_fix(context, domain)).fixes,
    )


CHECK = Check(RULE, judge)
