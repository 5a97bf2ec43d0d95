"""Mail about mail → events, as RFC 6522 packs it: delivery status notifications (RFC 3464), feedback reports (RFC 5965), and
disposition notifications (RFC 8098; events/disposition.py).

Law: any octets give events or nothing, never an error. Where the structure around the machine-readable part is broken, its
text is found all the same. Prose is read only from servers whose form is known, and only for facts that they write nowhere
else (bounce_prose.py).
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from email.message import Message
from typing import Any

from benchkit.events.bounce_prose import read_prose
from benchkit.events.disposition import MDN, read_disposition
from benchkit.events.mail_content import MOST_BOUNDARIES
from benchkit.events.reasons import LONGEST, bounce_of, enhanced_code, reply_code
from benchkit.events.report_fields import address_in, field_of, groups_of, split_groups, time_ms, word_of
from benchkit.model.event import Bounce, Event, EventKind
from benchkit.model.identity import find_identity
from benchkit.model.outside_text import printable

ACTIONS = {  # RFC 3464 §2.3.3
    "failed": EventKind.BOUNCED,
    "delayed": EventKind.DEFERRED,
    "delivered": EventKind.DELIVERED,
    "relayed": EventKind.ACCEPTED,  # by a server that says no more
    "expanded": EventKind.ACCEPTED,
    "expired": EventKind.BOUNCED,  # of no RFC, and SendGrid's
}
FEEDBACK = {  # RFC 5965 §7.3, RFC 6591, RFC 6650
    "abuse": EventKind.COMPLAINED,
    "fraud": EventKind.COMPLAINED,
    "virus": EventKind.COMPLAINED,
    "other": EventKind.COMPLAINED,
    "opt-out": EventKind.UNSUBSCRIBED,
    "opt-out-list": EventKind.UNSUBSCRIBED,
}
MOST_RECIPIENTS = 1_000
LARGEST = 20_000_000
_XTEXT = re.compile(r"\+([0-9A-F]{2})")
_LOOSE = re.compile(
    rb"\nContent-Type: *message/delivery-status[^\n]*\n(.{0,100000}?)(?:\n--|\Z)", re.DOTALL | re.IGNORECASE
)
_PARTS = ("message/delivery-status", "message/global-delivery-status", "message/feedback-report")


def read_bounce(octets: bytes) -> tuple[Event, ...]:
    """Empty where the mail is no notification and no feedback, or says nothing of a recipient (not-spam, auth-failure)."""
    if len(octets) > LARGEST or octets.lower().count(b"multipart/") > MOST_BOUNDARIES:
        return ()
    try:
        mail = email.message_from_bytes(octets, policy=email.policy.compat32)
        parts = list(mail.walk())
    except (RecursionError, ValueError, LookupError, AssertionError):
        return ()
    original = _original(parts)
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            return tuple(_feedback(groups_of(part), original, mail))
        if part.get_content_type() in MDN:
            return tuple(read_disposition(groups_of(part), original, mail, parts))
        if part.get_content_type() in _PARTS and (found := tuple(_notification(groups_of(part), original, mail))):
            return found if all(event.reason for event in found) else _with_prose(found, octets, mail)
    loose = _LOOSE.search(octets.replace(b"\r\n", b"\n"))
    groups = split_groups(loose[1].decode("utf-8", "replace")) if loose else []
    return tuple(_notification(groups, original, mail)) or tuple(read_prose(octets, mail))


def _notification(groups: Sequence[Message], original: dict[str, str], mail: Message) -> Iterator[Event]:
    """The first group is about the message, each other about one recipient (RFC 3464 §2.1)."""
    whole = groups[0] if groups else Message()
    recipients = [
        group for group in groups if group["final-recipient"] or group["original-recipient"] or group["action"]
    ]
    for group in recipients[:MOST_RECIPIENTS]:
        kind = _kind(group)
        if kind is None:
            continue
        diagnostic = field_of(group, "diagnostic-code")
        reason = diagnostic.partition(";")[2].strip() or diagnostic
        status = enhanced_code(field_of(group, "status")) or enhanced_code(reason)
        code = reply_code(reason)
        yield Event(
            kind=kind,
            source="dsn",
            at_ms=time_ms(
                field_of(group, "last-attempt-date") or field_of(whole, "arrival-date") or field_of(mail, "date")
            ),
            recipient=printable(
                address_in(field_of(group, "original-recipient") or field_of(group, "final-recipient")), 320
            ),
            message_id=original.get("message-id", ""),
            identity=original.get("identity") or _identity(field_of(whole, "original-envelope-id")),
            event_id=printable(field_of(mail, "message-id").strip("<> "), 250),
            bounce=bounce_of(code, status) if kind is EventKind.BOUNCED else Bounce.NONE,
            code=code,
            enhanced=status,
            reason=printable(reason, LONGEST),
        )


def _with_prose(found: Sequence[Event], octets: bytes, mail: Message) -> tuple[Event, ...]:
    """Exim and OpenSMTPD write "Status: 5.0.0" without a diagnostic, and what the server said in prose only."""
    explanations = {event.recipient: event for event in read_prose(octets, mail)}
    return tuple(
        _explained(event, explanations[event.recipient])
        if not event.reason and event.recipient in explanations
        else event
        for event in found
    )


def _explained(event: Event, explanation: Event) -> Event:
    """The reply's own status where the report has a general one of the same class (RFC 3463 §2)."""
    general = not event.enhanced or event.enhanced.endswith(".0.0")
    finer = (
        explanation.enhanced
        if general and explanation.enhanced[:1] == (event.enhanced or explanation.enhanced)[:1]
        else ""
    )
    enhanced = finer or event.enhanced
    bounce = bounce_of(explanation.code, enhanced) if event.kind is EventKind.BOUNCED else event.bounce
    return replace(event, reason=explanation.reason, code=explanation.code, enhanced=enhanced, bounce=bounce)


