"""Whether DKIM keys are found; the message claims only what was looked at."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.dkim_discovery import Discovery, Selector, SelectorState, discovery
from benchkit.audit.facts.profile import mail_profile
from benchkit.audit.fixes.dkim_key import bare_key_fix
from benchkit.audit.records.text import readable
from benchkit.audit.rule import PASSED, Case, Check, Rule, unanswered_in
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dkim_selectors",
    mechanism=AuditedMechanism.DKIM,
    title="The domain publishes DKIM keys",
    reference="RFC 6376 §3.6.2",
    text="The DNS has no list of selectors, so a key is found only if its name is known. Names given with `--selector` and "
    "those of a real message (`--message`) are certain. benchkit also tries the selectors that the providers in MX and "
    "SPF ask their customers to publish, and common names. So `not found under … common selectors` never means that "
    "there is no key. benchkit says that no key can exist only if the zone answers that `_domainkey` and everything "
    "below it does not exist (RFC 8020). It still asks for the most likely names, because some servers give this answer "
    "by mistake.",
    cases={
        "none_can_exist": Case(
            Status.FAIL, ("The zone says that nothing exists at or below `_domainkey`, so no key can exist."), 15
        ),
        "not_found": Case(
            Status.INFO, "No key under the selectors that were tried. The domain may use other selectors."
        ),
        "not_wanted": Case(Status.INFO, "The domain declares that it sends no mail, and needs no key."),
        "given_missing": Case(Status.FAIL, "A selector that was given has no key."),
        "host_name": Case(Status.FAIL, "A selector holds a host name as TXT, where a CNAME was meant."),
        "no_tags": Case(Status.FAIL, "A selector holds a key without the tags of a key record."),
        "beside": Case(Status.FAIL, "A selector has a key and another TXT record: a receiver may use either.", 8),
        "several": Case(Status.FAIL, "A selector has several keys: a receiver may use any of them."),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(discovery)
    for selector in found.selectors:
        if finding := _judge_selector(context.domain, selector):
            yield finding
    evidence = [selector.answer for selector in found.keys]
    if found.outcome is SelectorState.FOUND:
        names = ", ".join(selector.name for selector in found.keys)
        yield RULE.passed(context.domain, f"found: {names}", evidence=evidence)
    elif (await context.fact(mail_profile)).sends_none and not context.options.selectors:
        yield RULE.finding("not_wanted", context.domain, "sends no mail, and needs no key", evidence=[found.probe])
    elif found.outcome is SelectorState.UNKNOWN:
        yield RULE.unknown(context.domain, found.unanswered)
    elif found.outcome is SelectorState.NONE_CAN_EXIST:
        yield _none(context.domain, found)
    elif not any(selector.source == "given" for selector in found.selectors):
        message = (
            f"not found under {found.selectors_tried} common selectors; if you sign with DKIM, name your selector "
            "with --selector"
        )
        yield RULE.finding("not_found", context.domain, message, evidence=[found.probe, found.control])


def _none(domain: str, found: Discovery) -> Finding:
    return RULE.finding(
        "none_can_exist",
        domain,
        f"no DKIM key can exist: the zone says that nothing exists at or below _domainkey.{domain} and everything below it",
        evidence=[found.probe, found.control],
        advice="Make a key pair (RSA, 2048 bits), sign with the private key, publish the public one.",
    )


def _judge_selector(domain: str, selector: Selector) -> Finding | None:
    evidence = [selector.answer]
    if selector.source == "given" and unanswered_in(evidence):
        return RULE.unknown(selector.at, evidence)
    if selector.host_name:
        message = f"{selector.at} holds the text {selector.host_name!r}: this looks like the target of a CNAME"
        advice = "Publish it as a CNAME in place of the TXT record."
        return RULE.finding("host_name", selector.at, message, evidence=evidence, advice=advice)
    if selector.bare_key:
        message = f"{selector.at} holds a key without its tags, {readable(selector.bare_key)[:40]!r}: signatures fail"
        if version := re.match(r"\s*v\s*=\s*([^\s;]{1,20})", readable(selector.bare_key)):
            message = f"{selector.at} holds a key that begins with v={version[1]} instead of v=DKIM1: signatures fail"
        fixes = bare_key_fix(domain, selector)
        advice = (
            "Publish the record below."
            if fixes
            else 'Publish "v=DKIM1; k=rsa; p=" and the whole key, without its first line.'
        )
        return RULE.finding("no_tags", selector.at, message, evidence=evidence, advice=advice, fixes=fixes)
    if selector.source == "given" and not selector.texts:
        message = f"no key at {selector.at}: signatures with this selector fail"
        advice = "Publish the public key there, or sign with another selector."
        return RULE.finding("given_missing", selector.at, message, evidence=evidence, advice=advice)
    if len(selector.texts) > 1:
        message = f"{len(selector.texts)} keys at {selector.at}: signatures fail if a receiver uses the wrong one"
        return RULE.finding("several", selector.at, message, evidence=evidence, advice="Keep the one that is in use.")
    if selector.texts and selector.others:
        message = f"{selector.at} holds a key and another TXT record, {readable(selector.others[0])[:60]!r}"
        message += ": signatures fail if a receiver uses that one"
        advice = "Remove the other record: a selector holds one TXT record."
        where = "RFC 6376 §3.6.2.2"
        return RULE.finding("beside", selector.at, message, evidence=evidence, advice=advice, reference=where)
    return None


CHECK = Check(RULE, judge, by_evidence=("given_missing", "host_name", "no_tags", "beside", "several", PASSED))
