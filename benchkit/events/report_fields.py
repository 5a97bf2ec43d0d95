"""Reports about mail (RFC 6522) as groups of fields, and what stands in a field. Total: anything is read, or is empty."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any


def groups_of(part: Message) -> list[Message]:
    """Python parses such a part into its groups of fields itself, but not a feedback report, and not one in base64."""
    payload: Any = part.get_payload()
    if isinstance(payload, list) and len(payload) > 1:
        return payload
    if isinstance(payload, list) and payload:
        text = payload[0].as_string() if payload[0].keys() else str(payload[0].get_payload())
    else:
        decoded: Any = part.get_payload(decode=True)
        text = decoded.decode("utf-8", "replace") if isinstance(decoded, bytes) else str(payload or "")
    return split_groups(text)


def split_groups(text: str) -> list[Message]:
    pieces = re.split(r"\r?\n[ \t]*\r?\n", text.strip())
    return [email.message_from_string(piece.strip(), policy=email.policy.compat32) for piece in pieces if piece.strip()]


def field_of(part: Message, name: str) -> str:
    """Unfolded; what is not ASCII as it can be read."""
    try:
        return " ".join(str(part.get(name, "")).split())
    except (ValueError, LookupError):
        return ""


def word_of(part: Message, name: str) -> str:
    return re.sub(r"\(.*?\)", "", field_of(part, name)).strip().lower().split(" ")[0]


def address_in(text: str) -> str:
    """`rfc822; <a@b>` → `a@b` (RFC 3464 §2.1.2)."""
    found = re.search(r"<([^<>]*)>", text)
    bare = found[1] if found else text.partition(";")[2] or text
    return bare.strip().strip('"') if "@" in bare else ""  # a pipe, or "undisclosed"


def time_ms(text: str) -> int:
    try:
        return max(0, round(parsedate_to_datetime(text).timestamp() * 1_000))
    except (ValueError, TypeError, OverflowError, IndexError):
        return 0
