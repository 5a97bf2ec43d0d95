"""Amazon SES by SNS: an envelope whose `Message` is JSON as text; RSA over named fields, by a certificate of Amazon's.

The user gives the certificate (PEM); it is not fetched, because a message that says where its own key is proves nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from benchkit.events.webhooks.payload import Values, at, document, event, iso, ms_of, objects, posted, text
from benchkit.events.webhooks.signatures import certificate_fault, sign_rsa, verify_rsa
from benchkit.events.webhooks.webhook import Unverified, Webhook, WebhookArrival
from benchkit.model.event import Bounce, Event, EventKind
from benchkit.model.exchange import Request

KINDS = {
    "Send": EventKind.ACCEPTED,
    "DeliveryDelay": EventKind.DEFERRED,
    "Delivery": EventKind.DELIVERED,
    "Bounce": EventKind.BOUNCED,
    "Reject": EventKind.REJECTED,
    "Rendering Failure": EventKind.REJECTED,
    "Open": EventKind.OPENED,
    "Click": EventKind.CLICKED,
    "Subscription": EventKind.UNSUBSCRIBED,
    "Complaint": EventKind.COMPLAINED,
}
NAMES = {kind: name for name, kind in reversed(KINDS.items())}
DETAILS = {kind: kind[:1].lower() + kind[1:] for kind in KINDS} | {"Rendering Failure": "failure"}
SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
SIGNED["UnsubscribeConfirmation"] = SIGNED["SubscriptionConfirmation"]


def parse(request: Request) -> Sequence[Event]:
    """A confirmation of a subscription, and SNS's own test, are no events."""
    (envelope,) = objects(document(request))
    if text(envelope, "Type") != "Notification" or not text(envelope, "Message").startswith("{"):
        return ()
    try:
        (values,) = objects(json.loads(text(envelope, "Message")))
    except RecursionError:
        raise ValueError("the message nests too deep") from None
    name = text(values, "eventType") or text(values, "notificationType")
    if name not in KINDS:
        raise ValueError("no event of SES")
    detail = at(values, DETAILS[name])
    detail = detail if isinstance(detail, dict) else {}
    return [
        _event(name, values, detail, recipient, text(envelope, "MessageId"))
        for recipient in _recipients(values, detail)
    ]


def _event(name: str, values: Values, detail: Values, recipient: Values, event_id: str) -> Event:
    reason = text(recipient, "diagnosticCode") or text(detail, "smtpResponse") or text(detail, "reason")
    reason = reason or text(detail, "bounceSubType") or text(detail, "delayType") or text(detail, "errorMessage")
    return event(
        KINDS[name],
        "ses",
        values,
        at_ms=ms_of(at(detail, "timestamp") or at(values, "mail", "timestamp")),
        recipient=text(recipient, "emailAddress"),
        message_id=text(values, "mail", "messageId"),
        event_id=event_id,
        bounce=Bounce.HARD if text(detail, "bounceType") == "Permanent" else Bounce.SOFT,
        reason=reason,
        agent=text(detail, "userAgent"),
        url=text(detail, "link"),
    )


def _recipients(values: Values, detail: Values) -> list[Values]:
    """Those of the detail, as objects or as plain addresses; else all of the mail's."""
    for name in ("bouncedRecipients", "complainedRecipients", "delayedRecipients", "recipients"):
        found = at(detail, name)
        if isinstance(found, list) and found:
            return [each if isinstance(each, dict) else {"emailAddress": str(each)} for each in found]
    listed = at(values, "mail", "destination")
    return [{"emailAddress": str(each)} for each in listed] if isinstance(listed, list) and listed else [{}]


def verify(request: Request, secret: str, arrival: WebhookArrival) -> None:
    del arrival
    try:
        (envelope,) = objects(document(request))
    except ValueError:
        raise Unverified("the body is not JSON of SNS") from None
    signed = _signed(envelope)
    verify_rsa(secret, text(envelope, "Signature"), signed, text(envelope, "SignatureVersion"))


def _signed(envelope: Values) -> bytes:
    """ "Name\\nvalue\\n" of the fields in this order (SNS, "Verifying the signatures of Amazon SNS messages")."""
    names = SIGNED.get(text(envelope, "Type"))
    if names is None:
        raise Unverified("the message's Type is unknown")
    return "".join(f"{name}\n{envelope[name]}\n" for name in names if isinstance(envelope.get(name), str)).encode()


def compose(events: Sequence[Event]) -> Iterator[Request]:
    for each in events:
        name = NAMES[each.kind]
        mail: dict[str, Any] = {"messageId": each.message_id, "destination": [each.recipient]}
        mail |= {"timestamp": iso(each.at_ms), "tags": {"benchkit": [each.identity]}}
        detail = {"timestamp": iso(each.at_ms), "smtpResponse": each.reason} | _detail(each)
        message = json.dumps({"eventType": name, "mail": mail, DETAILS[name]: detail})
        fields = (("x-amz-sns-message-type", "Notification"), ("x-amz-sns-message-id", each.event_id))
        yield posted({"Type": "Notification", "MessageId": each.event_id, "Message": message}, *fields)


def _detail(each: Event) -> dict[str, Any]:
    recipient = {"emailAddress": each.recipient, "diagnosticCode": each.reason}
    if each.kind is EventKind.BOUNCED:
        kind = "Permanent" if each.bounce is Bounce.HARD else "Transient"
        return {"bounceType": kind, "bounceSubType": "General", "bouncedRecipients": [recipient]}
    if each.kind is EventKind.DEFERRED:
        return {"delayedRecipients": [recipient], "delayType": "TransientCommunicationFailure"}
    if each.kind is EventKind.COMPLAINED:
        return {"complainedRecipients": [{"emailAddress": each.recipient}]}
    if each.kind is EventKind.DELIVERED:
        return {"recipients": [each.recipient]}
    return {"reason": each.reason} if each.kind is EventKind.REJECTED else {"userAgent": each.agent, "link": each.url}


def sign(request: Request, secret: str, arrival: WebhookArrival) -> Request:
    envelope = json.loads(request.body) | {
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:benchkit",
        "Timestamp": iso(arrival.now_s * 1_000),
        "SignatureVersion": "2",
        "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-benchkit.pem",
    }
    return replace(
        request, body=json.dumps(envelope | {"Signature": sign_rsa(secret, _signed(envelope), "2")}).encode()
    )


WEBHOOK = Webhook(
    "ses", "RSA over SNS's fields, by its certificate (PEM)", parse, verify, compose, sign, certificate_fault
)
