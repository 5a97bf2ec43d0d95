"""What the audit takes from a zone file beside its answers: the names that it holds for mail, and the file's own faults."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from benchkit.audit.records.dmarc import is_dmarc
from benchkit.audit.records.spf import is_spf
from benchkit.audit.records.text import txt_of
from benchkit.model.dns import Record
from benchkit.resolver.zone_file import ZoneFault

KEYS = "._domainkey."
_MAILTO = re.compile(r"mailto:[^@\s,;!?]+@([A-Za-z0-9_.-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HeldZoneFacts:
    """`selectors` are (selector, domain); `domains` are those that have mail records, the origins first.

    `mailboxes` are the domains to which report addresses in the file lead.
    """

    selectors: tuple[tuple[str, str], ...] = ()
    domains: tuple[str, ...] = ()
    faults: tuple[ZoneFault, ...] = ()
    mailboxes: tuple[str, ...] = ()

    def selectors_of(self, domain: str) -> tuple[str, ...]:
        return tuple(selector for selector, of in self.selectors if of == domain)

    def subdomains_of(self, domain: str) -> tuple[str, ...]:
        return tuple(name for name in self.domains if name.endswith(f".{domain}"))


def zone_facts(
    records: Iterable[tuple[str, Record]], origins: Iterable[str], faults: Iterable[ZoneFault]
) -> HeldZoneFacts:
    """Of every record of the files, with its name. What an SPF record includes is a part of it, and no domain with mail."""
    held, own = list(records), tuple(origins)
    selectors = sorted({_selector(name) for name, _ in held if KEYS in f".{name}" and not name.startswith("*")})
    included = {target for _, record in held for target in _included(record)}
    found = sorted({domain for name, record in held if (domain := _mail_domain(name, record))} - included)
    domains = [name for name in found if not any(name.endswith(f"{origin}.{origin}") for origin in own)]
    mailboxes = sorted({domain for _, record in held for domain in mailboxes_in(record)})
    return HeldZoneFacts(tuple(selectors), tuple(dict.fromkeys((*own, *domains))), tuple(faults), tuple(mailboxes))


def mailboxes_in(record: Record) -> list[str]:
    """The domains of the `mailto:` addresses in a record: where reports go, mail is taken."""
    return [domain.lower().rstrip(".") for domain in _MAILTO.findall(txt_of(record))] if record.type == "TXT" else []


def _included(record: Record) -> list[str]:
    words = txt_of(record).lower().split() if record.type == "TXT" and is_spf(txt_of(record)) else []
    return [word.partition(mark)[2] for word in words for mark in ("include:", "redirect=") if mark in word]


def _selector(name: str) -> tuple[str, str]:
    selector, _, domain = name.partition(KEYS)
    return selector, domain


def _mail_domain(name: str, record: Record) -> str:
    """The domain whose mail the record is about; "" for other records, and for wildcards."""
    if name.startswith("*"):
        return ""
    if record.type == "MX" or (record.type == "TXT" and is_spf(txt_of(record))):
        return name
    if name.startswith("_dmarc.") and (record.type == "CNAME" or is_dmarc(txt_of(record))):
        return name.removeprefix("_dmarc.")
    return name.partition(KEYS)[2] if KEYS in name else ""
