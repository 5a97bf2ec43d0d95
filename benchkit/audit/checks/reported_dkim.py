"""Selectors that receivers report: those whose signatures fail, and those whose key is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.reported_mail import PASS, reported_mail
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Answer
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="reported_dkim",
    mechanism=AuditedMechanism.REPORTS,
    title="The signatures in receivers' reports are valid",
    reference="RFC 9990 §3.1.1.6",
    text="Reports name the selector of each signature. Where most signatures of one selector fail, mail is changed after it is "
    "signed (a footer, a rewritten link, a gateway), or the published key is not the one that signs. Where the key is not in "
    "the DNS, nothing verifies. A few failures are normal: mailing lists and forwarders change mail.",
    cases={
        "no_key": Case(Status.FAIL, "Mail is signed with a selector that has no key in the DNS.", 20),
        "fails": Case(Status.WARN, "A selector's signatures fail often."),
    },
)
OFTEN, ENOUGH = 0.2, 10  # the share of failures, and the messages from which it counts
MOST_SELECTORS = 50


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(reported_mail)
    if found is None or not found.selectors:
        return
    fine = True
    for selector, results in list(found.selectors.items())[:MOST_SELECTORS]:
        answer = await context.ask(f"{selector}._domainkey.{found.domain}", "TXT") if _fails(results) else None
        if finding := _of_selector(found.domain, selector, results, answer):
            fine = False
            yield finding
    if fine:
        yield RULE.passed(found.domain, f"signatures of {len(found.selectors)} selectors verify")


def _fails(results: Counter[str]) -> bool:
    return results.total() >= ENOUGH and results.total() - results[PASS] > OFTEN * results.total()


def _of_selector(domain: str, selector: str, results: Counter[str], answer: Answer | None) -> Finding | None:
    if answer is None:
        return None
    failed, total = results.total() - results[PASS], results.total()
    if answer.state.known and not answer.records:
        message = f"{failed:,} of {total:,} signatures with selector {selector} failed, and {answer.name} holds no key"
        advice = f"Publish the key of selector {selector}, or have the sender sign with a selector that is published."
        return RULE.finding("no_key", answer.name, message, evidence=[answer], advice=advice)
    message = f"{failed:,} of {total:,} signatures by {domain} with selector {selector} failed ({_by_result(results)})"
    advice = "Audit one such message with --message: it shows whether the body, a header or the key is at fault."
    return RULE.finding("fails", answer.name, message, evidence=[answer], advice=advice)


def _by_result(results: Counter[str]) -> str:
    return ", ".join(f"{count:,} {result or 'without a result'}" for result, count in results.most_common(4))


CHECK = Check(RULE, judge, by_evidence=("no_key", "fails"))
