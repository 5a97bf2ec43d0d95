"""How counts are shown: with separators, and with their noun: `1 message`, `2,000 messages`."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from typing import Any

from benchkit.model.plain_number import significant

_PLURALS = (
    "messages|sends|records|blocks|connections|starts|arms|copies|mails|events|runs|rows|recipients|attempts|addresses|reports|"
    "domains|octets|parts|hops|keys|selectors|fields|sessions|strings|seconds"
)
_ONE_IS = re.compile(rf"(?<![\w.,])1 ({_PLURALS}) (are|were|have|do)\b")
_ONE = re.compile(rf"(?<![\w.,])1 ({_PLURALS})\b")
_VERBS = {"are": "is", "were": "was", "have": "has", "do": "does"}
_SINGULAR = {"addresses": "address", "copies": "copy"}


def counted(number: int, noun: str, plural: str = "") -> str:
    """`plural` where it is not the noun with an s."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


class _CountFormatter(string.Formatter):
    """A whole number gets separators wherever the text asks for no other form; True and False are none."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec.endswith("g"):  # it would write an exponent
            return significant(value, int(format_spec.strip(".,g") or 6))
        is_count = isinstance(value, int) and not isinstance(value, bool)
        return str(super().format_field(value, format_spec or ("," if is_count else "")))


def with_counts(text: str, values: Mapping[str, Any]) -> str:
    """The text with the values in it: `{count} messages` becomes `2,000 messages`."""
    return _CountFormatter().vformat(text, (), values)


def with_singular(text: str) -> str:
    """A sentence that was made for several: `1 messages are missing` becomes `1 message is missing`."""
    text = _ONE_IS.sub(lambda found: f"1 {_one(found[1])} {_VERBS[found[2]]}", text)
    return _ONE.sub(lambda found: f"1 {_one(found[1])}", text)


def _one(plural: str) -> str:
    return _SINGULAR.get(plural, plural.removesuffix("s"))
