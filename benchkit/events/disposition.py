"""Message disposition notifications (RFC 8098) → events: the recipient's program says what became of a delivered mail.

"Displayed" gives `opened`. "Deleted" by a rule gives a refusal, because Sieve's "reject" answers in this way (RFC 5429 §2.1).
Other dispositions give no event.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from email.message import Message
from typing import Any

from benchkit.events.reasons import LONGEST, bounce_of, enhanced_code, reply_code
from benchkit.events.report_fields import address_in, field_of, time_ms
from benchkit.model.event import Bounce, Event, EventKind
from benchkit.model.outside_text import printable

MDN = ("message/disposition-notification", "message/global-disposition-notification")


def read_disposition(
    groups: Sequence[Message], original: Mapping[str, str], mail: Message, parts: Sequence[Message]
) -> Iterator[Event]:
    """`original`: what is known of the returned message."""
    fields = groups[0] if groups else Message()
    mode, _, disposition = field_of(fields, "disposition").lower().partition(";")
    what = disposition.partition("/")[0].strip()
    by_rule = mode.strip().startswith("automatic-action")
    if what == "displayed":
        kind, reason = EventKind.OPENED, ""
    elif what == "deleted" and by_rule:
        kind, reason = EventKind.BOUNCED, _explanation(parts)
    else:
        return
    refused = kind is EventKind.BOUNCED
    code, enhanced = (reply_code(reason), enhanced_code(reason)) if refused else (0, "")
    yield Event(
        kind=kind,
        source="mdn",
        at_ms=time_ms(field_of(mail, "date")),
        recipient=printable(
            address_in(field_of(fields, "original-recipient") or field_of(fields, "final-recipient")), 320
        ),
        message_id=original.get("message-id") or printable(field_of(fields, "original-message-id").strip("<> "), 250),
        identity=original.get("identity", ""),
        event_id=printable(field_of(mail, "message-id").strip("<> "), 250),
        bounce=bounce_of(code, enhanced) if refused else Bounce.NONE,
        code=code,
        enhanced=enhanced,
        reason=printable(reason, LONGEST),
        agent=printable(field_of(fields, "reporting-ua"), LONGEST),
        machine=None if refused else by_rule,
    )


def _explanation(parts: Sequence[Message]) -> str:
    """The first text, which is for people (RFC 6522 §3)."""
    for part in parts:
        if part.get_content_type() == "text/plain":
            octets: Any = part.get_payload(decode=True) or b""
            return " ".join(octets.decode("utf-8", "replace").split())
    return ""
