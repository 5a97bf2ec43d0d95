"""Mandrill: a form whose field `mandrill_events` is a list; HMAC-SHA1 over the public URL and the fields in order."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from benchkit.events.webhooks.payload import LARGEST, Values, at, event, ms_of, objects, text
from benchkit.events.webhooks.signatures import require_equal, with_header
from benchkit.events.webhooks.webhook import Unverified, Webhook, WebhookArrival
from benchkit.model.event import Bounce, Event, EventKind
from benchkit.model.exchange import Request

KINDS = {
    "send": EventKind.ACCEPTED,
    "deferral": EventKind.DEFERRED,
    "delivered": EventKind.DELIVERED,
    "hard_bounce": EventKind.BOUNCED,
    "soft_bounce": EventKind.BOUNCED,
    "reject": EventKind.REJECTED,
    "open": EventKind.OPENED,
    "click": EventKind.CLICKED,
    "unsub": EventKind.UNSUBSCRIBED,
    "spam": EventKind.COMPLAINED,
}
NAMES = {kind: name for name, kind in reversed(KINDS.items())}
SIGNATURE = "x-mandrill-signature"


def parse(request: Request) -> Sequence[Event]:
    """Sync events, about lists and not about mail, are left out."""
    try:
        found = objects(json.loads(dict(_form(request)).get("mandrill_events", "")))
    except RecursionError:
        raise ValueError("the body nests too deep") from None
    return [_event(values) for values in found if text(values, "event") in KINDS]


def _event(values: Values) -> Event:
    name = text(values, "event")
    return event(
        KINDS[name],
        "mandrill",
        values,
        at_ms=ms_of(at(values, "ts")),
        recipient=text(values, "msg", "email"),
        message_id=text(values, "_id") or text(values, "msg", "_id"),
        bounce=Bounce.HARD if name == "hard_bounce" else Bounce.SOFT,
        reason=text(values, "msg", "diag")
        or text(values, "msg", "bounce_description")
        or text(values, "msg", "reject", "reason"),
        agent=text(values, "user_agent"),
        url=text(values, "url"),
    )


def _form(request: Request) -> list[tuple[str, str]]:
    """Raises ValueError."""
    if len(request.body) > LARGEST:
        raise ValueError(f"the body has {len(request.body):,} bytes")
    return parse_qsl(request.body.decode("utf-8"), keep_blank_values=True, max_num_fields=100)


def verify(request: Request, secret: str, arrival: WebhookArrival) -> None:
    try:
        form = _form(request)
    except ValueError:
        raise Unverified("the body is not a form of Mandrill") from None
    if len(dict(form)) != len(form):
        raise Unverified("a field stands twice")
    require_equal(request.header(SIGNATURE), _signature(secret, arrival.url, form))


def _signature(secret: str, url: str, form: Sequence[tuple[str, str]]) -> str:
    signed = url + "".join(f"{key}{value}" for key, value in sorted(form))
    return base64.b64encode(hmac.new(secret.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def compose(events: Sequence[Event]) -> Iterator[Request]:
    form = urlencode({"mandrill_events": json.dumps([_values(each) for each in events])})
    yield Request("POST", "/", (("content-type", "application/x-www-form-urlencoded"),), form.encode())


def _values(each: Event) -> Values:
    soft = each.kind is EventKind.BOUNCED and each.bounce is Bounce.SOFT
    message: dict[str, Any] = {"_id": each.message_id, "email": each.recipient, "diag": each.reason}
    message["metadata"] = {"benchkit": each.identity} if each.identity else {}
    values = {"event": "soft_bounce" if soft else NAMES[each.kind], "_id": each.message_id, "msg": message}
    optional = {"user_agent": each.agent, "url": each.url}
    return values | {"ts": each.at_ms // 1_000} | {name: value for name, value in optional.items() if value}


def sign(request: Request, secret: str, arrival: WebhookArrival) -> Request:
    return with_header(request, (SIGNATURE, _signature(secret, arrival.url, _form(request))))


WEBHOOK = Webhook("mandrill", "HMAC-SHA1 over the public URL and the form", parse, verify, compose, sign)
