"""Two ways of the same mail, as it arrived by each: identical, or different in what, and why.

It is a verdict of content and authentication: what a way does to a mail. Where receivers put it depends on reputation too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from benchkit.events.changes import Change, ChangeKind
from benchkit.events.placement import Placement
from benchkit.model.plain_number import significant

K = ChangeKind
BODY = {  # changes of what a DKIM signature covers
    K.LINK_REWRITTEN: "rewritten links",
    K.PIXEL_ADDED: "the tracking pixel",
    K.FOOTER_ADDED: "the added footer",
    K.TEXT_CHANGED: "the changed text",
    K.PART_LOST: "the lost part",
    K.PART_ADDED: "the added part",
    K.RE_ENCODED: "the new encoding",
}
HEADER = {K.HEADER_REMOVED: "the removed", K.HEADER_ADDED: "the added", K.HEADER_CHANGED: "the changed"}
SENDER = "another envelope sender"
_METHODS = (  # symbols → the results that they tell of, the nearest first
    (re.compile("R_DKIM|DKIM_"), ("dkim",)),
    (re.compile("R_SPF|SPF_"), ("spf",)),
    (re.compile("DMARC_"), ("dmarc", "dkim", "spf")),
)
_CAUSES = (  # names of rspamd's and SpamAssassin's symbols → the changes that they tell of
    (re.compile("MIME_BASE64|.*ENCOD|.*_QP_|.*BASE64"), {K.RE_ENCODED}),
    (re.compile("MIME_|R_PARTS|R_MIXED|.*HTML_ONLY|.*MULTIPART"), {K.PART_LOST, K.PART_ADDED, K.RE_ENCODED}),
    (re.compile(".*LIST_|HAS_|MISSING_|REPLYTO|PRECEDENCE"), set(HEADER)),
    (re.compile(".*URI|.*URL|.*LINK|.*CLICK"), {K.LINK_REWRITTEN, K.PIXEL_ADDED, K.FOOTER_ADDED, K.TEXT_CHANGED}),
    (re.compile(".*IMG|.*IMAGE|.*PIXEL|.*INVISIBLE"), {K.PIXEL_ADDED}),
)
_SENDER_SYMBOLS = re.compile("FORGED_SENDER|.*ENVFROM|.*RETURN_?PATH|HEADER_FROM_DIFFERENT|.*BOUNCE")
NAMED_SYMBOLS = 4  # that a difference of points is explained by


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
    reverted = [change for change in first.changes if change not in second.changes]
    for change in own:
        yield PathDifference(change.kind.value, "", change.subject, "made on the second way")
    for change in reverted:
        yield PathDifference(change.kind.value, change.subject, "", "made on the first way")
    sender = _domain(first.return_path), _domain(second.return_path)
    if sender[0] != sender[1]:
        yield PathDifference("envelope_sender", sender[0], sender[1], "the way sets an envelope sender of its own")
    causes: dict[str, str] = {}
    for method in ("dkim", "spf", "dmarc"):
        results = first.results.get(method, "none"), second.results.get(method, "none")
        if results[0] != results[1]:
            causes[method] = _cause(method, own or reverted, sender, first, second)
            yield PathDifference(method, *results, causes[method])
    if first.place != second.place:
        points = first.spam.score, second.spam.score
        yield PathDifference("place", first.place, second.place, "other points" if points[0] != points[1] else "")
    yield from _symbols(first, second, [*own, *reverted], causes, other_sender=sender[0] != sender[1])


def _symbols(
    first: Placement, second: Placement, changed: list[Change], causes: dict[str, str], *, other_sender: bool
) -> Iterator[PathDifference]:
    before, after = dict(first.spam.symbols or {}), dict(second.spam.symbols or {})
    for name in sorted(set(before) | set(after)):
        if before.get(name) != after.get(name):
            shown = [_points(points[name]) if name in points else "–" for points in (before, after)]
            cause = _symbol_cause(name, changed, causes, other_sender=other_sender)
            yield PathDifference(f"symbol {name}", shown[0], shown[1], cause)
    if first.spam.score is not None and second.spam.score is not None and first.spam.score != second.spam.score:
        yield PathDifference(
            "score", significant(first.spam.score), significant(second.spam.score), _largest(before, after)
        )


def _points(points: float) -> str:
    """With its sign: +1.5, -0.2."""
    return f"{'' if points < 0 else '+'}{significant(points)}"


def _symbol_cause(name: str, changed: list[Change], causes: dict[str, str], *, other_sender: bool) -> str:
    """The change that the symbol is about; else, where only one thing changed, that one."""
    for pattern, methods in _METHODS:
        known = [causes[method] for method in methods if method in causes]
        if known and pattern.match(name):
            return known[0]
    if other_sender and _SENDER_SYMBOLS.match(name):
        return SENDER
    for pattern, kinds in _CAUSES:
        fitting = [change for change in changed if change.kind in kinds]
        if fitting and pattern.match(name):
            return _named(fitting)
    every = [*dict.fromkeys(map(_name, changed)), *([SENDER] if other_sender else [])]
    return every[0] if len(every) == 1 else ""


def _named(changed: list[Change]) -> str:
    return " and ".join(dict.fromkeys(map(_name, changed)))


def _name(change: Change) -> str:
    return BODY.get(change.kind) or f"{HEADER[change.kind]} {change.subject}"


def _largest(before: dict[str, float], after: dict[str, float]) -> str:
    """The symbols that the points differ by, the largest difference first."""
    moved = {name: after.get(name, 0.0) - before.get(name, 0.0) for name in {*before, *after}}
    ordered = sorted((name for name in moved if moved[name]), key=lambda name: (-abs(moved[name]), name))
    more = f" and {len(ordered) - NAMED_SYMBOLS} more" if len(ordered) > NAMED_SYMBOLS else ""
    return f"the symbols {', '.join(ordered[:NAMED_SYMBOLS])}{more}" if ordered else ""


def _cause(method: str, own: list[Change], sender: tuple[str, str], first: Placement, second: Placement) -> str:
    if method == "spf":
        return SENDER if sender[0] != sender[1] else ""
    if method == "dkim":
        return _dkim_cause(own, first, second)
    dkim = first.results.get("dkim"), second.results.get("dkim")
    return (
        "DKIM differs"
        if dkim[0] != dkim[1]
        else "SPF's domain no longer stands for the author's"
        if sender[0] != sender[1]
        else ""
    )


def _dkim_cause(own: list[Change], first: Placement, second: Placement) -> str:
    if "none" in (first.results.get("dkim", "none"), second.results.get("dkim", "none")):
        return "one way does not sign"
    if body := [change for change in own if change.kind in BODY]:
        return f"{_named(body)} changed the body after signing"
    header = [change for change in own if change.kind in (K.HEADER_REMOVED, K.HEADER_CHANGED)]
    return f"{_named(header)} changed the header after signing" if header else "the signature was broken"


def _domain(return_path: str | None) -> str:
    return (return_path or "").rpartition("@")[2].lower()
