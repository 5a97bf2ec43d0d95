"""Whether one key is under several selectors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.dkim_discovery import Selector, discovery
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dkim_shared_key",
    mechanism=AuditedMechanism.DKIM,
    title="Each selector has a key of its own",
    reference="RFC 6376 §3.1",
    text="Selectors let you change keys one at a time. If two selectors publish the same key, both become useless when it "
    "leaks or is retired, and changing from one to the other changes nothing. Make a key pair for each selector.",
    cases={"same": Case(Status.WARN, "One key is under several selectors.", 3)},
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    holders: dict[str, list[Selector]] = defaultdict(list)
    for selector in (await context.fact(discovery)).keys:
        if selector.parsed and selector.parsed.key:
            holders[selector.parsed.key.fingerprint].append(selector)
    for same in holders.values():
        if len(same) > 1:
            yield RULE.finding(
                "same",
                context.domain,
                (
                    f"{', '.join(selector.name for selector in same)} publish the same key: an attacker who steals it "
                    "can sign with each of these selectors"
                ),
                evidence=[selector.answer for selector in same],
                advice="Make a key for each selector, or remove the selector that you no longer sign with.",
            )
    if len(holders) > 1 and all(len(same) == 1 for same in holders.values()):
        yield RULE.passed(context.domain, f"{len(holders)} selectors, {len(holders)} keys")


CHECK = Check(RULE, judge, by_evidence=("same",))
