"""SMTP replies as a client reads them (RFC 5321 §4.2): their meaning for a message, and EHLO's capabilities (§4.1.1.1).

Bytes come in, in any pieces; whole replies go out, in order. The parser is strict, because a guess could report "accepted"
wrongly: only CRLF ends a line, all lines of a reply have the same code, control characters and lines that are too long break
the protocol. After an invalid line a stream gives no more replies.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from benchkit.model.outcome import ACCEPTED, Outcome, OutcomeKind

MAX_LINE = 2_048  # RFC 5321 §4.5.3.1.5 says 512; providers write whole paragraphs
MAX_LINES = 256
_REMEMBERED = 64
_LINE = re.compile(rb"([2-5][0-5][0-9])(?:([ -])([\t\x20-\x7e\x80-\xff]*))?")
_ENHANCED = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})(?=\s|$)")
# A 4yz says "later"; only the words, or RFC 3463's 4.7.28-style policy codes that providers use, say "because of your rate".
_RATE_WORDS = re.compile(
    r"\brate\b|throttl|too (?:many (?!recipients)|fast|much)|limit|quota|slow down|try again after", re.IGNORECASE
)
# What a server calls the message that it took: Postfix and Haraka, Exim, SES, Microsoft 365
_QUEUED_AS = re.compile(
    r"\bqueued as (\S+)|\bid=(\S+)|^(?:2\.\d\.\d )?ok:? (\S{8,})|^(?:2\.\d\.\d )?<(\S+)> \[InternalId=", re.IGNORECASE
)
RECIPIENT_TAKEN = frozenset({250, 251, 252})  # of the replies to RCPT
_MAY_THROTTLE = frozenset({421, 450, 451, 452, 454})


class Garbled(ValueError):
    """The server's reply breaks the protocol."""


@dataclass(frozen=True, slots=True)
class Reply:
    code: int
    lines: tuple[str, ...] = ("",)

    @property
    def text(self) -> str:
        """All lines as one; an enhanced status code that every line repeats (RFC 2034 §4) appears once."""
        first, *others = self.lines
        status = enhanced_status(first)
        return " ".join([first, *(line.removeprefix(status).lstrip() for line in others)])

    @property
    def positive(self) -> bool:
        return 200 <= self.code < 300


ReplyCache = dict[bytes, tuple[Reply, ...]]


class ReplyStream:
    """Replies in the order of the commands; an invalid one is given in its place, as `Garbled`.

    Servers repeat the same replies: `cache` maps bytes that were read to parsed replies, and a client's connections can share
    it.
    """

    __slots__ = ("_cache", "_garbled", "_lines", "_partial", "_pending_code", "replies")

    def __init__(self, cache: ReplyCache | None = None) -> None:
        self.replies: deque[Reply] = deque()
        self._partial = b""
        self._lines: list[str] = []
        self._pending_code = 0
        self._garbled = ""  # why nothing more is understood
        self._cache: ReplyCache = {} if cache is None else cache

    @property
    def idle(self) -> bool:
        """Whether every byte read is consumed, even partial lines."""
        return not (self.replies or self._partial or self._lines or self._garbled)

    @property
    def broken(self) -> bool:
        """Whether no more replies will be understood and all earlier ones are taken."""
        return bool(self._garbled) and not self.replies

    @property
    def is_closing(self) -> bool:
        """Whether the next reply is a 421, which a server may send at any time (RFC 5321 §3.8)."""
        return bool(self.replies) and self.replies[0].code == 421

    def take(self, count: int) -> list[Reply] | None:
        """The next `count` replies; None until they are complete. Raises Garbled if they can never be."""
        replies = self.replies
        if len(replies) >= count:
            return [replies.popleft() for _ in range(count)]
        if self._garbled:
            raise Garbled(self._garbled)
        return None

    def feed(self, data: bytes) -> None:
        if self._partial or self._lines or self._garbled:
            self._read(data)
        elif cache := self._cache.get(data):
            self.replies.extend(cache)
        else:
            before = len(self.replies)
            self._read(data)
            whole = not (self._partial or self._lines or self._garbled)
            if whole and len(data) <= MAX_LINE and len(self._cache) < _REMEMBERED:
                self._cache[data] = tuple(self.replies)[before:]

    def _read(self, data: bytes) -> None:
        if self._garbled:
            return
        *lines, self._partial = (self._partial + data).split(b"\r\n")
        try:
            for line in lines:
                self._understand(line)
            if len(self._partial) > MAX_LINE + 1:  # the one more is the CR of its end
                raise _garbled("a reply line too long", self._partial)
        except Garbled as error:
            self._garbled = str(error)

    def _understand(self, line: bytes) -> None:
        match = _LINE.fullmatch(line)
        if match is None or len(line) > MAX_LINE:
            raise _garbled("not an SMTP reply", line)
        code, separator, text = int(match[1]), match[2], (match[3] or b"").decode("utf-8", "backslashreplace")
        if self._lines and code != self._pending_code:
            raise _garbled("a reply of two codes", line)
        self._pending_code = code
        self._lines.append(text)
        if separator == b"-":
            if len(self._lines) == MAX_LINES:
                raise _garbled("a reply without end", line)
            return
        self.replies.append(Reply(code, tuple(self._lines)))
        self._lines.clear()


