"""What this audit did not look at, in words: nothing that was not checked may look as if it had passed."""

from __future__ import annotations

from benchkit.audit.audit_context import Options
from benchkit.audit.tables.receiver_requirements import RULE_SETS

ALWAYS = (
    "complaint rate, volume and reputation: only receivers see them (Google Postmaster Tools, Yahoo Sender Hub, SNDS)",
    "whether the mail that really leaves is signed, aligned and sent over TLS: give a real message with --message",
)


def not_checked(options: Options) -> tuple[str, ...]:
    notes = list(ALWAYS if options.mail is None else ALWAYS[:1])
    notes += [f"{rules.receiver}: {', '.join(rules.unseen)}" for rules in RULE_SETS]
    if options.connections is None:
        notes.append(
            "STARTTLS, certificates, TLSA matches, the MTA-STS policy, BIMI's files: they need a connection, --connect opens it"
        )
    if options.authorities is None and not options.offline:
        notes.append("whether all name servers of the zone give the same answers: --authorities asks each of them")
    if not options.ip:
        notes.append("SPF's result for a sending address: give it with --ip")
    if not options.blocklists:
        notes.append("blocklists (DNSBL): --blocklists asks them")
    if options.offline and not options.joined:
        notes.append("names that the zone file does not hold: --live asks live servers about them")
    return tuple(notes)
