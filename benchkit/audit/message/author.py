"""From fields → the domains of their addresses, and for each text that is not an address what is wrong with it (RFC 5322 §3.4).

Law: total and pure. Encoded words are not decoded: they belong in display names only, where an @ means nothing (RFC 2047 §5,
§6.2). A local part is not judged: receivers take the domain whatever is before the @.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from benchkit.audit.domain_name import a_labels

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\\.|[()]|[^"\\()]+|.', re.DOTALL)
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|\[[^\]]*\]|<[^>]*>|.', re.DOTALL)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ROUTE = re.compile(r"(?:@[^@:]*,?)+:")  # of RFC 822, to be accepted and ignored (RFC 5322 §4.4)
_LABEL = r"[^\s\x00-\x2d./:-@\[-^`{-\x7f](?:[^\s\x00-\x2c./:-@\[-^`{-\x7f]*[^\s\x00-\x2d./:-@\[-^`{-\x7f])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?\Z")
SHOWN = 60  # characters of a text that is told
LONGEST = 10_000  # characters of a field; a longer one is looked at no further


class AuthorFaultKind(StrEnum):
    MISSING = "missing"
    EMPTY = "empty"
    GROUP = "group"
    NO_ADDRESS = "no address"
    NO_DOMAIN = "no domain"
    SEVERAL_AT = "several @"
    LITERAL = "literal"


_WHY = {
    AuthorFaultKind.MISSING: "there is no From field, and a message has exactly one (RFC 5322 §3.6)",
    AuthorFaultKind.EMPTY: "the From field is empty",
    AuthorFaultKind.GROUP: "From has the group {}, which names no address (RFC 6854 §2.1)",
    AuthorFaultKind.NO_ADDRESS: "From has {}, which is not an address: an address is name@domain (RFC 5322 §3.4.1)",
    AuthorFaultKind.NO_DOMAIN: "From has {}, and what is behind the @ is not a domain (RFC 5322 §3.4.1)",
    AuthorFaultKind.SEVERAL_AT: "From has {}, which has more than one @: an address has one (RFC 5322 §3.4.1)",
    AuthorFaultKind.LITERAL: "From has {}, an IP address in the place of a domain, and DMARC needs a domain",
}


@dataclass(frozen=True, slots=True)
class AuthorFault:
    kind: AuthorFaultKind
    text: str = ""

    def __str__(self) -> str:
        shown = self.text if len(self.text) <= SHOWN else f"{self.text[: SHOWN - 1]}…"
        return _WHY[self.kind].format(f"`{shown}`")


@dataclass(frozen=True, slots=True)
class Authors:
    """`domains` in A-labels (RFC 9989 §5.3.1), each once; `fields` counts the From fields, `addresses` those with a domain."""

    domains: tuple[str, ...] = ()
    faults: tuple[AuthorFault, ...] = ()
    fields: int = 0
    addresses: int = 0


def read_authors(values: Sequence[str]) -> Authors:
    """Of the unfolded values of all From fields."""
    if not values:
        return Authors(faults=(AuthorFault(AuthorFaultKind.MISSING),))
    found = [each for value in values for each in _authors(_without_comments(value[:LONGEST]))]
    domains = [each for each in found if isinstance(each, str)]
    faults = tuple(each for each in found if isinstance(each, AuthorFault))
    return Authors(tuple(dict.fromkeys(domains)), faults, len(values), len(domains))


def _without_comments(text: str) -> str:
    """A comment counts as a blank, and may hold comments (RFC 5322 §3.2.2)."""
    kept, depth = [], 0
    for token in _TOKEN.findall(text):
        if token == "(":
            depth += 1
        elif token == ")" and depth:
            depth -= 1
            kept.append(" ")
        elif not depth:
            kept.append(token)
    return "".join(kept)


def _authors(text: str) -> Iterator[str | AuthorFault]:
    named = [part.strip() for part in _mailboxes(text) if part.strip(" \t\r\n\0")]
    if not named:
        yield AuthorFault(AuthorFaultKind.EMPTY)
    yield from map(_domain_of, named)


def _mailboxes(text: str) -> Iterator[str]:
    """The parts between commas; of a group, its members, or the group itself where it has none."""
    part, group = "", ""
    for piece in _PIECE.findall(text):
        if piece == ":" and "@" not in part:
            part, group = "", part.strip()
        elif piece == ";" and group:
            yield part if part.strip() else f"{group}:;"
            part, group = "", ""
        elif piece == ",":
            yield part
            part = ""
        else:
            part += piece
    yield f"{group}:;" if group and not part.strip() else part


def _domain_of(mailbox: str) -> str | AuthorFault:
    if mailbox.endswith(":;"):
        return AuthorFault(AuthorFaultKind.GROUP, mailbox)
    bare = _QUOTED.sub("", mailbox)
    angle = re.search(r"<([^<>]*)>\s*\Z", bare)
    if angle is None and ("<" in bare or ">" in bare):
        return AuthorFault(AuthorFaultKind.NO_ADDRESS, mailbox)
    address = (angle[1] if angle else bare).strip()
    address = _ROUTE.sub("", address) if address.startswith("@") else address
    local, at, domain = (part.strip() for part in address.partition("@"))
    if not at or not (local or '"' in mailbox):
        return AuthorFault(AuthorFaultKind.NO_ADDRESS, mailbox)
    if "@" in domain:
        return AuthorFault(AuthorFaultKind.SEVERAL_AT, mailbox)
    if domain.startswith("[") and domain.endswith("]"):
        return AuthorFault(AuthorFaultKind.LITERAL, mailbox)
    if not _DOMAIN.match(domain) or (not angle and re.search(r"\s", local)):
        kind = AuthorFaultKind.NO_DOMAIN if not _DOMAIN.match(domain) else AuthorFaultKind.NO_ADDRESS
        return AuthorFault(kind, mailbox)
    return a_labels(domain.lower().rstrip("."))
