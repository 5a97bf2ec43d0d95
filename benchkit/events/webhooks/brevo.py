"""Brevo: one flat event a POST; nothing is signed, HTTP Basic or a token stands for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from benchkit.events.webhooks.payload import Values, at, document, event, ms_of, objects, posted, text
from benchkit.events.webhooks.signatures import basic_fault, sign_basic, verify_basic
from benchkit.events.webhooks.webhook import Webhook
from benchkit.model.event import Bounce, Event, EventKind
from benchkit.model.exchange import Request

KINDS = {
    "request": EventKind.ACCEPTED,
    "deferred": EventKind.DEFERRED,
    "delivered": EventKind.DELIVERED,
    "hard_bounce": EventKind.BOUNCED,
    "soft_bounce": EventKind.BOUNCED,
    "blocked": EventKind.REJECTED,
    "invalid_email": EventKind.REJECTED,
    "error": EventKind.REJECTED,
    "opened": EventKind.OPENED,
    "unique_opened": EventKind.OPENED,
    "proxy_open": EventKind.OPENED,
    "unique_proxy_open": EventKind.OPENED,
    "click": EventKind.CLICKED,
    "unsubscribe": EventKind.UNSUBSCRIBED,
    "unsubscribed": EventKind.UNSUBSCRIBED,
    "spam": EventKind.COMPLAINED,
    "complaint": EventKind.COMPLAINED,
}
NAMES = {kind: name for name, kind in reversed(KINDS.items())} | {EventKind.UNSUBSCRIBED: "unsubscribe"}


def parse(request: Request) -> Sequence[Event]:
    found = objects(document(request))
    if any(text(values, "event") not in KINDS for values in found):
        raise ValueError("no event of Brevo")
    return [_event(values) for values in found]


def _event(values: Values) -> Event:
    """`ts_epoch` alone is in UTC, in milliseconds; Brevo gives no id of an event."""
    name = text(values, "event")
    return event(
        KINDS[name],
        "brevo",
        values,
        at_ms=ms_of(at(values, "ts_epoch"), unit_ms=1),
        recipient=text(values, "email"),
        message_id=text(values, "message-id"),
        bounce=Bounce.HARD if name == "hard_bounce" else Bounce.SOFT,
        reason=text(values, "reason"),
        agent=text(values, "user_agent"),
        url=text(values, "link"),
        machine=True if "proxy" in name else None,
    )


def compose(events: Sequence[Event]) -> Iterator[Request]:
    for each in events:
        soft = each.kind is EventKind.BOUNCED and each.bounce is Bounce.SOFT
        values = {
            "event": "soft_bounce" if soft else NAMES[each.kind],
            "email": each.recipient,
            "message-id": f"<{each.message_id}>",
            "ts_epoch": each.at_ms,
        }
        custom = json.dumps({"benchkit": each.identity}) if each.identity else ""
        optional = {"reason": each.reason, "link": each.url, "X-Mailin-custom": custom, "user_agent": each.agent}
        yield posted(values | {name: value for name, value in optional.items() if value})


WEBHOOK = Webhook("brevo", "nothing; HTTP Basic (user:password)", parse, verify_basic, compose, sign_basic, basic_fault)
