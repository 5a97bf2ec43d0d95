"""How a receiver's published requirements are judged from the facts: the same way for each receiver."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.policy import own_policy
from benchkit.audit.dmarc.walk import own_walk
from benchkit.audit.facts.dkim_discovery import SelectorState, discovery
from benchkit.audit.facts.profile import mail_profile
from benchkit.audit.facts.reverse import reverse
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.facts.spf_tree import spf_addresses, spf_tree, unanswered_lookups
from benchkit.audit.rule import Case, Rule, unanswered_in
from benchkit.audit.spf.tree import TreeStatus
from benchkit.audit.tables.receiver_requirements import Requirement, RuleSet
from benchkit.audit.tables.special_addresses import special_use
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Answer
from benchkit.model.finding import Finding, Status

CASES = {
    "everyone": Case(
        Status.FAIL,
        "A requirement for all senders is not met.",
        0,
        "Fix each point: the finding about that record says how.",
    ),
    "bulk": Case(
        Status.WARN,
        "A requirement for bulk senders is not met.",
        0,
        "Fix each point: the finding about that record says how.",
    ),
    "not_seen": Case(Status.INFO, "Some requirements cannot be checked from outside."),
}
ADDRESSES = 4


@dataclass(frozen=True, slots=True)
class Met:
    """`yes` None: not known, because the `unanswered` answers did not come, or because it cannot be seen from outside."""

    yes: bool | None
    why: str
    unanswered: tuple[Answer, ...] = ()
    evidence: tuple[Answer, ...] = ()  # of a no


def receiver_rule(name: str, rules: RuleSet) -> Rule:
    """The rule of one receiver: its text is made of the data."""
    everyone = f"Required of everyone: {_list(rules.everyone)}. " if rules.everyone else ""
    text = (
        f"{rules.receiver}'s requirements, as published since {rules.since}, last compared {rules.checked}. {everyone}"
        f"Required of bulk senders ({rules.threshold}): {_list(rules.bulk)}. Mail that does not meet them is answered "
        f"{rules.refusal}. "
        f"Not visible from outside: {'; '.join(rules.unseen)}. This rule costs no points: the rules of each mechanism do."
    )
    title = f"What {rules.receiver} asks of senders is met"
    return Rule(name, AuditedMechanism.SENDER_RULES, title, f"{rules.receiver}, {rules.checked}", text, CASES)


async def judge_receiver(context: AuditContext, rule: Rule, rules: RuleSet) -> AsyncIterator[Finding]:
    if (await context.fact(mail_profile)).sends_none:
        return  # it declares that it sends nothing
    wanted = list(dict.fromkeys((*rules.everyone, *rules.bulk)))
    answers = await asyncio.gather(*(context.fact(JUDGES[each]) for each in wanted))
    met = dict(zip(wanted, answers, strict=True))
    clean = True
    for case, part in (("everyone", rules.everyone), ("bulk", rules.bulk)):
        if missed := [each for each in part if met[each].yes is False]:
            clean = False
            list_text = "; ".join(f"{each} ({met[each].why})" for each in missed)
            evidence = tuple(dict.fromkeys(answer for each in missed for answer in met[each].evidence))
            yield rule.finding(case, context.domain, f"{rules.receiver} requires {list_text}", evidence=evidence)
    if unsure := [each for each in wanted if met[each].yes is None]:
        clean = False
        if unanswered := [answer for each in unsure for answer in met[each].unanswered]:
            yield rule.unknown(context.domain, unanswered)
        else:
            list_text = "; ".join(f"{each} ({met[each].why})" for each in unsure)
            yield rule.finding("not_seen", context.domain, f"{rules.receiver}: {list_text}")
    if clean:
        yield rule.passed(
            context.domain, f"{rules.receiver}: every requirement that can be checked from outside is met"
        )


async def _spf(context: AuditContext) -> Met:
    found = await context.fact(spf_record)
    if unanswered := unanswered_in([found.answer]):
        return Met(None, "", unanswered)
    tree = await context.fact(spf_tree)
    if tree is None:
        return Met(False, "no record, or one with an error", evidence=(found.answer,))
    if tree.status is TreeStatus.UNKNOWN:
        return Met(None, "", unanswered_lookups(tree))
    problem = tree.problems[0].message if tree.problems else ""
    return Met(tree.status is TreeStatus.FINE, problem, evidence=(found.answer,))


async def _dkim(context: AuditContext) -> Met:
    if await context.fact(_has_rsa_key):
        return Met(True, "")
    found = await context.fact(discovery)
    if found.outcome is SelectorState.UNKNOWN:
        return Met(None, "", found.unanswered)
    if found.outcome is SelectorState.NOT_FOUND:
        return Met(None, "none found under common selectors; name yours with --selector")
    evidence = (found.probe, found.control, *(each.answer for each in found.keys))
    return Met(False, "no usable RSA key" if found.keys else "no key can exist", evidence=evidence)


async def _has_rsa_key(context: AuditContext) -> bool:
    """Reads the answer with that key alone: a key that is found is sound, whichever other selectors' answers did not come."""
    for each in (await context.unread_fact(discovery)).keys:
        if each.parsed and each.parsed.valid and each.parsed.key_type == "rsa":
            await context.ask(each.at, "TXT")
            return True
    return False


async def _either(context: AuditContext) -> Met:
    one = await context.fact(_spf)
    if one.yes:
        return Met(True, "")
    other = await context.fact(_dkim)
    if other.yes:
        return Met(True, "")
    unsure = one.yes is None or other.yes is None
    unanswered, evidence = (*one.unanswered, *other.unanswered), (*one.evidence, *other.evidence)
    return Met(None if unsure else False, one.why or other.why, unanswered, evidence)


async def _dmarc(context: AuditContext) -> Met:
    effective = await context.fact(own_policy)
    if effective.unanswered:
        return Met(None, "", effective.unanswered)
    if effective.policy is not None:
        return Met(True, "")
    walked = await context.fact(own_walk)
    return Met(False, "no record", evidence=tuple(step.answer for step in walked.steps))


async def _reverse(context: AuditContext) -> Met:
    """The addresses that SPF authorises one by one; if it names networks only, it is not known which addresses send."""
    authorised = await context.fact(spf_addresses)
    networks = (*authorised.networks4, *authorised.networks6) if authorised else ()
    single = [str(each.network_address) for each in networks if each.num_addresses == 1]
    public = [address for address in single if not special_use(address)][:ADDRESSES]
    found = await asyncio.gather(*(context.fact(reverse, address) for address in public))
    bad = [each for each in found if not each.confirmed and not each.unanswered]
    if bad:
        problem = f"{', '.join(each.address for each in bad)} have no PTR name that leads back to them"
        return Met(False, problem, evidence=tuple(answer for each in bad for answer in each.answers))
    unanswered = tuple(answer for each in found for answer in each.unanswered)
    if unanswered or not found:
        return Met(None, "SPF names no single address", unanswered)
    return Met(True, "")


JUDGES: dict[Requirement, Callable[[AuditContext], Awaitable[Met]]] = {
    Requirement.SPF: _spf,
    Requirement.DKIM: _dkim,
    Requirement.SPF_OR_DKIM: _either,
    Requirement.DMARC: _dmarc,
    Requirement.REVERSE_DNS: _reverse,
}


def _list(requirements: tuple[Requirement, ...]) -> str:
    return ", ".join(requirements)
