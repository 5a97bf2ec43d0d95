"""Text of strangers made visible: what comes out of the DNS or a message must never steer the terminal or page it is shown on.

Law: every format that a person reads is made of `visible_report`. JSON escapes by itself.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

from benchkit.model.audit import AuditReport
from benchkit.model.dns import Answer

# C0 but for the line feed, DEL, C1, what turns the direction of writing or cannot be seen, and halves of a character
_STEERING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def escape_control_chars(text: str) -> str:
    """Each steering character as its escape, as in Python: `\\x1b`."""
    return _STEERING.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def visible_report(report: AuditReport) -> AuditReport:
    """The report with all its text visible, but for the answers, which no such format shows."""
    return replace(report, **{field.name: _visible(getattr(report, field.name)) for field in fields(report)})


def _visible(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Enum):
        return escape_control_chars(value)
    if isinstance(value, tuple | list):
        return type(value)(_visible(each) for each in value)
    if isinstance(value, dict):
        return {_visible(key): _visible(each) for key, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type | Answer):
        return replace(value, **{field.name: _visible(getattr(value, field.name)) for field in fields(value)})
    return value
