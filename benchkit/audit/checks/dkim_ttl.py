"""Whether the TTL of a key record is too long to revoke the key in time, or too short to be cached."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.dkim_discovery import Selector, discovery
from benchkit.audit.rule import PASSED, Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dkim_ttl",
    mechanism=AuditedMechanism.DKIM,
    title="Resolvers cache key records for hours, not for minutes or days",
    reference="RFC 1035 §3.2.1",
    text="The TTL says how long a resolver may answer from its cache. Receivers accept a stolen key until it has "
    "expired everywhere, so use at most a day. With a few minutes, almost every message costs a lookup, and each "
    "outage of the zone's servers has an effect at once. One hour is a good value. A resolver shows the time that "
    "is left, not what was published, so a TTL that is too short is reported for zone files only.",
    cases={
        "long": Case(Status.INFO, "Resolvers cache the record for more than a day."),
        "short": Case(Status.INFO, "Resolvers cache the record for less than five minutes."),
    },
)
HOUR_S = 3600
LONGEST_S, SHORTEST_S = 24 * HOUR_S, 300


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    for selector in (await context.fact(discovery)).keys:
        yield _judge(selector, published=context.options.offline)


def _judge(selector: Selector, *, published: bool) -> Finding:
    ttl_s, evidence = min(record.ttl for record in selector.answer.records), [selector.answer]
    advice = f"Give it a TTL of {HOUR_S} seconds."
    if ttl_s > LONGEST_S:
        message = f"{selector.name} stays valid in caches for {ttl_s / HOUR_S:,.0f} hours after you revoke it"
        return RULE.finding("long", selector.at, message, evidence=evidence, advice=advice)
    if published and ttl_s < SHORTEST_S:
        message = f"{selector.name} has a TTL of {ttl_s} seconds: nearly every message costs a lookup"
        return RULE.finding("short", selector.at, message, evidence=evidence, advice=advice)
    return RULE.passed(selector.at, f"TTL {ttl_s:,} s", evidence=evidence)


CHECK = Check(RULE, judge, by_evidence=("long", "short", PASSED))
