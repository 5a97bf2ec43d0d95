"""Whether selectors that are delegated to a provider lead to a key there."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.dkim_discovery import Selector, discovery, works
from benchkit.audit.fixes.dkim_key import without_alias
from benchkit.audit.fixes.replacement import fixed, record
from benchkit.audit.fixes.zone_names import explained, whom_to_ask, without_zone
from benchkit.audit.rule import PASSED, Case, Check, Rule, unanswered_in
from benchkit.audit.tables.provider_signatures import by_target
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status
from benchkit.model.record_fix import RecordFix

RULE = Rule(
    name="dkim_cname",
    mechanism=AuditedMechanism.DKIM,
    title="Delegated selectors lead to a key",
    reference="RFC 6376 §3.6.2",
    text="Providers have their customers publish a CNAME, and keep the key themselves. A CNAME whose target has no key means "
    "that the provider has not set the key up, or no longer serves the domain; anyone who can create the target name "
    "could then sign for you. Finish the provider's set-up. Providers with several selectors publish the second key "
    "when they change keys: while another selector of the same provider has a key, nothing is wrong, and the CNAME must "
    "stay.",
    cases={
        "dangling": Case(Status.FAIL, "The target of a selector's CNAME has no key.", 8),
        "not_yet": Case(Status.INFO, "A provider's next selector has no key yet; another of its selectors has one."),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(discovery)
    other_works = any(map(works, found.keys))
    working = {key.provider for key in found.keys if key.provider}
    for selector in (each for each in found.selectors if each.answer.cnames):
        if unanswered := unanswered_in([selector.answer]):
            yield RULE.unknown(selector.at, unanswered)
        elif (
            not selector.answer.records and selector.provider and selector.provider not in working and found.unanswered
        ):
            yield RULE.unknown(selector.at, found.unanswered)  # another selector of the provider may have a key
        elif not selector.answer.records:
            yield _without_key(context.domain, selector, spare=selector.provider in working, other_works=other_works)
        else:
            whose = f" ({selector.provider})" if selector.provider else ""
            yield RULE.passed(selector.at, f"leads to {selector.answer.cnames[-1]}{whose}", evidence=[selector.answer])


def _without_key(domain: str, selector: Selector, *, spare: bool, other_works: bool) -> Finding:
    target, evidence = selector.answer.cnames[-1], [selector.answer]
    if spare:
        message = (
            f"{selector.name}: {selector.provider} has not published this key yet; another of its selectors has one"
        )
        return RULE.finding("not_yet", selector.at, message, evidence=evidence, advice="Keep the CNAME.")
    alias = f"{selector.name} is an alias of {target}, which has no record ({selector.answer.state.value})"
    message = f"{alias}: signatures with this selector fail"
    if (meant := without_zone(domain, target)) and (provider := by_target(meant)):
        message = f"{alias}: {explained(domain)}, and signatures with this selector fail"
        return RULE.finding(
            "dangling",
            selector.at,
            message,
            evidence=evidence,
            advice=f"Write the target with a final dot: `{meant}.` ({provider.name}).",
            fixes=_with_final_dot(domain, selector, meant),
        )
    ask = whom_to_ask(domain, target)
    advice = (
        f"Finish the DKIM set-up: {ask}, must publish the key."
        if selector.provider
        else f"Ask {ask} to publish the key; remove the CNAME only if you no longer use that service."
        if ask
        else f"Publish the key at {target}, or remove the CNAME if no mail is signed with this selector."
    )
    own = other_works and not ask and not selector.provider
    fixes = without_alias(domain, selector, f"there is no key at {target}") if own else ()
    return RULE.finding("dangling", selector.at, message, evidence=evidence, advice=advice, fixes=fixes)


def _with_final_dot(domain: str, selector: Selector, meant: str) -> tuple[RecordFix, ...]:
    """Where the alias at the selector itself is the wrong one."""
    if len(selector.answer.cnames) > 1:
        return ()
    before, after = record("CNAME", f"{selector.answer.cnames[0]}."), record("CNAME", f"{meant}.")
    return (fixed(domain, "DKIM alias", selector.at, before=[before], after=[after], changes=[explained(domain)]),)


CHECK = Check(RULE, judge, by_evidence=("dangling", PASSED))
