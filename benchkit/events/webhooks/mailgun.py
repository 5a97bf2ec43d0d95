"""Mailgun: one event a POST; the signature covers a timestamp and a token, not the body ("Securing webhooks")."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from benchkit.events.webhooks.payload import Values, at, document, event, ms_of, objects, posted, text
from benchkit.events.webhooks.signatures import hmac_sha256, require_equal
from benchkit.events.webhooks.webhook import Unverified, Webhook, WebhookArrival
from benchkit.model.event import Bounce, Event, EventKind
from benchkit.model.exchange import Request

KINDS = {
    "accepted": EventKind.ACCEPTED,
    "delivered": EventKind.DELIVERED,
    "failed": EventKind.BOUNCED,
    "rejected": EventKind.REJECTED,
    "opened": EventKind.OPENED,
    "clicked": EventKind.CLICKED,
    "unsubscribed": EventKind.UNSUBSCRIBED,
    "complained": EventKind.COMPLAINED,
}
NAMES = {kind: name for name, kind in KINDS.items()} | {EventKind.DEFERRED: "failed"}


def parse(request: Request) -> Sequence[Event]:
    (whole,) = objects(document(request))
    data = at(whole, "event-data")
    kind = KINDS.get(text(data, "event")) if isinstance(data, dict) else None
    if kind is None or not isinstance(data, dict):
        raise ValueError("no event of Mailgun")
    temporary = text(data, "severity") == "temporary"
    return (
        event(
            EventKind.DEFERRED if kind is EventKind.BOUNCED and temporary else kind,
            "mailgun",
            data,
            at_ms=ms_of(at(data, "timestamp")),
            recipient=text(data, "recipient"),
            message_id=text(data, "message", "headers", "message-id"),
            event_id=text(data, "id"),
            uncoded=Bounce.HARD,  # severity "permanent" also says that Mailgun gave up after 4yz replies
            reason=_reason(data),
            code=_code(data),
            agent=text(data, "client-info", "user-agent"),
            url=text(data, "url"),
            machine=True if text(data, "client-info", "bot") else None,
        ),
    )


def _reason(data: Values) -> str:
    status = ("delivery-status", "message"), ("delivery-status", "description"), ("reject", "reason"), ("reason",)
    return next((found for path in status if (found := text(data, *path))), "")


def _code(data: Values) -> int:
    code = text(data, "delivery-status", "code")
    return int(code) if code.isdigit() and len(code) == 3 and code < "600" else 0


def verify(request: Request, secret: str, arrival: WebhookArrival) -> None:
    del arrival
    try:
        (whole,) = objects(document(request))
    except ValueError:
        raise Unverified("the body is not JSON of Mailgun") from None
    signed = f"{text(whole, 'signature', 'timestamp')}{text(whole, 'signature', 'token')}".encode()
    require_equal(text(whole, "signature", "signature"), hmac_sha256(secret.encode(), signed).hex())


def compose(events: Sequence[Event]) -> Iterator[Request]:
    for each in events:
        data = {
            "event": NAMES[each.kind],
            "id": each.event_id,
            "timestamp": each.at_ms / 1_000,
            "recipient": each.recipient,
            "message": {"headers": {"message-id": each.message_id}},
            "user-variables": {"benchkit": each.identity} if each.identity else {},
            "delivery-status": {"code": each.code, "message": each.reason},
            "tags": [],
        }
        if each.kind in (EventKind.BOUNCED, EventKind.DEFERRED):
            data["severity"] = "permanent" if each.kind is EventKind.BOUNCED else "temporary"
            data["reason"] = "bounce" if each.kind is EventKind.BOUNCED else "generic"
        if each.agent:
            data["client-info"] = {"user-agent": each.agent}
        if each.url:
            data["url"] = each.url
        yield posted({"event-data": data})


def sign(request: Request, secret: str, arrival: WebhookArrival) -> Request:
    signed = {
        "timestamp": str(arrival.now_s),
        "token": arrival.nonce,
        "signature": hmac_sha256(secret.encode(), f"{arrival.now_s}{arrival.nonce}".encode()).hex(),
    }
    return replace(request, body=json.dumps({"signature": signed} | json.loads(request.body)).encode())


WEBHOOK = Webhook(
    "mailgun", "HMAC-SHA256 over timestamp and token; the body is not signed", parse, verify, compose, sign
)