def _garbled(what: str, line: bytes) -> Garbled:
    return Garbled(f"{what}: {line[:80].decode('ascii', 'backslashreplace')!r}")


def enhanced_status(text: str) -> str:
    """The enhanced status code at the start of a reply's text; empty if there is none."""
    match = _ENHANCED.match(text)
    return match.group(1) if match else ""


def queued_as(text: str) -> str:
    """The server's id of a message, from the reply that accepts it; empty if the reply has none."""
    match = _QUEUED_AS.search(text)
    return next(filter(None, match.groups())).strip("<>.,;") if match else ""


def outcome_of_reply(code: int, text: str) -> Outcome:
    """What the reply to the content means for the message: only 250 accepts it (RFC 5321 §4.3.2)."""
    if code != ACCEPTED.code:
        return outcome_of_refusal(code, text)
    return Outcome(OutcomeKind.ACCEPTED, code, server_id=queued_as(text))


def accepted_but_for(refused: Sequence[str], code: int, text: str, server_id: str = "") -> Outcome:
    """The outcome of a message accepted for some recipients only; `text` is the last refusal's."""
    return Outcome(OutcomeKind.ACCEPTED, code, text=text, refused=tuple(refused), server_id=server_id)


def outcome_of_refusal(code: int, text: str) -> Outcome:
    """What an unexpected reply to an earlier command means: never "accepted", whatever its code."""
    enhanced = enhanced_status(text)
    if code in _MAY_THROTTLE and _RATE_WORDS.search(text):
        return Outcome(OutcomeKind.THROTTLED, code, enhanced, text)
    if 400 <= code < 500:
        return Outcome(OutcomeKind.DEFERRED, code, enhanced, text)
    if 500 <= code < 600:
        return Outcome(OutcomeKind.REJECTED, code, enhanced, text)
    return Outcome(OutcomeKind.GARBLED, max(code, 0), enhanced, text)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Keywords in upper case, each with its parameters in upper case. `size_limit` 0: no limit is declared (RFC 1870 §4)."""

    offered: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    size_limit: int = 0

    def __contains__(self, keyword: str) -> bool:
        """`PIPELINING`, or `AUTH PLAIN` for a keyword with one of its parameters."""
        name, _, parameter = keyword.partition(" ")
        return name in self.offered and (not parameter or parameter in self.offered[name])

    def missing(self, needed: Iterable[str]) -> str:
        """The needed capabilities that the server does not offer, in words; empty if none is missing."""
        return ", ".join(keyword for keyword in needed if keyword not in self)

    def refusal(self, needed: Iterable[str], size: int) -> Outcome | None:
        """Why this server cannot take a message of this size with these needs; None if it can."""
        if missing := self.missing(needed):
            return unoffered(missing)
        if 0 < self.size_limit < size:
            text = f"the message has {size:,} bytes, and the server's SIZE is {self.size_limit:,}"
            return Outcome(OutcomeKind.REJECTED, text=text)
        return None


def unoffered(missing: str) -> Outcome:
    """The outcome if the server lacks what the arm or the message needs. It has no code: no server reply exists."""
    return Outcome(OutcomeKind.REJECTED, text=f"the server does not offer {missing}")


@lru_cache(64)  # a new connection to the same server hears the same
def capabilities_of(reply: Reply) -> Capabilities:
    """The capabilities in EHLO's reply; its first line is a greeting.

    Some servers still write `AUTH=PLAIN` for `AUTH PLAIN`.
    """
    offered: dict[str, tuple[str, ...]] = {}
    for line in reply.lines[1:]:
        keyword, *parameters = line.upper().replace("AUTH=", "AUTH ", 1).split() or [""]
        if keyword:
            offered[keyword] = (*offered.get(keyword, ()), *parameters)
    (limit,) = offered.get("SIZE", ())[:1] or ("",)
    return Capabilities(offered, int(limit) if limit.isdecimal() and limit.isascii() and len(limit) <= 20 else 0)
