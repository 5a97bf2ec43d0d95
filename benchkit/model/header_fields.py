"""Header fields that a scenario adds to its mail: List-Unsubscribe, X- fields, priority, language (RFC 5322 §3.6.8, §2.2).

A value is one line. Fields that benchkit writes itself cannot be given, and no value can begin a field of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from benchkit.model.identity import HEADER

_NAME = re.compile(r"[!-9;-~]{1,70}")  # ftext
MOST = 900  # of a value; a line has 998 octets (RFC 5322 §2.1.1)
# Written by benchkit from other keys, or by the servers that the mail passes.
OWN = frozenset(
    {
        "from", "to", "cc", "bcc", "subject", "date", "message-id", "reply-to", "sender", "mime-version", "return-path",
        "received", "delivered-to", "envelope-to", "x-original-to", "delivery-date", "dkim-signature", "authentication-results",
        HEADER.lower(),
    }
)  # fmt: skip
_MIME = re.compile(r"content-(?!language$).*", re.IGNORECASE)

_TAG = r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*"
_LANGUAGES = re.compile(rf"{_TAG}(?:, ?{_TAG})*")

PRIORITIES: Mapping[str, Mapping[str, str]] = {
    "high": {"Importance": "high", "X-Priority": "1 (Highest)", "Priority": "urgent"},
    "low": {"Importance": "low", "X-Priority": "5 (Lowest)", "Priority": "non-urgent"},
}


def name_fault(name: str) -> str:
    """Why a field of that name cannot be given; empty where it can."""
    if not _NAME.fullmatch(name):
        return "is not a header field name (RFC 5322 §2.2: printable ASCII without colon or space)"
    if name.lower() in OWN or _MIME.fullmatch(name):
        return "is a field that benchkit or a server writes: use the key for it, or remove it"
    return ""


def value_fault(value: str) -> str:
    """Why a field cannot have that value; empty where it can."""
    if any(character in value for character in "\r\n\0"):
        return "holds a line break or a NUL, which would begin another field"
    if value != value.strip():
        return "begins or ends with a space, which a header field does not keep"
    if len(value) > MOST:
        return f"is longer than {MOST} characters: a line has 998 at most"
    return ""


def language_fault(value: str) -> str:
    """Why Content-Language cannot have that value (RFC 3282); empty where it can."""
    return "" if _LANGUAGES.fullmatch(value) else 'is not a list of language tags, as "en" or "pt-BR, de"'


def repeated(names: Iterable[str]) -> str:
    """The first name that is given twice, in any case; empty where none is."""
    seen = set[str]()
    for name in names:
        if name.lower() in seen:
            return name
        seen.add(name.lower())
    return ""


def is_given(name: str) -> bool:
    """Whether a field of a message is one that a scenario could have added."""
    return name.lower() not in OWN and not _MIME.fullmatch(name)
