"""Whether each key record is whole, and fits into one small answer."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.dkim_discovery import Selector, discovery
from benchkit.audit.fixes.replacement import LONGEST_STRING
from benchkit.audit.records.text import is_fatal
from benchkit.audit.rule import PASSED, Case, Check, Rule
from benchkit.audit.txt_size import UNFRAGMENTED, answer_octets
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dkim_size",
    mechanism=AuditedMechanism.DKIM,
    title="Each key record is whole, and fits into one answer",
    reference="RFC 6376 §3.6.2.2",
    text="One string of a TXT record holds at most 255 octets. A 2048-bit RSA key needs about 400: two strings in one "
    "record, which receivers join without a space. If a provider's form takes one string only, the key ends at "
    "octet 255 and is useless. An answer above about 1,232 octets is truncated and asked again over TCP, which "
    "some networks block.",
    cases={
        "cut": Case(Status.FAIL, "The key is cut off after 255 octets, the length of one string.", 0),
        "large": Case(Status.WARN, "The answer has more than 1,232 octets: it is truncated and needs TCP.", 2),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    for selector in (await context.fact(discovery)).keys:
        if selector.parsed is not None:
            yield _judge(selector)


def _judge(selector: Selector) -> Finding:
    answer, evidence = selector.answer, [selector.answer]
    octets, strings = len(selector.texts[0]), len(answer.records[0].strings)
    if selector.parsed and is_fatal(selector.parsed.faults) and octets == LONGEST_STRING:
        message = f"{selector.name}: the record has exactly {octets} octets and its key is not whole: it was cut off"
        advice = "Publish the whole record, in two quoted strings."
        return RULE.finding("cut", selector.at, message, evidence=evidence, advice=advice)
    if (size := answer_octets(answer)) > UNFRAGMENTED:
        message = f"{selector.name}: the answer has {size:,} octets, so receivers must ask again over TCP"
        advice = "Use RSA with 2048 bits, and nothing but v=, k= and p= in the record."
        return RULE.finding("large", selector.at, message, evidence=evidence, advice=advice)
    return RULE.passed(selector.at, f"{octets} octets in {strings} string{'s' * (strings > 1)}", evidence=evidence)


CHECK = Check(RULE, judge, by_evidence=("cut", "large", PASSED))
