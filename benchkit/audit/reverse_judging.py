"""How forward-confirmed reverse DNS is judged, for MX hosts and for the addresses that SPF authorises alike."""

from __future__ import annotations

from benchkit.audit.facts.reverse import Reverse
from benchkit.audit.fixes import replacement
from benchkit.audit.rule import Case, Rule
from benchkit.model.finding import Finding, Status

CASES = {
    "no_pointer": Case(Status.WARN, "An address has no PTR record."),
    "not_confirmed": Case(Status.WARN, "An address's PTR names a host whose address is another."),
}
ADVICE = "The PTR is in a zone of the provider that gave you the address: ask them to set it."


def judge_reverse(rule: Rule, found: Reverse, host: str) -> Finding | None:
    """None where the address leads to a name and the name back to it."""
    if found.lost:
        return rule.unknown(found.address, found.lost)
    if found.confirmed:
        return None
    if not found.names:
        fix = replacement.add(found.pointer.name, "PTR", f"{host}.")
        message = f"{found.address} ({host}) has no PTR record"
        return rule.finding("no_pointer", found.address, message, evidence=found.answers, advice=ADVICE, paste=fix)
    message = f"{found.address} points to {found.names[0]}, which does not lead back to it"
    fix = replacement.replace(found.pointer.name, found.pointer.records, "PTR", f"{host}.")
    return rule.finding("not_confirmed", found.address, message, evidence=found.answers, advice=ADVICE, paste=fix)
