"""Canonicalisation (RFC 6376 §3.4): the octets that both signer and verifier hash."""

from __future__ import annotations

import re

_WSP = re.compile(rb"[ \t]+")
METHODS = ("simple", "relaxed")


def header(field: bytes, method: str) -> bytes:
    """One field with its final CRLF (§3.4.1, §3.4.2)."""
    if method == "simple":
        return field
    name, _, value = field.partition(b":")
    unfolded = value.replace(b"\r\n", b"")
    return name.rstrip(b" \t").lower() + b":" + _WSP.sub(b" ", unfolded).strip(b" \t") + b"\r\n"


def body(octets: bytes, method: str) -> bytes:
    """The whole body (§3.4.3, §3.4.4)."""
    if method == "relaxed":
        octets = b"\r\n".join(_WSP.sub(b" ", line).rstrip(b" \t") for line in octets.split(b"\r\n"))
    end = len(octets)
    while octets.endswith(b"\r\n", 0, end):
        end -= 2
    stripped = octets[:end]
    return stripped + b"\r\n" if stripped or method == "simple" else b""
