"""The Received fields of one mail (RFC 5321 §4.4) → its path: each hop with its hosts, TLS and time, the first hop first.

Hosts write what they like; what is not understood is empty or None, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address

from benchkit.events.comments import comments, without_comments

TLS_PROTOCOLS = {  # of the registry "Mail Transmission Types" (RFC 3848, RFC 6531)
    protocol + suffix for protocol in ("ESMTP", "LMTP", "UTF8SMTP", "UTF8LMTP") for suffix in ("S", "SA")
} | {"SMTPS", "HTTPS"}
PLAIN_PROTOCOLS = {"SMTP", "ESMTP", "ESMTPA", "LMTP", "LMTPA", "UTF8SMTP", "UTF8SMTPA", "UTF8LMTP", "UTF8LMTPA", "HTTP"}
_TLS = re.compile(r"\bTLS[ v_]*(?:1[._]?[0-3]?)?\b|\bversion=TLS|\bcipher\b", re.IGNORECASE)
_VERSION = re.compile(r"TLS[ v_]*1(?:[._]([0-3]))?", re.IGNORECASE)
_ADDRESS = re.compile(r"\[?(?:IPv6:)?((?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+)\]?")
_CLAUSE = re.compile(r"(?:^|\s)(from|by|via|with|id|for)\s+(\S+)", re.IGNORECASE)
LONGEST = 8_000  # characters that are read of one field
MOST_HOPS = 100


@dataclass(frozen=True, slots=True)
class Hop:
    """`tls` None: the field does not tell. `delay_s` since the hop before; None for the first, and where a time is missing."""

    sender: str = ""
    sender_address: str = ""
    receiver: str = ""
    protocol: str = ""
    tls: bool | None = None
    tls_version: str = ""
    at: datetime | None = None
    delay_s: float | None = None


def received_path(fields: Sequence[str]) -> tuple[Hop, ...]:
    """`fields` as they stand in the mail, the uppermost (last hop) first."""
    hops = [parse_received(text) for text in reversed(fields[:MOST_HOPS])]
    return tuple(_with_delay(hop, before) for hop, before in zip(hops, [None, *hops], strict=False))


def parse_received(text: str) -> Hop:
    text = " ".join(text[:LONGEST].split())
    head, at = _time(text)
    bare, remarks = without_comments(head), comments(head)
    clauses: dict[str, str] = {}
    for name, value in _CLAUSE.findall(bare):
        clauses.setdefault(name.lower(), value.rstrip(";"))
    protocol = clauses.get("with", "").upper()
    protocol = protocol if protocol in TLS_PROTOCOLS | PLAIN_PROTOCOLS else ""
    return Hop(
        sender=clauses.get("from", "").strip("[]").lower(),
        sender_address=_address(head.partition(" by ")[0]) if clauses.get("from") else "",
        receiver=clauses.get("by", "").lower(),
        protocol=protocol,
        tls=_is_tls(protocol, remarks, bare),
        tls_version=_version(remarks),
        at=at,
    )


def _with_delay(hop: Hop, before: Hop | None) -> Hop:
    known = before is not None and before.at is not None and hop.at is not None
    return (
        replace(hop, delay_s=(hop.at - before.at).total_seconds()) if known and before and before.at and hop.at else hop
    )


def _time(text: str) -> tuple[str, datetime | None]:
    head, semicolon, date = text.rpartition(";")
    if not semicolon:
        return text, None
    try:
        found = parsedate_to_datetime(date.strip())
        return head, (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return head, None


def _is_tls(protocol: str, remarks: str, bare: str) -> bool | None:
    if protocol in TLS_PROTOCOLS or _TLS.search(f"{remarks} {bare}"):
        return True
    return False if protocol in PLAIN_PROTOCOLS else None


def _version(remarks: str) -> str:
    match = _VERSION.search(remarks)
    return f"1.{match[1] or 0}" if match else ""


def _address(text: str) -> str:
    """The first that is one; the connection's comes before what the client calls itself in most servers' fields."""
    for found in _ADDRESS.findall(text):
        try:
            return str(ip_address(found))
        except ValueError:
            continue
    return ""
