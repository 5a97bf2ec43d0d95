"""Fates: their shares, the same for the same seed, by recipient; and each provider's posts, verified as a receiver does."""

from __future__ import annotations

from collections import Counter

import pytest

from benchkit.events.webhooks import WEBHOOKS
from benchkit.events.webhooks.webhook import WebhookArrival
from benchkit.events.webhooks.webhook_keys import new_keys
from benchkit.model.event import Bounce, Event, EventKind
from benchkit.model.exchange import Received
from benchkit.model.message import Address, Content
from benchkit.model.scenario import Delay, Fate
from benchkit.sink.fates import AcceptedMail, delivered_part, events_of
from benchkit.sink.webhook_posts import Disorder, requests_of

K = EventKind
MANY = 4_000
ALL = Fate(
    bounced=0.05, soft_bounced=0.03, rejected=0.02, deferred=0.1, opened=0.3, opened_by_programs=0.5, clicked=0.1,
    complained=0.01, unsubscribed=0.02, delay=Delay("constant", 700),
)  # fmt: skip


def mail(send: int, recipient: str = "b@x.example") -> AcceptedMail:
    return AcceptedMail(send, f"bk0123abcd-{send:010}", f"id-{send}", recipient, 1_700_000_000_000)


def received(recipients: tuple[str, ...]) -> Received:
    return Received(Content("Hello", Address("", "a@shop.example"), ()), recipients)


def drawn(fate: Fate, seed: int = 1, source: str = "mailgun") -> list[Event]:
    return [event for send in range(MANY) for event in events_of(mail(send), [fate], source, seed)]


def test_shares_are_as_asked() -> None:
    found = drawn(ALL)
    kinds = Counter(event.kind for event in found)
    bounces = Counter(event.bounce for event in found if event.kind is K.BOUNCED)
    machines = Counter("GoogleImageProxy" in event.agent for event in found if event.kind is K.OPENED)
    by_name = {
        "bounced": (bounces[Bounce.HARD], 0.05 * MANY),
        "soft": (bounces[Bounce.SOFT], 0.03 * MANY),
        "rejected": (kinds[K.REJECTED], 0.02 * MANY),
        "delivered": (kinds[K.DELIVERED], 0.90 * MANY),
        "deferred": (kinds[K.DEFERRED], 0.09 * MANY),
        "opened": (machines[False], 0.27 * MANY),
        "by programs": (machines[True], 0.45 * MANY),
        "clicked": (kinds[K.CLICKED], 0.09 * MANY),
        "unsubscribed": (kinds[K.UNSUBSCRIBED], 0.018 * MANY),
        "complained": (kinds[K.COMPLAINED], 0.009 * MANY),
    }
    assert kinds[K.ACCEPTED] == MANY
    assert {
        name: count for name, (count, expected) in by_name.items() if abs(count - expected) > 4 * expected**0.5
    } == {}


def test_the_same_seed_draws_the_same_whatever_else_is_drawn() -> None:
    whole = drawn(ALL)
    assert list(events_of(mail(17), [ALL], "mailgun", 1)) == [event for event in whole if event.message_id == "id-17"]
    assert drawn(ALL, seed=2) != whole


def test_nothing_happens_before_what_leads_to_it() -> None:
    for send in range(300):
        events = list(events_of(mail(send), [ALL], "mailgun", 1))
        assert [event.at_ms for event in events] == sorted(event.at_ms for event in events)
        assert len({event.event_id for event in events}) == len(events)


@pytest.mark.parametrize(
    ("recipient", "kinds"),
    [("a@full.example", [K.ACCEPTED, K.BOUNCED]), ("A@FULL.example", [K.ACCEPTED, K.BOUNCED]), ("a@other.example", [])],
)
def test_the_first_fate_that_fits_counts(recipient: str, kinds: list[EventKind]) -> None:
    fates = [Fate("*@full.example", bounced=1.0), Fate("*@full.example")]
    assert [event.kind for event in events_of(mail(1, recipient), fates, "mailgun", 1)] == kinds


@pytest.mark.parametrize("name", WEBHOOKS.names())
def test_posts_are_signed_as_the_provider_signs(name: str) -> None:
    keys, url = new_keys(name), "https://hooks.example"
    events = [event for send in range(20) for event in events_of(mail(send), [ALL], name, 1)]
    found: Counter[EventKind] = Counter()
    for request in requests_of(name, events, keys, Disorder(), 1_700_000_000, url):
        WEBHOOKS[name].verify(request, keys.verifying, WebhookArrival(url, 1_700_000_000))
        found.update(event.kind for event in WEBHOOKS[name].parse(request))
    assert found[K.DELIVERED] == sum(event.kind is K.DELIVERED for event in events)


def test_disorder() -> None:
    events = [event for send in range(500) for event in events_of(mail(send), [Fate()], "sendgrid", 1)]
    keys = new_keys("sendgrid")
    requests = list(requests_of("sendgrid", events, keys, Disorder(0.5, shuffled=True, seed=3), 1, ""))
    ids = [event.event_id for request in requests for event in WEBHOOKS["sendgrid"].parse(request)]
    assert 1_400 < len(ids) < 1_600
    assert set(ids) == {event.event_id for event in events}
    assert ids != sorted(ids)


def test_keys_are_not_shown() -> None:
    keys = new_keys("mailgun")
    assert keys.signing not in repr(keys)


def test_what_is_sent_on_is_what_the_events_call_delivered() -> None:
    """Of each recipient by the same draw: a mail that bounced must not lie in a mailbox."""
    fates = [Fate(recipients="*@strict.example", bounced=0.5), Fate(rejected=0.1)]
    recipients = ("a@x.example", "b@strict.example")
    for send in range(300):
        sent_on = delivered_part(received(recipients), fates, send, 1).recipients
        messages = {
            event.recipient
            for recipient in recipients
            for event in events_of(mail(send, recipient), fates, "mailgun", 1)
            if event.kind is K.DELIVERED
        }
        assert set(sent_on) == messages
    assert delivered_part(received(recipients), [], 1, 1).recipients == recipients
