"""Mailtrap: a list of events in `events`; hex HMAC-SHA256 of the body."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchkit.events.webhooks.payload import Values, at, document, event, ms_of, objects, posted, text
from benchkit.events.webhooks.signatures import hmac_sha256, require_equal, with_header
from benchkit.events.webhooks.webhook import Webhook, WebhookArrival
from benchkit.model.event import Bounce, Event, EventKind
from benchkit.model.exchange import Request

SIGNATURE = "mailtrap-signature"
KINDS = {
    "delivery": EventKind.DELIVERED,
    "soft bounce": EventKind.DEFERRED,  # tried again
    "suspension": EventKind.DEFERRED,
    "bounce": EventKind.BOUNCED,
    "reject": EventKind.REJECTED,
    "open": EventKind.OPENED,
    "click": EventKind.CLICKED,
    "unsubscribe": EventKind.UNSUBSCRIBED,
    "spam": EventKind.COMPLAINED,
}
NAMES = {kind: name for name, kind in reversed(KINDS.items())}


def parse(request: Request) -> Sequence[Event]:
    """An event by itself is read too, as in the shared vector of Mailtrap's own libraries."""
    whole = document(request)
    found = objects(whole["events"] if isinstance(whole, dict) and "events" in whole else whole)
    if any(text(values, "event") not in KINDS for values in found):
        raise ValueError("no event of Mailtrap")
    return [_event(values) for values in found]


def _event(values: Values) -> Event:
    code = text(values, "response_code")
    return event(
        KINDS[text(values, "event")],
        "mailtrap",
        values,
        at_ms=ms_of(at(values, "timestamp")),
        recipient=text(values, "email"),
        message_id=text(values, "message_id"),
        event_id=text(values, "event_id"),
        uncoded=Bounce.HARD,
        reason=text(values, "response") or text(values, "reason"),
        code=int(code) if code.isdigit() and len(code) == 3 else 0,
        agent=text(values, "user_agent"),
        url=text(values, "url"),
    )


def verify(request: Request, secret: str, arrival: WebhookArrival) -> None:
    del arrival
    require_equal(request.header(SIGNATURE), hmac_sha256(secret.encode(), request.body).hex())


def compose(events: Sequence[Event]) -> Iterator[Request]:
    """Mailtrap has no event for acceptance."""
    listed = [_values(each) for each in events if each.kind in NAMES]
    if listed:
        yield posted({"events": listed})


def _values(each: Event) -> Values:
    values = {
        "event": "soft bounce" if each.kind is EventKind.DEFERRED else NAMES[each.kind],
        "email": each.recipient,
        "message_id": each.message_id,
        "event_id": each.event_id,
        "timestamp": each.at_ms // 1_000,
        "custom_variables": {"benchkit": each.identity} if each.identity else {},
    }
    optional = {"response": each.reason, "response_code": each.code, "user_agent": each.agent, "url": each.url}
    return values | {name: value for name, value in optional.items() if value}


def sign(request: Request, secret: str, arrival: WebhookArrival) -> Request:
    del arrival
    return with_header(request, (SIGNATURE, hmac_sha256(secret.encode(), request.body).hex()))


WEBHOOK = Webhook("mailtrap", "HMAC-SHA256 over the body", parse, verify, compose, sign)
