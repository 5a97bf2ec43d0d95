"""Bounces in prose only: older Exim names recipients in X-Failed-Recipients, older OpenSMTPD in lines with the reply.

Law: only these two forms, and only of mail that a mail daemon has sent; other prose is not guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message

from benchkit.events.reasons import LONGEST, bounce_of, enhanced_code, reply_code
from benchkit.model.event import Event, EventKind
from benchkit.model.identity import find_identity
from benchkit.model.outside_text import printable

LOOKED_AT = 20_000  # octets; the report comes before the returned mail
_LINE = re.compile(r"^<?([^\s<>:]{1,64}@[^\s<>:]{1,255})>?: ([245]\d\d .{1,500})$", re.MULTILINE)
_RETURNED = re.compile(r"\n[ -]*(?:This is a copy of|Below is a copy of)[^\n]*\n")


def read_prose(octets: bytes, mail: Message) -> Iterator[Event]:
    sender = str(mail.get("from", "")).lower()
    if "mailer-daemon" not in sender and "mail delivery" not in sender:
        return
    text = octets[:LOOKED_AT].decode("utf-8", "replace").replace("\r\n", "\n")
    report = _RETURNED.split(text)[0]
    found = find_identity(octets[:LOOKED_AT])
    identity = found[0].decode("ascii") if found else ""
    failed = str(mail.get("x-failed-recipients", ""))
    reasons = {address.strip(): _about(report, address.strip()) for address in failed.split(",") if "@" in address}
    for address, reason in (reasons or dict(_LINE.findall(report))).items():
        code, enhanced = reply_code(reason), enhanced_code(reason)
        yield Event(
            kind=EventKind.BOUNCED,
            source="dsn",
            recipient=printable(address, 320),
            identity=identity,
            event_id=printable(str(mail.get("message-id", "")).strip("<> "), 250),
            bounce=bounce_of(code, enhanced),
            code=code,
            enhanced=enhanced,
            reason=printable(reason, LONGEST),
        )


def _about(report: str, address: str) -> str:
    """The lines below the address, joined, up to the next empty line."""
    _, found, rest = report.partition(f"\n  {address}\n")
    return " ".join(rest.partition("\n\n")[0].split()) if found else ""
