"""HTML as a run of tags and texts, in time that grows with its length only: Python's own parser takes minutes for hostile text.

A comment, tag or script that never ends takes the rest, as in a browser (HTML Living Standard §13.2.5, "eof-in-tag").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

UNSEEN = ("style", "script", "title")  # their text is not what a reader sees
LONGEST_TAG = 20_000
_NAME = re.compile(r"/?([a-z][^\s/>]{0,40})", re.IGNORECASE)
_QUOTE_OR_END = re.compile("[>\"']")
_ATTRIBUTE = re.compile(r"""([^\s=/>"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+))?""")
_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


@dataclass(frozen=True, slots=True)
class HtmlTag:
    """Names in lower case, values without quotes and character references; of a name that stands twice the first counts."""

    name: str
    closes: bool = False
    attributes: dict[str, str] = field(default_factory=dict)


def tokens(html: str) -> Iterator[HtmlTag | str]:
    lower = html.translate(_ASCII_LOWER)
    at = 0
    while (start := html.find("<", at)) >= 0:
        if start > at:
            yield unescape(html[at:start])
        if name := _NAME.match(html, start + 1):
            end = _end_of_tag(html, name.end())
            if end < 0:
                return
            tag = _tag(name[1].lower(), html[start + 1] == "/", html[name.end() : end][:LONGEST_TAG])
            yield tag
            at = end + 1
            if tag.name in UNSEEN and not tag.closes:
                at = lower.find(f"</{tag.name}", at)
        elif html.startswith("<!--", start):
            at = _after(html, "-->", start + 4)
        elif html[start + 1 : start + 2] in ("!", "?", "/"):
            at = _after(html, ">", start + 1)
        else:
            yield "<"
            at = start + 1
        if at < 0:
            return
    yield unescape(html[at:])


def _after(html: str, text: str, start: int) -> int:
    """-1 where it never comes."""
    found = html.find(text, start)
    return found + len(text) if found >= 0 else -1


def _end_of_tag(html: str, at: int) -> int:
    """Where its `>` is, which none in quotes is; -1 where it never comes."""
    while found := _QUOTE_OR_END.search(html, at):
        if found[0] == ">":
            return found.start()
        at = _after(html, found[0], found.end())
        if at < 0:
            return -1
    return -1


def _tag(name: str, closes: bool, text: str) -> HtmlTag:
    attributes: dict[str, str] = {}
    for key, value in _ATTRIBUTE.findall(text) if not closes else ():
        bare = value[1:-1] if value[:1] in ("'", '"') else value
        attributes.setdefault(key.lower(), unescape(bare))
    return HtmlTag(name, closes, attributes)
