"""Resend: one event a POST, signed by Svix's scheme: HMAC over id, timestamp and body."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterator, Sequence
from typing import Any

from benchkit.events.webhooks.payload import at, document, event, iso, ms_of, objects, posted, text
from benchkit.events.webhooks.signatures import hmac_sha256, with_header
from benchkit.events.webhooks.webhook import Unverified, Webhook, WebhookArrival
from benchkit.model.event import Bounce, Event, EventKind
from benchkit.model.exchange import Request

KINDS = {
    "email.sent": EventKind.ACCEPTED,
    "email.delivery_delayed": EventKind.DEFERRED,
    "email.delivered": EventKind.DELIVERED,
    "email.bounced": EventKind.BOUNCED,
    "email.failed": EventKind.REJECTED,
    "email.suppressed": EventKind.REJECTED,
    "email.opened": EventKind.OPENED,
    "email.clicked": EventKind.CLICKED,
    "email.complained": EventKind.COMPLAINED,
}
NAMES = {kind: name for name, kind in reversed(KINDS.items())}
NO_EVENTS = ("email.scheduled", "email.received", "contact.", "domain.")
TOLERANCE_S = 300  # of the timestamp, as Svix's own libraries have it
DETAILS = {
    EventKind.BOUNCED: "bounce",
    EventKind.REJECTED: "failed",
    EventKind.CLICKED: "click",
    EventKind.OPENED: "open",
}


def parse(request: Request) -> Sequence[Event]:
    """Where a mail has several recipients Resend does not say whose event it is: the first is named."""
    (values,) = objects(document(request))
    name = text(values, "type")
    if name.startswith(NO_EVENTS):
        return ()
    kind = KINDS.get(name)
    data = at(values, "data")
    if kind is None or not isinstance(data, dict):
        raise ValueError("no event of Resend")
    to = at(data, "to")
    detail = DETAILS.get(kind, "")
    return (
        event(
            kind,
            "resend",
            values,
            at_ms=ms_of(at(values, "created_at")),
            recipient=str(to[0]) if isinstance(to, list) and to else str(to or ""),
            message_id=text(data, "email_id"),
            event_id=request.header("svix-id"),
            bounce=Bounce.HARD if text(data, "bounce", "type") == "Permanent" else Bounce.SOFT,
            reason=text(data, detail, "message") or text(data, detail, "reason"),
            agent=text(data, detail, "userAgent"),
            url=text(data, "click", "link"),
        ),
    )


def verify(request: Request, secret: str, arrival: WebhookArrival) -> None:
    """Any of the signatures that the header lists may match: secrets are rotated."""
    stamp, given = request.header("svix-timestamp"), request.header("svix-signature")
    if not given:
        raise Unverified("the request carries no signature")
    if not stamp.isdigit() or (arrival.now_s and abs(arrival.now_s - int(stamp[:12])) > TOLERANCE_S):
        raise Unverified("the signature's time is too far from now")
    expected = f"v1,{_signature(secret, request.header('svix-id'), stamp, request.body)}"
    if not any(hmac.compare_digest(each.encode("utf-8", "replace"), expected.encode()) for each in given.split(" ")):
        raise Unverified("the signature is wrong")


def secret_fault(secret: str) -> str:
    try:
        _signature(secret, "", "", b"")
    except Unverified:
        return "the signing secret of the webhook: whsec_ and base64"
    return ""


def _signature(secret: str, event_id: str, stamp: str, body: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise Unverified("the secret is none of Svix: whsec_ and base64") from None
    return base64.b64encode(hmac_sha256(key, f"{event_id}.{stamp}.".encode() + body)).decode()


def compose(events: Sequence[Event]) -> Iterator[Request]:
    """Resend has no event for unsubscribing."""
    for each in events:
        if each.kind in NAMES:
            data: dict[str, Any] = {"email_id": each.message_id, "to": [each.recipient]}
            data |= {"tags": {"benchkit": each.identity}} if each.identity else {}
            if detail := DETAILS.get(each.kind):
                details = {"message": each.reason, "userAgent": each.agent, "link": each.url}
                data[detail] = {name: value for name, value in details.items() if value}
            if each.kind is EventKind.BOUNCED:
                data["bounce"]["type"] = "Permanent" if each.bounce is Bounce.HARD else "Transient"
            values = {"type": NAMES[each.kind], "created_at": iso(each.at_ms), "data": data}
            yield posted(values, ("svix-id", each.event_id))


def sign(request: Request, secret: str, arrival: WebhookArrival) -> Request:
    stamp = str(arrival.now_s)
    signature = _signature(secret, request.header("svix-id"), stamp, request.body)
    return with_header(request, ("svix-timestamp", stamp), ("svix-signature", f"v1,{signature}"))


WEBHOOK = Webhook("resend", "Svix: HMAC-SHA256 over id, timestamp and body", parse, verify, compose, sign, secret_fault)
