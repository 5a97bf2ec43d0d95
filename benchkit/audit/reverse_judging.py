"""How forward-confirmed reverse DNS is judged, for MX hosts and for the addresses that SPF authorises alike."""

from __future__ import annotations

from benchkit.audit.facts.reverse import Reverse
from benchkit.audit.fixes.zone_names import whom_to_ask
from benchkit.audit.rule import Case, Rule
from benchkit.model.dns import Record
from benchkit.model.finding import Finding, Status
from benchkit.model.record_fix import RecordFix

CASES = {
    "no_pointer": Case(Status.WARN, "An address has no PTR record."),
    "not_confirmed": Case(Status.WARN, "An address's PTR record names a host that has a different address."),
}
HOLDER = "the provider that gave you the address"
ADVICE = "The PTR is in a zone of the provider that gave you the address: ask them to set it."


def judge_reverse(rule: Rule, found: Reverse, host: str, domain: str) -> Finding | None:
    """None where the address leads to a name and the name back to it."""
    if found.unanswered:
        return rule.unknown(found.address, found.unanswered)
    if found.confirmed:
        return None
    if not found.names:
        message = f"{found.address} ({host}) has no PTR record"
        return rule.finding(
            "no_pointer", found.address, message, evidence=found.answers, advice=ADVICE, fixes=_fix(found, host, domain)
        )
    message = f"{found.address} points to {found.names[0]}, which does not lead back to it"
    return rule.finding(
        "not_confirmed", found.address, message, evidence=found.answers, advice=ADVICE, fixes=_fix(found, host, domain)
    )


def _fix(found: Reverse, host: str, domain: str) -> tuple[RecordFix, ...]:
    changes = (f"{found.address} gets the name {host}, which must lead back to it",)
    new = Record("PTR", f"{host}.", target=host)
    return (
        RecordFix(
            "PTR record",
            found.pointer.name,
            found.pointer.records,
            (new,),
            changes,
            ask=whom_to_ask(domain, host) or HOLDER,
        ),
    )
