"""What is sent: canonical content, the message made of it, and the batch that every arm shares.

Law: content is what a *reader* gets (decoded subject, addresses, texts, attachments), without anything that a path may
rightly change on its way (Date, Message-ID, trace headers, transfer encodings, line endings). Two messages are the same
mail exactly if their digests are equal; batch/ composes content into bytes, sink/ and providers/ parse bytes back into it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox of RFC 5322 §3.4: display name (decoded, may be empty) and addr-spec."""

    name: str
    addr: str

    @property
    def is_ascii(self) -> bool:
        """Whether the addr-spec can go without SMTPUTF8 (RFC 6531)."""
        return self.addr.isascii()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part with a file name; `content_id` (without <>) marks an inline one, as an image of a newsletter."""

    name: str
    content_type: str
    data: bytes
    content_id: str = ""


@dataclass(frozen=True)
class Content:
    """Canonical content. `text` and `html` have LF line ends and no newline at their end; empty means absent."""

    subject: str
    sender: Address
    to: tuple[Address, ...]
    text: str = ""
    html: str = ""
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()  # fields of its own (model/header_fields.py), by name

    @cached_property
    def digest(self) -> bytes:
        """16 bytes (BLAKE2b) over every field, each with its length in front: nothing collides by shifting."""
        state = hashlib.blake2b(digest_size=16)
        for field in self._fields():
            state.update(len(field).to_bytes(8, "big"))
            state.update(field)
        return state.digest()

    def _fields(self) -> list[bytes]:
        fields = [self.subject, self.text, self.html]
        for role, addresses in (("from", (self.sender,)), ("to", self.to), ("cc", self.cc), ("reply", self.reply_to)):
            fields += [role, str(len(addresses))]
            fields += [part for address in addresses for part in (address.name, address.addr)]
        if self.headers:  # a mail without such fields has the digest that it always had
            own = sorted((name.lower(), value) for name, value in self.headers)
            fields += ["headers", str(len(own)), *(part for field in own for part in field)]
        encoded = [field.encode("utf-8", "surrogateescape") for field in fields]
        for part in self.attachments:
            encoded += [part.name.encode(), part.content_type.encode(), part.content_id.encode(), part.data]
        return encoded


def canonical_text(text: str) -> str:
    """LF line ends, no newline at the end: what every path preserves and no path adds to."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


@dataclass(frozen=True, slots=True)
class Message:
    """One message: content, envelope (RFC 5321 §2.3.1) and MIME bytes (CRLF line ends; 7-bit clean where it was composed).

    `mime` holds `identity.PLACEHOLDER` wherever the identity of a send is to be patched in (model/identity.py).
    """

    index: int
    content: Content
    mime: bytes
    envelope_from: str
    recipients: tuple[str, ...]
    source: str = ""  # of mail of the user's own: the file and line that it begins in
    fields_fault: str = ""  # why `content` does not say the whole mail, so that no API can take it as fields

    @property
    def digest(self) -> bytes:
        return self.content.digest

    @property
    def needs_smtputf8(self) -> bool:
        """For an address of the envelope, or for a header field that is not ASCII (RFC 6531 §3.4, RFC 6532 §3)."""
        header, _, _ = self.mime.partition(b"\r\n\r\n")
        return not (header.isascii() and self.envelope_from.isascii() and all(map(str.isascii, self.recipients)))


@dataclass(frozen=True, slots=True)
class Batch:
    """The distinct messages of a run, composed once before the clock starts; every arm sends these, in turn."""

    messages: tuple[Message, ...]

    def __len__(self) -> int:
        return len(self.messages)

    @property
    def digest(self) -> str:
        """Hex digest of the whole batch: two runs with the same one sent the same mail."""
        return hashlib.blake2b(b"".join(m.digest for m in self.messages), digest_size=16).hexdigest()
