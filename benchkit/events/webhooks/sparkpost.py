"""SparkPost: a list of events, each in `msys` under its class; nothing is signed, HTTP Basic stands for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchkit.events.webhooks.payload import Values, at, document, event, ms_of, objects, posted, text
from benchkit.events.webhooks.signatures import basic_fault, sign_basic, verify_basic
from benchkit.events.webhooks.webhook import Webhook
from benchkit.model.event import Bounce, Event, EventKind
from benchkit.model.exchange import Request

KINDS = {
    "injection": EventKind.ACCEPTED,
    "delay": EventKind.DEFERRED,
    "delivery": EventKind.DELIVERED,
    "bounce": EventKind.BOUNCED,
    "out_of_band": EventKind.BOUNCED,
    "policy_rejection": EventKind.REJECTED,
    "generation_failure": EventKind.REJECTED,
    "generation_rejection": EventKind.REJECTED,
    "open": EventKind.OPENED,
    "initial_open": EventKind.OPENED,
    "click": EventKind.CLICKED,
    "list_unsubscribe": EventKind.UNSUBSCRIBED,
    "link_unsubscribe": EventKind.UNSUBSCRIBED,
    "spam_complaint": EventKind.COMPLAINED,
}
NAMES = {kind: name for name, kind in reversed(KINDS.items())}
CLASSES = {
    EventKind.OPENED: "track_event",
    EventKind.CLICKED: "track_event",
    EventKind.UNSUBSCRIBED: "unsubscribe_event",
    EventKind.REJECTED: "gen_event",
}
HARD = {"10", "30", "90"}  # invalid recipient, generic with no RCPT, unsubscribe ("Bounce classification codes")


def parse(request: Request) -> Sequence[Event]:
    """A ping has an empty `msys`."""
    found = []
    for wrapped in objects(document(request)):
        inner = at(wrapped, "msys")
        if not isinstance(inner, dict):
            raise ValueError("no event of SparkPost")
        found += [
            _event(values) for values in inner.values() if isinstance(values, dict) and text(values, "type") in KINDS
        ]
    return found


def _event(values: Values) -> Event:
    return event(
        KINDS[text(values, "type")],
        "sparkpost",
        values,
        at_ms=ms_of(at(values, "timestamp")),
        recipient=text(values, "raw_rcpt_to") or text(values, "rcpt_to"),
        message_id=text(values, "transmission_id"),
        event_id=text(values, "event_id"),
        bounce=Bounce.HARD if text(values, "bounce_class") in HARD else Bounce.SOFT,
        reason=text(values, "raw_reason") or text(values, "reason"),
        agent=text(values, "user_agent"),
        url=text(values, "target_link_url"),
        machine=True if at(values, "user_agent_parsed", "is_prefetched") is True else None,
    )


def compose(events: Sequence[Event]) -> Iterator[Request]:
    yield posted([{"msys": {CLASSES.get(each.kind, "message_event"): _values(each)}} for each in events])


def _values(each: Event) -> Values:
    values = {
        "type": "policy_rejection" if each.kind is EventKind.REJECTED else NAMES[each.kind],
        "timestamp": str(each.at_ms // 1_000),
        "event_id": each.event_id,
        "transmission_id": each.message_id,
        "rcpt_to": each.recipient.lower(),
        "raw_rcpt_to": each.recipient,
        "rcpt_meta": {"benchkit": each.identity} if each.identity else {},
    }
    if each.kind is EventKind.BOUNCED:
        values["bounce_class"] = "10" if each.bounce is Bounce.HARD else "22"
    optional = {"raw_reason": each.reason, "user_agent": each.agent, "target_link_url": each.url}
    return values | {name: value for name, value in optional.items() if value}


WEBHOOK = Webhook(
    "sparkpost", "nothing; HTTP Basic (user:password)", parse, verify_basic, compose, sign_basic, basic_fault
)
