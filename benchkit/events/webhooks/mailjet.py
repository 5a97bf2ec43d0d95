"""Mailjet: one event or a list of them ("group events"); nothing is signed, HTTP Basic in the webhook's URL stands for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from benchkit.events.webhooks.payload import Values, at, document, event, ms_of, objects, posted, text
from benchkit.events.webhooks.signatures import basic_fault, sign_basic, verify_basic
from benchkit.events.webhooks.webhook import Webhook
from benchkit.model.event import Bounce, Event, EventKind
from benchkit.model.exchange import Request

KINDS = {
    "sent": EventKind.DELIVERED,  # "the recipient's server has accepted it"
    "bounce": EventKind.BOUNCED,
    "blocked": EventKind.REJECTED,
    "open": EventKind.OPENED,
    "click": EventKind.CLICKED,
    "unsub": EventKind.UNSUBSCRIBED,
    "spam": EventKind.COMPLAINED,
}
NAMES = {kind: name for name, kind in KINDS.items()} | {EventKind.DEFERRED: "bounce"}


def parse(request: Request) -> Sequence[Event]:
    found = objects(document(request))
    if any(text(values, "event") not in KINDS for values in found):
        raise ValueError("no event of Mailjet")
    return [_event(values) for values in found]


def _event(values: Values) -> Event:
    hard = at(values, "hard_bounce") is True
    greylisted = text(values, "error") == "greylisted" and not hard  # tried again
    return event(
        EventKind.DEFERRED if greylisted else KINDS[text(values, "event")],
        "mailjet",
        values,
        at_ms=ms_of(at(values, "time")),
        recipient=text(values, "email"),
        message_id=text(values, "MessageID"),
        event_id=text(values, "Message_GUID")
        and f"{text(values, 'Message_GUID')}-{text(values, 'event')}-{text(values, 'time')}",
        bounce=Bounce.HARD if hard else Bounce.SOFT,
        reason=text(values, "smtp_reply") or text(values, "comment") or text(values, "error"),
        agent=text(values, "agent"),
        url=text(values, "url"),
    )


def compose(events: Sequence[Event]) -> Iterator[Request]:
    """Mailjet has no event for acceptance."""
    listed = [_values(each) for each in events if each.kind in NAMES]
    if listed:
        yield posted(listed if len(listed) > 1 else listed[0])


def _values(each: Event) -> Values:
    values: dict[str, Any] = {
        "event": NAMES[each.kind],
        "time": each.at_ms // 1_000,
        "MessageID": int(each.message_id) if each.message_id.isdigit() else each.message_id,
        "Message_GUID": each.event_id,
        "email": each.recipient,
        "CustomID": each.identity,
        "Payload": "",
    }
    if each.kind is EventKind.BOUNCED:
        values |= {"hard_bounce": each.bounce is Bounce.HARD, "error": "user unknown"}
    if each.kind is EventKind.DEFERRED:
        values |= {"hard_bounce": False, "error": "greylisted"}
    if each.kind is EventKind.REJECTED:
        values["error"] = "preblocked"
    optional = {"smtp_reply": each.reason, "agent": each.agent, "url": each.url}
    return values | {name: value for name, value in optional.items() if value}


WEBHOOK = Webhook(
    "mailjet", "nothing; HTTP Basic (user:password)", parse, verify_basic, compose, sign_basic, basic_fault
)
