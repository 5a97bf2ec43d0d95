"""The fate of accepted mail, drawn from an arm's fates: the events that a provider would report, with their times.

Law: the same seed draws the same fate for the same send, whatever else is drawn.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from benchkit.model.event import Bounce, Event, EventKind
from benchkit.model.exchange import Received
from benchkit.model.scenario import Delay, Fate
from benchkit.sink.faults import drawn_s

PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"
PROXY = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
RETRY_MS = 60_000.0
READING = Delay("exponential", 600_000.0)  # from delivered to opened, and on to the next


@dataclass(frozen=True, slots=True)
class AcceptedMail:
    """`message_id` is the id that the server answered with."""

    send: int
    identity: str
    message_id: str
    recipient: str
    accepted_ms: int


def events_of(mail: AcceptedMail, fates: Sequence[Fate], source: str, seed: int) -> Iterator[Event]:
    """In the order in which they happen; none where no fate is for this recipient."""
    fate = next((each for each in fates if fnmatchcase(mail.recipient.lower(), each.recipients.lower())), None)
    if fate is None:
        return
    draw = random.Random(f"fate/{seed}/{mail.send}")
    base = Event(EventKind.ACCEPTED, source, mail.accepted_ms, mail.recipient, mail.message_id, mail.identity)
    events = [
        base,
        *_events(fate, replace(base, at_ms=mail.accepted_ms + round(drawn_s(fate.delay, draw) * 1_000)), draw),
    ]
    for number, event in enumerate(events):
        yield replace(event, event_id=f"{mail.identity or mail.message_id}-{number}")


def delivered_part(mail: Received, fates: Sequence[Fate], send: int, seed: int) -> Received:
    """The mail for those recipients that the same draw lets it reach; without fates for all."""
    if not fates:
        return mail

    def is_delivered(recipient: str) -> bool:
        events = events_of(AcceptedMail(send, "", "", recipient, 0), fates, "", seed)
        return any(event.kind is EventKind.DELIVERED for event in events)

    return replace(mail, recipients=tuple(filter(is_delivered, mail.recipients)))


def _events(fate: Fate, base: Event, draw: random.Random) -> Iterator[Event]:
    place = draw.random()
    ends = (
        (fate.bounced, EventKind.BOUNCED, Bounce.HARD, "550 5.1.1 no such user"),
        (fate.soft_bounced, EventKind.BOUNCED, Bounce.SOFT, "452 4.2.2 mailbox full"),
        (fate.rejected, EventKind.REJECTED, Bounce.NONE, "suppressed: bounced before"),
    )
    for share, kind, bounce, reason in ends:
        if place < share:
            yield replace(base, kind=kind, bounce=bounce, reason=reason)
            return
        place -= share
    at_ms = base.at_ms
    if draw.random() < fate.deferred:
        yield replace(base, kind=EventKind.DEFERRED, reason="451 4.7.1 greylisted, try again later")
        at_ms += round(RETRY_MS)
    yield replace(base, kind=EventKind.DELIVERED, at_ms=at_ms)
    yield from _read(fate, replace(base, at_ms=at_ms), draw)


def _read(fate: Fate, base: Event, draw: random.Random) -> Iterator[Event]:
    """What a recipient, or a program, does with mail that was delivered."""
    steps = (
        (fate.opened_by_programs, EventKind.OPENED, PROXY),
        (fate.opened, EventKind.OPENED, PERSON),
        (fate.clicked, EventKind.CLICKED, PERSON),
        (fate.unsubscribed, EventKind.UNSUBSCRIBED, ""),
        (fate.complained, EventKind.COMPLAINED, ""),
    )
    at_ms = base.at_ms
    for share, kind, agent in steps:
        if draw.random() < share:
            at_ms += 1_000 if agent == PROXY else round(drawn_s(READING, draw) * 1_000)
            url = "https://shop.example/" if kind is EventKind.CLICKED else ""
            yield replace(base, kind=kind, at_ms=at_ms, agent=agent, url=url)
