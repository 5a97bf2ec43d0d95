"""Macro expansion (RFC 7208 §7.3): parts of a macro string and the letters' values → text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from benchkit.audit.records.macros import Literal, Macro, MacroString


def expand(string: MacroString, values: Mapping[str, str]) -> str | None:
    """The text; None where a letter has no value, or a local part is not ASCII (RFC 8616 §4: such a term never matches)."""
    if not string.letters <= values.keys() or not all(values[letter].isascii() for letter in string.letters):
        return None
    return "".join(
        part.text if isinstance(part, Literal) else _expanded(part, values[part.letter]) for part in string.parts
    )


def _expanded(macro: Macro, value: str) -> str:
    text = _transformed(macro, value)
    return quote(text, safe="") if macro.escaped else text  # quote keeps exactly RFC 3986's unreserved characters


def _transformed(macro: Macro, value: str) -> str:
    parts = re.split(f"[{re.escape(macro.delimiters or '.')}]", value)
    if macro.reverse:
        parts.reverse()
    return ".".join(parts[-macro.parts :])
