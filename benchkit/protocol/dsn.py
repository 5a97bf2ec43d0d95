"""Delivery status notifications as a client asks for them (RFC 3461 §4): parameters of MAIL and RCPT, in their encodings."""

from __future__ import annotations

import re

from benchkit.model.identity import NAMED_SEND, PLACEHOLDER
from benchkit.model.scenario import Dsn

NOTHING = Dsn()
XTEXT = rb"(?:[!-*,-<>-~]|\+[0-9A-F]{2})+"
_UNSAFE = re.compile(r"[^!-*,-<>-~]")  # all but printable ASCII without space, "+" and "="
_UNSAFE_IN_UTF8 = re.compile(r"[^!-*,-<>-\[\]-~]")  # RFC 6533 §3: nor the backslash, which begins an escape


def needs_of(dsn: Dsn) -> tuple[str, ...]:
    """What the server must offer."""
    return () if dsn == NOTHING else ("DSN",)


def of_mail(dsn: Dsn) -> tuple[str, ...]:
    """With identity.PLACEHOLDER where the identity of each send is to stand."""
    ret = (f"RET={dsn.ret.upper()}",) if dsn.ret else ()
    named = dsn.envid.replace(NAMED_SEND, PLACEHOLDER.decode("ascii"))
    return (*ret, f"ENVID={xtext(named)}") if named else ret


def of_rcpt(dsn: Dsn, recipient: str) -> tuple[str, ...]:
    notify = (f"NOTIFY={','.join(dsn.notify).upper()}",) if dsn.notify else ()
    return (*notify, f"ORCPT={original_recipient(recipient)}") if dsn.orcpt else notify


def xtext(text: str) -> str:
    """ASCII as xtext: what is no safe character goes as `+HH`."""
    return _UNSAFE.sub(lambda unsafe: f"+{ord(unsafe[0]):02X}", text)


def original_recipient(address: str) -> str:
    """`rfc822;…`, and `utf-8;…` with `\\x{HEX}` for an address beyond ASCII (RFC 6533 §3)."""
    if address.isascii():
        return f"rfc822;{xtext(address)}"
    return "utf-8;" + _UNSAFE_IN_UTF8.sub(lambda unsafe: f"\\x{{{ord(unsafe[0]):X}}}", address)
