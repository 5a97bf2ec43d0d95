"""How a mail's bytes changed on the way, as named changes. What every server adds does not count as a change.

Law: pure, and total. A change is a fact about the two byte strings; its consequences are described elsewhere.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum

from benchkit.events.html_reading import HtmlReading, read_html
from benchkit.events.mail_content import MailContent, Part, read_content


class ChangeKind(StrEnum):
    HEADER_REMOVED = "header_removed"
    HEADER_ADDED = "header_added"
    HEADER_CHANGED = "header_changed"
    LINK_REWRITTEN = "link_rewritten"
    PIXEL_ADDED = "pixel_added"
    FOOTER_ADDED = "footer_added"
    TEXT_CHANGED = "text_changed"
    PART_LOST = "part_lost"
    PART_ADDED = "part_added"
    RE_ENCODED = "re_encoded"


@dataclass(frozen=True, slots=True)
class Change:
    """`subject`: a header's name, a part's type, or a count of links."""

    kind: ChangeKind
    subject: str

    def __str__(self) -> str:
        return f"{self.kind.value} {self.subject}"


TRACE = frozenset(  # what servers add or set on every way
    """
    received return-path delivered-to authentication-results arc-seal arc-message-signature arc-authentication-results
    dkim-signature received-spf x-received x-original-to envelope-to delivery-date x-spam-status x-spam-flag x-spam x-spam-level
    x-spam-score x-spam-checker-version x-spamd-result x-spamd-bar x-rspamd-server x-rspamd-queue-id x-rspamd-score
    x-rspamd-action x-virus-scanned x-forefront-antispam-report x-microsoft-antispam status x-status x-uid x-uidl
    content-length lines x-sieve x-dspam-result message-id date mime-version bcc content-type content-transfer-encoding
    """.split()  # noqa: SIM905 (names of fields, more readable so)
)
_BLANKS = re.compile(r"\s+")


def changes(sent: bytes, received: bytes) -> tuple[Change, ...]:
    """In a fixed order; each once."""
    before, after = read_content(sent), read_content(received)
    found = [*_headers(_head(sent), _head(received)), *_parts(before, after), *_texts(before, after)]
    return tuple(dict.fromkeys(found))


def _head(octets: bytes) -> Message:
    head = octets.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    return email.message_from_bytes(head + b"\n\n", policy=email.policy.compat32)


def _headers(sent: Message, received: Message) -> Iterator[Change]:
    before = Counter(name.lower() for name in sent if name.lower() not in TRACE)
    after = Counter(name.lower() for name in received if name.lower() not in TRACE)
    for name in sorted(before | after):
        if before[name] > after[name]:
            yield Change(ChangeKind.HEADER_REMOVED, name)
        elif after[name] > before[name]:
            yield Change(ChangeKind.HEADER_ADDED, name)
        elif _values(sent, name) != _values(received, name):
            yield Change(ChangeKind.HEADER_CHANGED, name)


def _values(mail: Message, name: str) -> list[str]:
    return [_BLANKS.sub(" ", str(value)).strip() for value in mail.get_all(name, [])]


def _parts(before: MailContent, after: MailContent) -> Iterator[Change]:
    sent, received = Counter(map(_kind, before.parts)), Counter(map(_kind, after.parts))
    for kind in sorted(sent | received):
        if sent[kind] > received[kind]:
            yield Change(ChangeKind.PART_LOST, kind)
        elif received[kind] > sent[kind]:
            yield Change(ChangeKind.PART_ADDED, kind)
    if sent == received:
        for one, other in zip(before.parts, after.parts, strict=True):
            if _wrapping(one) != _wrapping(other) and one.content_type == other.content_type:
                yield Change(ChangeKind.RE_ENCODED, f"{one.content_type} to {other.encoding or '7bit'}")
            if not one.text and not other.text and one.octets != other.octets:
                yield Change(ChangeKind.TEXT_CHANGED, one.content_type)


def _kind(part: Part) -> str:
    return part.content_type


def _wrapping(part: Part) -> str:
    """7bit, 8bit and binary are no encodings: the octets are the same."""
    return part.encoding if part.encoding in ("base64", "quoted-printable") else ""


def _texts(before: MailContent, after: MailContent) -> Iterator[Change]:
    plain, plain_after = _joined(before), _joined(after)
    if plain and plain_after and plain != plain_after:
        yield Change(_text_change(plain, plain_after), "text/plain")
    if before.html and after.html and before.html != after.html:
        yield from _html(read_html(before.html), read_html(after.html))


def _joined(content: MailContent) -> str:
    return _BLANKS.sub(" ", "\n".join(part.text for part in content.texts("text/plain"))).strip()


def _text_change(before: str, after: str) -> ChangeKind:
    return ChangeKind.FOOTER_ADDED if after.startswith(before) else ChangeKind.TEXT_CHANGED


def _html(before: HtmlReading, after: HtmlReading) -> Iterator[Change]:
    pairs = zip(before.links, after.links, strict=False)
    rewritten = sum(old.text == new.text and old.target != new.target for old, new in pairs)
    if rewritten:
        yield Change(ChangeKind.LINK_REWRITTEN, f"{rewritten} of {len(before.links)} links")
    pixels = sum(image.is_pixel for image in after.images) - sum(image.is_pixel for image in before.images)
    if pixels > 0:
        yield Change(ChangeKind.PIXEL_ADDED, "text/html")
    if before.text != after.text:
        yield Change(_text_change(before.text, after.text), "text/html")
