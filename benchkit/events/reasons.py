"""Codes out of what a receiver said: `550 5.1.1 <a@b>: no such user` → 550, 5.1.1."""

from __future__ import annotations

import re

from benchkit.model.event import Bounce

LONGEST = 500  # characters of a reason that are kept
_CODE = re.compile(r"(?<![\d.])([245]\d\d)(?=[ \-:#;,)]|$)")
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")


def reply_code(text: str) -> int:
    """0 where there is none."""
    found = _CODE.search(text[:LONGEST])
    return int(found[1]) if found else 0


def enhanced_code(text: str) -> str:
    found = _ENHANCED.search(text[:LONGEST])
    return found[1] if found else ""


def bounce_of(code: int, enhanced: str) -> Bounce:
    """5 is for ever, 4 is not (RFC 3463 §3.1); the enhanced code is the better witness. What is unknown counts as soft."""
    first = enhanced[:1] or str(code)[:1]
    return Bounce.HARD if first == "5" else Bounce.SOFT
