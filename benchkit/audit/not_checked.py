"""What this audit did not look at, in words: nothing that was not checked may look as if it had passed."""

from __future__ import annotations

from benchkit.audit.dossier import Options

ALWAYS = (
    "complaint rate, volume and reputation: only receivers see them (Google Postmaster Tools, Yahoo Sender Hub, SNDS)",
    "whether the mail that really leaves is signed, aligned and sent over TLS: give a real message with --message",
)


def not_checked(options: Options) -> tuple[str, ...]:
    told = list(ALWAYS)
    if not options.connected:
        told.append(
            "STARTTLS, certificates, TLSA matches and the MTA-STS policy: they need a connection, --connect opens it"
        )
    if not options.ip:
        told.append("SPF's result for a sending address: give it with --ip")
    if not options.blocklists:
        told.append("blocklists (DNSBL): --blocklists asks them")
    if options.offline:
        told.append("names that the zone file does not hold: audit the published domain for them")
    return tuple(told)
