"""Postmark: one flat event a POST; nothing is signed, HTTP Basic in the webhook's URL stands for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from benchkit.events.webhooks.payload import Values, at, document, event, iso, ms_of, objects, posted, text
from benchkit.events.webhooks.signatures import basic_fault, sign_basic, verify_basic
from benchkit.events.webhooks.webhook import Webhook
from benchkit.model.event import Bounce, Event, EventKind
from benchkit.model.exchange import Request

RECORDS = {
    "Delivery": EventKind.DELIVERED,
    "Bounce": EventKind.BOUNCED,
    "Open": EventKind.OPENED,
    "Click": EventKind.CLICKED,
    "SpamComplaint": EventKind.COMPLAINED,
    "SubscriptionChange": EventKind.UNSUBSCRIBED,
}
BOUNCES = {  # types of a Bounce that are something else ("Bounce webhook", list of types)
    "Transient": EventKind.DEFERRED,
    "DnsError": EventKind.DEFERRED,
    "SpamNotification": EventKind.COMPLAINED,
    "SpamComplaint": EventKind.COMPLAINED,
    "Unsubscribe": EventKind.UNSUBSCRIBED,
    "ManualSuppression": EventKind.UNSUBSCRIBED,
    "BadEmailAddress": EventKind.REJECTED,
    "Blocked": EventKind.REJECTED,
    "DMARCPolicy": EventKind.REJECTED,
    "ManuallyDeactivated": EventKind.REJECTED,
}
NO_EVENTS = ("Subscribe", "AutoResponder", "AddressChange", "OpenRelayTest", "ChallengeVerification")
TIMES = {
    "Delivery": "DeliveredAt",
    "Bounce": "BouncedAt",
    "SpamComplaint": "BouncedAt",
    "SubscriptionChange": "ChangedAt",
}


def parse(request: Request) -> Sequence[Event]:
    (values,) = objects(document(request))
    record = text(values, "RecordType")
    if record not in RECORDS:
        raise ValueError("no event of Postmark")
    if text(values, "Type") in NO_EVENTS or at(values, "SuppressSending") is False:
        return ()
    soft = text(values, "Type") == "SoftBounce"
    return (
        event(
            BOUNCES.get(text(values, "Type"), RECORDS[record]) if record == "Bounce" else RECORDS[record],
            "postmark",
            values,
            at_ms=ms_of(at(values, TIMES.get(record, "ReceivedAt"))),
            recipient=text(values, "Email") or text(values, "Recipient"),
            message_id=text(values, "MessageID"),
            event_id=text(values, "ID"),
            bounce=Bounce.SOFT if soft else Bounce.HARD,
            reason=text(values, "Details") or text(values, "Description"),
            agent=text(values, "UserAgent"),
            url=text(values, "OriginalLink"),
        ),
    )


def compose(events: Sequence[Event]) -> Iterator[Request]:
    """Postmark has no event for acceptance; a deferral is a Bounce of type Transient, a rejection one of type Blocked."""
    for each in events:
        if each.kind is not EventKind.ACCEPTED:
            yield posted(_values(each))


def _values(each: Event) -> Values:
    kinds = {EventKind.DEFERRED: "Transient", EventKind.REJECTED: "Blocked"}
    record = next((name for name, kind in RECORDS.items() if kind is each.kind), "Bounce")
    values: dict[str, Any] = {
        "RecordType": record,
        "MessageID": each.message_id,
        ("Email" if record in ("Bounce", "SpamComplaint") else "Recipient"): each.recipient,
        TIMES.get(record, "ReceivedAt"): iso(each.at_ms),
        "Metadata": {"benchkit": each.identity} if each.identity else {},
    }
    if record == "Bounce":
        soft = "SoftBounce" if each.bounce is Bounce.SOFT else "HardBounce"
        values |= {"Type": kinds.get(each.kind, soft), "ID": each.event_id}
    if record == "SubscriptionChange":
        values["SuppressSending"] = True
    optional = {"Details": each.reason, "UserAgent": each.agent, "OriginalLink": each.url}
    return values | {name: value for name, value in optional.items() if value}


WEBHOOK = Webhook(
    "postmark", "nothing; HTTP Basic (user:password)", parse, verify_basic, compose, sign_basic, basic_fault
)
