"""Mailboxes as a scenario writes them: `b@example.com` or `Bea <b@example.com>` (RFC 5322 §3.4, without its comments)."""

from __future__ import annotations

import re

from benchkit.model.message import Address

_MAILBOX = re.compile(r'(?:(?P<name>"[^"<>]*"|[^"<>]*?)\s*<(?P<angled>[^<>]*)>|(?P<bare>[^<>]*))')
_ADDR_SPEC = re.compile(r"[^\s@<>(),;:\\\"\[\]]+@[^\s@<>(),;:\\\"\[\]]+")


def is_template(text: str) -> bool:
    """Whether what it comes to is known only with a row of the recipients' file."""
    return "{{" in text or "{%" in text


def parse_address(text: str) -> Address:
    """Raises ValueError with how to write one."""
    match = _MAILBOX.fullmatch(text.strip())
    addr = (match["angled"] or match["bare"] or "").strip() if match else ""
    if match is None or not _ADDR_SPEC.fullmatch(addr):
        raise ValueError('must be an address, as "b@example.com" or "Bea <b@example.com>"')
    return Address((match["name"] or "").strip().strip('"'), addr)
