"""MailerSend: one event a POST; hex HMAC-SHA256 of the body in `Signature`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchkit.events.webhooks.payload import at, document, event, iso, ms_of, objects, posted, text
from benchkit.events.webhooks.signatures import hmac_sha256, require_equal, with_header
from benchkit.events.webhooks.webhook import Webhook, WebhookArrival
from benchkit.model.event import Bounce, Event, EventKind
from benchkit.model.exchange import Request

KINDS = {
    "sent": EventKind.ACCEPTED,
    "delivered": EventKind.DELIVERED,
    "deferred": EventKind.DEFERRED,
    "hard_bounced": EventKind.BOUNCED,
    "soft_bounced": EventKind.BOUNCED,
    "opened": EventKind.OPENED,
    "clicked": EventKind.CLICKED,
    "unsubscribed": EventKind.UNSUBSCRIBED,
    "spam_complaint": EventKind.COMPLAINED,
}
NAMES = {kind: name for name, kind in reversed(KINDS.items())}


def parse(request: Request) -> Sequence[Event]:
    (values,) = objects(document(request))
    data = at(values, "data")
    name = text(values, "type").removeprefix("activity.")
    if name in ("opened_unique", "clicked_unique"):
        return ()  # said once more, beside `opened` and `clicked`
    if name not in KINDS or not isinstance(data, dict):
        raise ValueError("no event of MailerSend")
    return (
        event(
            KINDS[name],
            "mailersend",
            values,
            at_ms=ms_of(at(values, "created_at") or at(data, "created_at")),
            recipient=text(data, "email", "recipient", "email"),
            message_id=text(data, "email", "message", "id"),
            event_id=text(data, "id"),
            bounce=Bounce.HARD if name == "hard_bounced" else Bounce.SOFT,
            reason=text(data, "morph", "readable_reason") or text(data, "morph", "reason"),
            agent=text(data, "morph", "user_agent"),
            url=text(data, "morph", "url"),
        ),
    )


def verify(request: Request, secret: str, arrival: WebhookArrival) -> None:
    del arrival
    require_equal(request.header("signature"), hmac_sha256(secret.encode(), request.body).hex())


def compose(events: Sequence[Event]) -> Iterator[Request]:
    """MailerSend refuses in its API's answer: there is no event for a rejection."""
    for each in events:
        if each.kind not in NAMES:
            continue
        hard = each.kind is EventKind.BOUNCED and each.bounce is Bounce.HARD
        name = "hard_bounced" if hard else "soft_bounced" if each.kind is EventKind.BOUNCED else NAMES[each.kind]
        details = {"readable_reason": each.reason, "user_agent": each.agent, "url": each.url}
        morph = {"object": "click" if each.url else "recipient_bounce"} | {
            key: value for key, value in details.items() if value
        }
        email = {"message": {"id": each.message_id}, "recipient": {"email": each.recipient}, "tags": [each.identity]}
        data = {"id": each.event_id, "type": name, "created_at": iso(each.at_ms), "email": email, "morph": morph}
        yield posted({"type": f"activity.{name}", "created_at": iso(each.at_ms), "data": data})


def sign(request: Request, secret: str, arrival: WebhookArrival) -> Request:
    del arrival
    return with_header(request, ("signature", hmac_sha256(secret.encode(), request.body).hex()))


WEBHOOK = Webhook("mailersend", "HMAC-SHA256 over the body", parse, verify, compose, sign)
