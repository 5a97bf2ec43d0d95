"""How one send ended. Every failure is a value of this kind; nothing is dropped and nothing is retried.

`AMBIGUOUS` is the one that matters for "never lose a message": the connection broke, or the wait ran out, after the
content had left and before the reply came, so the message may or may not be there. `GARBLED` (a reply that breaks the
protocol) leaves the same doubt when it answers the content. In every other failure the server has no message of ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class OutcomeKind(IntEnum):
    """Codes as stored; the names in lower case are those of the reports."""

    ACCEPTED = 0
    DEFERRED = 1  # 4yz (RFC 5321 §4.2.1), HTTP 5xx and 408: may be tried again
    REJECTED = 2  # 5yz, HTTP 4xx: final
    THROTTLED = 3  # 421/450/451/452/454 that names a rate, HTTP 429 and 420
    UNREACHABLE = 4  # no connection, or it broke before the content had left
    TIMED_OUT = 5  # no answer in time, before the content had left
    GARBLED = 6  # an answer outside the protocol
    AMBIGUOUS = 7  # broken or silent after the content had left and before the reply

    @property
    def label(self) -> str:
        return self.name.lower()

    @property
    def may_have_arrived(self) -> bool:
        """Whether the sender cannot know that the server has not got it."""
        return self in (OutcomeKind.ACCEPTED, OutcomeKind.AMBIGUOUS, OutcomeKind.GARBLED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`code` is the SMTP reply code or the HTTP status, 0 where no reply came; `enhanced` is RFC 3463's, as 4.7.1."""

    kind: OutcomeKind
    code: int = 0
    enhanced: str = ""
    text: str = ""
    refused_recipients: int = 0


ACCEPTED = Outcome(OutcomeKind.ACCEPTED, 250)
