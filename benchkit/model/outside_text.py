"""Text from outside (replies, DNS, names and questions of scenarios): made safe to encode, to store and to show.

Everything that is shown passes here: `printable` where an outcome is made, `escaped` where a page or a figure is made of stored
values, `markdown` and `json_text` where a form has a syntax of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from benchkit.model.dns import Answer

MAX_TEXT = 1_000  # characters of one outcome's text; a whole paragraph of a provider fits
_CUT = "…"
# Controls but for the line feed, what turns the direction of writing or cannot be seen, halves of a character, and what XML
# does not allow (XML 1.0 §2.2)
_CONTROL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORMULA = ("=", "+", "-", "@")
_MARKUP = re.compile(r"([\\`*_<>\[\]|#$~&])")

T = TypeVar("T")


def printable(text: str, limit: int = MAX_TEXT) -> str:
    """At most `limit` characters, each printable and encodable; other characters as escapes, line breaks as spaces."""
    if len(text) <= limit and text.isprintable():  # excludes surrogates, controls and what turns the writing direction
        return text
    shown = "".join(character if character.isprintable() else _escape(character) for character in text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - len(_CUT)] + _CUT


def escape_control_chars(text: str, *, lines: bool = True) -> str:
    """Each control character as its escape, as in Python: `\\x1b`. Line feeds stay where `lines` is true."""
    shown = _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
    return shown if lines else shown.replace("\n", "\\n")


def escaped(value: T, *, lines: bool = True) -> T:
    """Dataclasses, lists and dictionaries with all their text escaped; not DNS answers, which are never shown as they are."""
    found: Any = value
    if isinstance(found, str) and not isinstance(found, Enum):
        found = escape_control_chars(found, lines=lines)
    elif isinstance(found, tuple | list):
        found = type(found)(escaped(each, lines=lines) for each in found)
    elif isinstance(found, Mapping):
        found = {escaped(key, lines=lines): escaped(each, lines=lines) for key, each in found.items()}
    elif is_dataclass(found) and not isinstance(found, type | Answer):
        found = replace(
            found, **{field.name: escaped(getattr(found, field.name), lines=lines) for field in fields(found)}
        )
    shown: T = found
    return shown


def markdown(text: str) -> str:
    """On one line, and without markup, mathematics or HTML."""
    return _MARKUP.sub(r"\\\1", escape_control_chars(text, lines=False).replace("\\n", " "))


def xml_text(text: str) -> str:
    """XML 1.0 cannot hold control characters, not even escaped."""
    return _NOT_XML.sub("\ufffd", text)


def spreadsheet_text(text: str) -> str:
    """A spreadsheet would compute a cell that begins like a formula; an apostrophe makes it text."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def json_text(document: Any) -> str:
    """JSON that means the same and holds no control character: a terminal obeys those from U+0080 to U+009F too."""
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    return _CONTROL.sub(lambda found: json.dumps(found[0])[1:-1], text)


def _escape(character: str) -> str:
    if character.isspace():
        return " "
    if "\udc80" <= character <= "\udcff":  # an octet that `surrogateescape` kept (PEP 383)
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")
