"""Mailboxes: what an envelope may have, and how one is written in a header and read back (RFC 5322 §3.4, RFC 6531).

Canonical is a local part as it was given and a domain in ASCII (IDNA 2008 with UTS 46 mapping), in the envelope and in
headers alike: so only a non-ASCII local part asks for SMTPUTF8. Quoted local parts and address literals are refused.
"""

from __future__ import annotations

import re
from email.utils import getaddresses

import idna

from benchkit.batch.words import decode_words, encode_words, is_plain
from benchkit.model.message import Address

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_LOCAL_OCTETS, _ADDRESS_OCTETS = 64, 254  # RFC 5321 §4.5.3.1


def mailbox(name: str, addr: str) -> Address:
    """A checked mailbox in canonical form; raises ValueError with what is wrong."""
    if any(character < " " or character == "\x7f" for character in name):
        raise ValueError("the name holds a line break or another control character")
    return Address(name, normalise(addr))


def normalise(addr: str) -> str:
    """The canonical addr-spec; raises ValueError with what is wrong."""
    local, at, domain = addr.rpartition("@")
    if not at:
        raise ValueError(f"no @ in address {addr!r}")
    if not _LOCAL.fullmatch(local) or not local.isprintable() or len(local.encode("utf-8")) > _LOCAL_OCTETS:
        raise ValueError(f"mail servers do not accept the part before the @ of {addr!r}")
    canonical = f"{local}@{_ascii_domain(domain, addr)}"
    if len(canonical.encode("utf-8")) > _ADDRESS_OCTETS:
        raise ValueError(f"address {addr!r} is longer than {_ADDRESS_OCTETS} bytes")
    return canonical


def _ascii_domain(domain: str, addr: str) -> str:
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError as error:
            raise ValueError(f"the domain of {addr!r} is not an internationalised one: {error}") from None
    if not _DOMAIN.fullmatch(domain):
        raise ValueError(f"the domain of {addr!r} is not a domain name")
    return domain


def format_mailboxes(addresses: tuple[Address, ...]) -> str:
    """A header's value, one mailbox a line."""
    return ",\r\n ".join(map(_format, addresses))


def _format(address: Address) -> str:
    if not address.name:
        return address.addr
    if is_plain(address.name) and len(address.name) <= 60:
        escaped = re.sub(r'(["\\])', r"\\\1", address.name)
        return f'"{escaped}" <{address.addr}>'
    return f"{encode_words(address.name)}\r\n <{address.addr}>"


def parse_mailboxes(value: str) -> tuple[Address, ...]:
    """Every mailbox of a header's or form field's value; a domain that is no domain name stays as it is."""
    pairs = getaddresses([value])
    return tuple(Address(decode_words(name), _lenient(addr)) for name, addr in pairs if addr or name)


def _lenient(addr: str) -> str:
    try:
        return normalise(addr)
    except ValueError:
        return addr
