"""APIs that take MIME and read its recipients from To, Cc and Bcc: Bcc is a field that they remove before they deliver."""

from __future__ import annotations

from email import policy
from email.parser import BytesHeaderParser

from benchkit.batch import from_mime, parse_mailboxes
from benchkit.model.exchange import ApiRefusal, Received
from benchkit.model.message import Message
from benchkit.providers.field_limits import FieldLimits, blind_recipients, check_envelope
from benchkit.providers.json_reading import recipients_of

_END = b"\r\n\r\n"
_PARSER = BytesHeaderParser(policy=policy.compat32)


def mime_with_bcc(message: Message, limits: FieldLimits) -> bytes:
    """The MIME bytes, with a Bcc field at the end of the header where the envelope has recipients that no field names."""
    check_envelope(message, limits)
    named = {address.addr for address in (*message.content.to, *message.content.cc)}
    if foreign := named.difference(message.recipients):
        problem = f"{min(foreign)} is named in the mail and is no recipient of its envelope, and {limits.api} would send to it"
        raise ValueError(f"{problem}: remove it, or compare without {limits.api}")
    if limits.mail_bytes and len(message.mime) > limits.mail_bytes:
        problem = f"the mail has {len(message.mime):,} bytes, and {limits.api} takes {limits.mail_bytes:,}"
        raise ValueError(f"{problem}: send less, or compare without {limits.api}")
    blind = blind_recipients(message)
    if not blind:
        return message.mime
    header, end, body = message.mime.partition(_END)
    return header + b"\r\nBcc: " + ",\r\n ".join(blind).encode("utf-8") + (end or _END) + body


def received_mime(raw: bytes) -> Received:
    """Raises ValueError where it is no mail, or is for no one."""
    content = from_mime(raw)
    fields = _PARSER.parsebytes(raw).get_all("bcc") or []
    blind = tuple(address for field in fields for address in parse_mailboxes(str(field)))
    recipients = recipients_of(content.to, content.cc, blind)
    if not recipients:
        raise ApiRefusal(400, "Recipient address required")
    return Received(content, recipients, mime=raw)
