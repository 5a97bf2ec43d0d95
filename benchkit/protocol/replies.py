"""SMTP replies as outcomes (RFC 5321 §4.2, enhanced status codes of RFC 3463)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from benchkit.model.outcome import ACCEPTED, Outcome, OutcomeKind

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


def enhanced_status(text: str) -> str:
    """The enhanced status code that a reply's text begins with, empty where there is none."""
    match = _ENHANCED.match(text)
    return match.group(1) if match else ""


def queued_as(text: str) -> str:
    """The server's id of a message, of the reply that accepts it; empty where the reply names none."""
    match = _QUEUED_AS.search(text)
    return next(filter(None, match.groups())).strip("<>.,;") if match else ""


def outcome_of_reply(code: int, text: str) -> Outcome:
    """What the reply to the content means for the message: only 250 accepts it (RFC 5321 §4.3.2)."""
    if code != ACCEPTED.code:
        return outcome_of_refusal(code, text)
    return Outcome(OutcomeKind.ACCEPTED, code, server_id=queued_as(text))


def accepted_but_for(refused: Sequence[str], code: int, text: str, server_id: str = "") -> Outcome:
    """A message that the server took for its other recipients; `text` is the last refusal's."""
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
