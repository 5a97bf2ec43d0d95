"""Mailboxes in a field of JSON or of a form: `"Name" <addr>` (RFC 5322 §3.4), the name in UTF-8 and never in encoded words."""

from __future__ import annotations

from email.utils import getaddresses

from benchkit.batch.addresses import normalise
from benchkit.model.exchange import ApiRefusal
from benchkit.model.message import Address


def mailbox(address: Address) -> str:
    if not address.name:
        return address.addr
    quoted = address.name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address.addr}>'


def mailboxes(addresses: tuple[Address, ...]) -> str:
    return ", ".join(map(mailbox, addresses))


def read_mailboxes(value: str, *, status: int = 400, fault: str = "", code: str = "") -> tuple[Address, ...]:
    """Every mailbox of a field's value. Raises ApiRefusal, with `fault` if given, where one is not an address."""
    pairs = getaddresses([value]) if value.strip(" ,;") else []
    try:
        return tuple(Address(name, normalise(addr)) for name, addr in pairs)
    except ValueError as error:
        raise ApiRefusal(status, fault or str(error), code) from None
