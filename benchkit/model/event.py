"""What becomes of a message after a server has accepted it: one vocabulary for webhooks, bounces and complaints.

`accepted` by the provider or the next server is not `delivered` to the recipient's server, and delivered is not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EventKind(StrEnum):
    """In the order in which they can follow one another."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    REJECTED = "rejected"  # by the provider itself: it did not try
    OPENED = "opened"
    CLICKED = "clicked"
    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"


class Bounce(StrEnum):
    HARD = "hard"  # the address will never take mail
    SOFT = "soft"  # given up after failures that might have passed
    NONE = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One fact about one recipient's copy. `at_ms` is the event's own time, Unix milliseconds; 0 where it does not say.

    `source` is the provider's name, `dsn`, `arf` or `mdn`. `message_id` is the id that the provider gave when it accepted the
    message (for mail, the Message-ID); `identity` is benchkit's own, where it came back. `event_id` is empty where there is
    none.
    `machine` None: nothing tells whether a person or a program opened or clicked.
    """

    kind: EventKind
    source: str
    at_ms: int = 0
    recipient: str = ""
    message_id: str = ""
    identity: str = ""
    event_id: str = ""
    bounce: Bounce = Bounce.NONE
    code: int = 0  # SMTP reply code of the receiver
    enhanced: str = ""  # RFC 3463
    reason: str = ""
    agent: str = ""
    url: str = ""
    machine: bool | None = None
