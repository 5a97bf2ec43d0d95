"""Text that a server, or an exception about one, gave us: made safe to encode, to store and to show.

RFC 5321 §4.2 allows only ASCII in a reply; servers send Latin-1, GBK and control characters all the same.
"""

from __future__ import annotations

MAX_TEXT = 1_000  # characters of one outcome's text; a whole paragraph of a provider fits
_CUT = "…"


def printable(text: str, limit: int = MAX_TEXT) -> str:
    """At most `limit` characters, each printable and encodable; other characters as escapes, line breaks as spaces."""
    if len(text) <= limit and text.isprintable():  # excludes surrogates, controls and what turns the writing direction
        return text
    shown = "".join(character if character.isprintable() else _escape(character) for character in text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - len(_CUT)] + _CUT


def _escape(character: str) -> str:
    if character.isspace():
        return " "
    if "\udc80" <= character <= "\udcff":  # an octet that `surrogateescape` kept (PEP 383)
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")
