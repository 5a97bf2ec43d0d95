"""A list of report addresses (`rua`, `ruf`) with typing errors repaired. No address is dropped; unclear ones are reported."""

from __future__ import annotations

import re
from dataclasses import dataclass

from benchkit.audit.domain_name import a_labels
from benchkit.audit.records.text import readable

_BLANK_AFTER_SCHEME = re.compile(r"(mailto)\s*[:;=]\s*(/*)\s*", re.IGNORECASE)
_MAILBOX = re.compile(r"[^@\s,;:!<>\"]+@(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?\.)+[A-Za-z0-9-]*[A-Za-z0-9]\Z")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s,]+\Z")
_SIZE = re.compile(r"![0-9]+[kmgt]?\Z", re.IGNORECASE)
_SCHEME = re.compile(r"\A(?:mail\w*|email|e-mail|malito|mialto)\s*[:;=]\s*/*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReportAddresses:
    """`changed` has (old, new); `unclear` are those that lead to no mailbox."""

    addresses: tuple[str, ...]
    changed: tuple[tuple[str, str], ...]
    unclear: tuple[str, ...]


def repaired_addresses(value: str) -> ReportAddresses:
    """Each address once, as a mailto: URI without a size limit; URIs of other schemes stay as they are."""
    kept: list[str] = []
    changed: list[tuple[str, str]] = []
    unclear: list[str] = []
    joined = _BLANK_AFTER_SCHEME.sub(r"mailto:\2", value)
    for written in filter(None, re.split(r"[,;\s]+", joined)):
        repaired = _repaired(written)
        if not repaired:
            unclear.append(written)
        elif repaired not in kept:
            kept.append(repaired)
            if repaired != written:
                changed.append((written, repaired))
    return ReportAddresses(tuple(kept), tuple(changed), tuple(unclear))


def _repaired(written: str) -> str:
    bare = _SIZE.sub("", written.strip("\"'<>().").rstrip(">."))
    mailbox = _SCHEME.sub("", bare)
    mailbox = mailbox[len("mailto:") :] if mailbox.lower().startswith("mailto:") else mailbox
    local, at, domain = mailbox.rpartition("@")
    mailbox = f"{local}{at}{a_labels(readable(domain))}" if local.isascii() else mailbox
    before, _, query = mailbox.partition("?")
    if _MAILBOX.match(before):
        return f"mailto:{before}{'?' + query if query else ''}"
    return bare if _URI.match(bare) and not bare.lower().startswith("mailto:") else ""