def _kind(group: Message) -> EventKind | None:
    """By the action; where that is missing, by the class of the status."""
    action = word_of(group, "action")
    if action:
        return ACTIONS.get(action)
    return EventKind.BOUNCED if field_of(group, "status")[:1] in ("4", "5") else None


def _feedback(groups: Sequence[Message], original: dict[str, str], mail: Message) -> Iterator[Event]:
    """One report is about one mail; it may name several recipients, or none (RFC 5965 §3.2)."""
    fields = groups[0] if groups else Message()
    kind = FEEDBACK.get(word_of(fields, "feedback-type"))
    if kind is None:
        return
    named = [str(value) for value in fields.get_all("original-rcpt-to", [])][:MOST_RECIPIENTS]
    for recipient in named or [original.get("to", "")]:
        yield Event(
            kind=kind,
            source="arf",
            at_ms=time_ms(
                field_of(fields, "received-date") or field_of(fields, "arrival-date") or field_of(mail, "date")
            ),
            recipient=printable(address_in(recipient), 320),
            message_id=original.get("message-id", ""),
            identity=original.get("identity") or _identity(field_of(fields, "original-envelope-id")),
            event_id=printable(field_of(mail, "message-id").strip("<> "), 250),
            reason=printable(word_of(fields, "feedback-type"), LONGEST),
            agent=printable(field_of(fields, "user-agent"), LONGEST),
        )


def _original(parts: Sequence[Message]) -> dict[str, str]:
    """Of the returned message, or of its headers: its Message-ID, its first recipient, benchkit's identity."""
    for number, part in enumerate(parts):
        if part.get_content_type() in ("message/rfc822", "message/global") and number + 1 < len(parts):
            return _names(parts[number + 1], part.as_bytes() if len(parts) < 50 else b"")
        if part.get_content_type() in ("text/rfc822-headers", "message/global-headers"):
            octets: Any = part.get_payload(decode=True) or b""
            return _names(email.message_from_bytes(octets, policy=email.policy.compat32), octets)
    return {}


def _names(returned: Message, octets: bytes) -> dict[str, str]:
    identity = find_identity(octets)
    return {
        "message-id": printable(field_of(returned, "message-id").strip("<> "), 250),
        "to": field_of(returned, "to"),
        "identity": identity[0].decode("ascii") if identity else "",
    }


def _identity(envelope_id: str) -> str:
    """ENVID is xtext (RFC 3461 §4)."""
    found = find_identity(_XTEXT.sub(lambda match: chr(int(match[1], 16)), envelope_id).encode("utf-8", "replace"))
    return found[0].decode("ascii") if found else ""
