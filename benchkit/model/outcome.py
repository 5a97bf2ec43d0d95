"""How one send ended. Every failure is a value of this kind; nothing is dropped. When one is tried again: model/retry.py.

`AMBIGUOUS` is the one that matters for "never lose a message": the connection broke, or the wait ran out, after the
content had left and before the reply came, so the message may or may not be there. `GARBLED` (a reply that breaks the
protocol) leaves the same doubt when it answers the content. After every other failure the server does not have the message.

An outcome can always be stored and shown: what it quotes of a server passes `printable`, here and nowhere else. `masked` hides
secrets; the virtual sender calls it for each of its outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

from benchkit.errors import BUG
from benchkit.model.envelope import recipients_hash
from benchkit.model.outside_text import printable
from benchkit.model.secret import SecretMask

_MAX_CODE = 999  # three digits: RFC 5321 §4.2, RFC 9110 §15
_MAX_ENHANCED = 16
_MAX_ID = 200


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


REFUSED = (OutcomeKind.DEFERRED, OutcomeKind.THROTTLED, OutcomeKind.REJECTED)  # answered, and not accepted
NO_ANSWER = (OutcomeKind.UNREACHABLE, OutcomeKind.TIMED_OUT, OutcomeKind.GARBLED)  # none, or none within the protocol


@dataclass(frozen=True, slots=True)
class Outcome:
    """`code` is the SMTP reply code or the HTTP status, 0 where no valid one came; `enhanced` is RFC 3463's, as 4.7.1.

    `refused` are the addresses of recipients that the server refused although it accepted the message for the others.
    `server_id` is the server's own id of the message, by which its log and its events name it. The rest are hints about its
    limits, -1 where it gave none: `retry_after_s` of RFC 9110 §10.2.3, the others of rate-limit header fields.
    """

    kind: OutcomeKind
    code: int = 0
    enhanced: str = ""
    text: str = ""
    refused: tuple[str, ...] = ()
    server_id: str = ""
    retry_after_s: int = -1
    rate_limit: int = -1
    rate_remaining: int = -1
    rate_reset_s: int = -1

    def __post_init__(self) -> None:
        if self.text:
            object.__setattr__(self, "text", printable(self.text))
        if self.enhanced:
            object.__setattr__(self, "enhanced", printable(self.enhanced, _MAX_ENHANCED))
        if self.server_id:
            object.__setattr__(self, "server_id", printable(self.server_id, _MAX_ID))
        if not 0 <= self.code <= _MAX_CODE:
            object.__setattr__(self, "code", 0)

    @property
    def refused_recipients(self) -> int:
        return len(self.refused)

    @property
    def refused_hash(self) -> int:
        return recipients_hash(self.refused) if self.refused else 0

    def masked(self, mask: SecretMask) -> Outcome:
        """The same without secrets that the server has repeated."""
        return replace(self, text=mask.hide(self.text)) if self.text else self


ACCEPTED = Outcome(OutcomeKind.ACCEPTED, 250)


def defect(error: Exception, *, content_may_have_left: bool) -> Outcome:
    """The outcome of a send in which benchkit, or a library that it uses, failed in a way that nothing foresees."""
    text = f"{BUG}: {type(error).__name__}: {error}"
    if content_may_have_left:
        return Outcome(OutcomeKind.AMBIGUOUS, text=f"in doubt, {text}")
    return Outcome(OutcomeKind.UNREACHABLE, text=text)
