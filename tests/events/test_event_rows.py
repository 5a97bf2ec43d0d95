"""10,000 events late, twice, shuffled and split give the same table; events are joined by identity, id, or id and recipient."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from benchkit.events.event_rows import KnownSends, Row, merged
from benchkit.events.webhooks import WEBHOOKS
from benchkit.model.envelope import address_hash
from benchkit.model.event import Event, EventKind
from benchkit.model.identity import token_of

TOKEN = "0123abcd"
SENDS = 2_500
KNOWN = KnownSends(
    TOKEN,
    {send: send % 2 for send in range(SENDS)},
    {f"id-{send}": [send] for send in range(SENDS)} | {"batch": [1, 2, 3]},
    {send: address_hash(f"r{send}@there.example") for send in range(SENDS)},
    {send: 1_000_000 + send for send in range(SENDS)},
)
KINDS = (EventKind.ACCEPTED, EventKind.DELIVERED, EventKind.OPENED, EventKind.CLICKED)


def event(send: int, kind: EventKind = EventKind.DELIVERED, **changed: object) -> Event:
    base = Event(
        kind,
        "sendgrid",
        at_ms=1_000_500 + send,
        recipient=f"r{send}@there.example",
        message_id=f"id-{send}",
        identity=token_of(TOKEN, send).decode(),
        event_id=f"e-{send}-{kind}",
    )
    return replace(base, **changed)  # type: ignore[arg-type]


def table(received: list[tuple[int, Event]], before: list[Row] | None = None) -> list[Row]:
    """Without what an arrival may change: when it first came, and how often."""
    return [{**row, "received_ms": 0, "times": 0} for row in merged(KNOWN, received, before or [])]


@pytest.mark.parametrize("seed", range(3))
def test_late_twice_shuffled_and_split_events_give_the_same_table(seed: int) -> None:
    events = [event(send, kind) for send in range(SENDS) for kind in KINDS]
    expected = table([(0, each) for each in events])
    assert len(expected) == 10_000
    draw = random.Random(seed)
    arriving = [*events, *draw.sample(events, 6_000)]
    draw.shuffle(arriving)
    rows: list[Row] = []
    for first in range(0, len(arriving), 700):  # collected now and then, as the receiver is looked at
        rows = merged(KNOWN, [(first, each) for each in arriving[first : first + 700]], rows)
    assert [{**row, "received_ms": 0, "times": 0} for row in rows] == expected
    assert sum(row["times"] for row in rows) == 16_000


def test_events_posted_by_a_provider_are_joined() -> None:
    """Through the whole shape of a webhook, split over POSTs of 100."""
    events = [event(send) for send in range(1_000)]
    webhook = WEBHOOKS["sendgrid"]
    posts = [request for first in range(0, 1_000, 100) for request in webhook.compose(events[first : first + 100])]
    received = [(0, each) for request in posts for each in webhook.parse(request)]
    assert [row["send"] for row in merged(KNOWN, received)] == list(range(1_000))


@pytest.mark.parametrize(
    ("changed", "send"),
    [
        ({}, 7),
        ({"identity": ""}, 7),
        ({"message_id": "other"}, 7),
        ({"identity": "", "message_id": "other"}, -1),
        ({"identity": "bk99999999-0000000007"}, -1),  # of another run
        ({"identity": token_of(TOKEN, 999_999).decode()}, -1),
        ({"identity": "", "message_id": "batch", "recipient": "r2@there.example"}, 2),
        ({"identity": "", "message_id": "batch", "recipient": "x@there.example"}, -1),
        ({"identity": "", "message_id": "batch", "recipient": ""}, -1),
        ({"identity": "", "message_id": ""}, -1),
    ],
)
def test_join(changed: dict[str, object], send: int) -> None:
    (row,) = merged(KNOWN, [(5, replace(event(7), **changed))])  # type: ignore[arg-type]
    assert (row["send"], row["arm"]) == (send, send % 2 if send >= 0 else -1)


def test_no_address_is_stored() -> None:
    (row,) = merged(
        KNOWN, [(5, event(7, EventKind.BOUNCED, reason="550 5.1.1 <r7@there.example>: r7@there.example is unknown"))]
    )
    assert "r7@" not in str(row)
    assert row["reason"] == "550 5.1.1 <address>: <address> is unknown"
    assert (row["recipient_domain"], row["recipient_hash"]) == ("there.example", address_hash("r7@there.example"))


@pytest.mark.parametrize(("at_ms", "after_ms"), [(1_000_507, 500), (1_000_000, 0), (0, -1)])
def test_time_since_acceptance(at_ms: int, after_ms: int) -> None:
    (row,) = merged(KNOWN, [(5, event(7, at_ms=at_ms))])
    assert row["after_ms"] == after_ms


def test_events_without_an_id_are_told_apart_by_what_they_say() -> None:
    same = event(7, event_id="")
    rows = merged(
        KNOWN, [(1, same), (2, same), (3, replace(same, at_ms=2_000_000)), (4, replace(same, kind=EventKind.OPENED))]
    )
    assert sorted(row["times"] for row in rows) == [1, 1, 2]
