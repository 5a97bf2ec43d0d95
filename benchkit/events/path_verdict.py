"""Two ways of the same mail, as it arrived by each: identical, or different in what, and why.

It is a verdict of content and authentication: what a way does to a mail. Where receivers put it depends on reputation too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchkit.events.changes import Change, ChangeKind
from benchkit.events.placement import Placement

BODY = {  # changes of what a DKIM signature covers
    ChangeKind.LINK_REWRITTEN: "rewritten links",
    ChangeKind.PIXEL_ADDED: "the tracking pixel",
    ChangeKind.FOOTER_ADDED: "the added footer",
    ChangeKind.TEXT_CHANGED: "the changed text",
    ChangeKind.PART_LOST: "the lost part",
    ChangeKind.PART_ADDED: "the added part",
    ChangeKind.RE_ENCODED: "the new encoding",
}

NAMED_SYMBOLS = 4


@dataclass(frozen=True, slots=True)
class PathDifference:
    """`what`: dkim, spf, dmarc, place, score, symbol …, envelope_sender, or a change's kind. `cause`: empty if not known."""

    what: str
    first: str
    second: str
    cause: str = ""


def path_differences(first: Placement, second: Placement) -> tuple[PathDifference, ...]:
    """Of one message, sent by two ways; empty: identical in content and authentication."""
    return tuple(_differences(first, second))


def _differences(first: Placement, second: Placement) -> Iterator[PathDifference]:
    own = [change for change in second.changes if change not in first.changes]
    for change in own:
        yield PathDifference(change.kind.value, "", change.subject, "")
    for change in (change for change in first.changes if change not in second.changes):
        yield PathDifference(change.kind.value, change.subject, "", "")
    sender = _domain(first.return_path), _domain(second.return_path)
    if sender[0] != sender[1]:
        yield PathDifference("envelope_sender", sender[0], sender[1], "the way sets an envelope sender of its own")
    for method in ("dkim", "spf", "dmarc"):
        results = first.results.get(method, "none"), second.results.get(method, "none")
        if results[0] != results[1]:
            yield PathDifference(
                method, results[0], results[1], _cause(method, own or list(first.changes), sender, first, second)
            )
    if first.place != second.place:
        points = first.spam.score, second.spam.score
        yield PathDifference("place", first.place, second.place, "other points" if points[0] != points[1] else "")
    yield from _symbols(first, second)


def _symbols(first: Placement, second: Placement) -> Iterator[PathDifference]:
    before, after = dict(first.spam.symbols or {}), dict(second.spam.symbols or {})
    other = [name for name in sorted(set(before) | set(after)) if before.get(name) != after.get(name)]
    for name in other:
        shown = [f"{points[name]:+g}" if name in points else "–" for points in (before, after)]
        yield PathDifference(f"symbol {name}", shown[0], shown[1], _cause_of_symbol(name, first, second))
    if first.spam.score is not None and second.spam.score is not None and first.spam.score != second.spam.score:
        yield PathDifference("score", f"{first.spam.score:g}", f"{second.spam.score:g}", _named(other))


def _cause_of_symbol(name: str, first: Placement, second: Placement) -> str:
    """A symbol that is named after a method follows its result."""
    for method in ("dmarc", "dkim", "spf"):
        if method.upper() in name and first.results.get(method) != second.results.get(method):
            return f"{method.upper()} differs"
    return ""


def _named(symbols: list[str]) -> str:
    more = f" and {len(symbols) - NAMED_SYMBOLS} more" if len(symbols) > NAMED_SYMBOLS else ""
    return f"the symbols {', '.join(symbols[:NAMED_SYMBOLS])}{more}" if symbols else ""


def _cause(method: str, own: list[Change], sender: tuple[str, str], first: Placement, second: Placement) -> str:
    if method == "spf":
        return "another envelope sender" if sender[0] != sender[1] else ""
    changed = [BODY[change.kind] for change in own if change.kind in BODY]
    if method == "dkim":
        if second.results.get("dkim", "none") == "none" or first.results.get("dkim", "none") == "none":
            return "one way does not sign"
        return (
            f"{' and '.join(dict.fromkeys(changed))} changed the body after signing"
            if changed
            else "the signature was broken"
        )
    dkim = first.results.get("dkim"), second.results.get("dkim")
    return (
        "DKIM differs"
        if dkim[0] != dkim[1]
        else "SPF's domain no longer stands for the author's"
        if sender[0] != sender[1]
        else ""
    )


def _domain(return_path: str | None) -> str:
    return (return_path or "").rpartition("@")[2].lower()
