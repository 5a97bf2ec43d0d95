"""SendGrid: a list of flat events; ECDSA over timestamp and body ("Event Webhook security features")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchkit.events.webhooks.payload import Values, at, document, event, ms_of, objects, posted, text
from benchkit.events.webhooks.signatures import ecdsa_key_fault, sign_ecdsa, verify_ecdsa, with_header
from benchkit.events.webhooks.webhook import Webhook, WebhookArrival
from benchkit.model.event import Bounce, Event, EventKind
from benchkit.model.exchange import Request

SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
KINDS = {
    "processed": EventKind.ACCEPTED,
    "deferred": EventKind.DEFERRED,
    "delivered": EventKind.DELIVERED,
    "bounce": EventKind.BOUNCED,
    "dropped": EventKind.REJECTED,
    "open": EventKind.OPENED,
    "click": EventKind.CLICKED,
    "unsubscribe": EventKind.UNSUBSCRIBED,
    "group_unsubscribe": EventKind.UNSUBSCRIBED,
    "spamreport": EventKind.COMPLAINED,
}
NAMES = {kind: name for name, kind in reversed(KINDS.items())}


def parse(request: Request) -> Sequence[Event]:
    """Events of other kinds (group_resubscribe) are left out."""
    return [found for each in objects(document(request)) if (found := _event(each)) is not None]


def _event(values: Values) -> Event | None:
    kind = KINDS.get(text(values, "event"))
    if kind is None:
        return None
    blocked = text(values, "type") == "blocked"  # refused for now, the address is not suppressed
    return event(
        kind,
        "sendgrid",
        values,
        at_ms=ms_of(at(values, "timestamp")),
        recipient=text(values, "email"),
        message_id=text(values, "sg_message_id").partition(".")[0],  # the id that the API answered with, and a suffix
        event_id=text(values, "sg_event_id"),
        bounce=Bounce.SOFT if blocked else Bounce.HARD,
        reason=text(values, "response") or text(values, "reason"),
        agent=text(values, "useragent"),
        url=text(values, "url"),
        machine=True if at(values, "sg_machine_open") is True else None,
    )


def verify(request: Request, secret: str, arrival: WebhookArrival) -> None:
    del arrival
    verify_ecdsa(secret, request.header(SIGNATURE), request.header(TIMESTAMP).encode() + request.body)


def compose(events: Sequence[Event]) -> Iterator[Request]:
    yield posted([_values(each) for each in events])


def _values(each: Event) -> Values:
    values = {
        "event": NAMES[each.kind],
        "email": each.recipient,
        "timestamp": each.at_ms // 1_000,
        "sg_event_id": each.event_id,
        "sg_message_id": f"{each.message_id}.filter0001.1.0",
    }
    optional = {
        "benchkit": each.identity,
        "type": "blocked" if each.bounce is Bounce.SOFT else "",
        ("reason" if each.kind is EventKind.BOUNCED else "response"): each.reason,
        "useragent": each.agent,
        "url": each.url,
    }
    return values | {name: value for name, value in optional.items() if value}


def sign(request: Request, secret: str, arrival: WebhookArrival) -> Request:
    signature = sign_ecdsa(secret, str(arrival.now_s).encode() + request.body)
    return with_header(request, (SIGNATURE, signature), (TIMESTAMP, str(arrival.now_s)))


WEBHOOK = Webhook("sendgrid", "ECDSA P-256 over timestamp and body", parse, verify, compose, sign, ecdsa_key_fault)
