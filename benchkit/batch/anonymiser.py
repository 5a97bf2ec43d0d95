"""The user's own mail without private data: the same tree of parts and the same file sizes, with new content.

Addresses and names are replaced in header fields and texts (pseudonyms.py). A part that is not text cannot be cleaned: it
keeps its type and size, and gets random octets. Only header fields with a known meaning stay, because servers write hosts,
addresses and tokens into the others. All of this happens before any part of a mail is sent or stored.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from email.message import Message as Part
from random import Random

from benchkit.batch.addresses import format_mailboxes, parse_mailboxes
from benchkit.batch.pseudonyms import Pseudonyms
from benchkit.batch.reader import children_of, field_of, file_name_of, leaf_bytes, parts_of, text_of
from benchkit.batch.words import decode_words, encode_text, encode_words
from benchkit.batch.writer import base64_lines, encode_body
from benchkit.model.message import Address

_MAILBOXES = frozenset({"from", "sender", "reply-to", "to", "cc"})
_KEPT = frozenset(
    {
        "subject", "date", "message-id", "in-reply-to", "references", "mime-version", "list-unsubscribe",
        "list-unsubscribe-post", "list-id", "precedence", "auto-submitted", "importance", "priority", "x-priority",
        "content-language",
    }
)  # fmt: skip
_PROTECTED = re.compile(r"multipart/(signed|encrypted)|application/(x-)?pkcs7-mime")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}$")


class Anonymiser:
    """Of one batch; it must know all mails before it gives the first, since each may name the people of the others."""

    def __init__(self, seed: int, mails: Iterable[bytes]) -> None:
        self._pseudonyms = Pseudonyms(seed)
        self._random = Random(f"{seed}/octets")
        self._files = 0
        self._boundaries = 0
        for raw in mails:
            for part in parts_of(raw):
                for address in _people(part):
                    self._pseudonyms.learn_name(address.name)
                    self._pseudonyms.learn_address(address.addr)

    def mail(self, raw: bytes) -> bytes:
        """Raises ValueError where the mail cannot be changed without breaking it."""
        parts = parts_of(raw)
        for part in parts:
            if _PROTECTED.fullmatch(part.get_content_type()):
                kind = part.get_content_type()
                raise ValueError(f"is signed or encrypted ({kind}), which anonymise = true would break: leave it out")
        return self._message(parts[0])

    def _message(self, root: Part) -> bytes:
        fields = (
            field for name, value in root.raw_items() for field in self._field(name, decode_words(field_of(value)))
        )
        return "".join(f"{field}\r\n" for field in fields).encode("utf-8") + self._part(root) + b"\r\n"

    def _field(self, name: str, value: str) -> Iterator[str]:
        if name.lower() in _MAILBOXES:
            if people := tuple(map(self._person, parse_mailboxes(value))):
                yield f"{name}: {format_mailboxes(people)}"
        elif name.lower() == "subject":
            yield f"{name}: {encode_text(self._pseudonyms.text(value))}"
        elif name.lower() in _KEPT:
            replaced = self._pseudonyms.text(value)
            lines = textwrap.wrap(replaced, 66, break_long_words=False, break_on_hyphens=False)
            yield f"{name}: " + ("\r\n ".join(lines) if replaced.isascii() else encode_words(replaced))

    def _person(self, address: Address) -> Address:
        return Address(self._pseudonyms.text(address.name), self._pseudonyms.address(address.addr))

    def _part(self, part: Part) -> bytes:
        """From its Content-Type on, without a line end at its end."""
        kind = part.get_content_type()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            return self._container(part)
        if kind == "message/rfc822":
            inside = [self._message(child) for child in children_of(part)]
            return b"Content-Type: message/rfc822\r\n\r\n" + b"".join(inside).removesuffix(b"\r\n")
        if part.get_content_maintype() == "message":
            return self._report(part)
        return self._text(part) if kind.startswith("text/") else self._octets(part)

    def _container(self, part: Part) -> bytes:
        self._boundaries += 1
        boundary = f"=_bk_anonymous_{self._boundaries}"
        lines = [f'Content-Type: multipart/{part.get_content_subtype()};\r\n boundary="{boundary}"\r\n'.encode("ascii")]
        for child in children_of(part):
            lines += [f"--{boundary}".encode("ascii"), self._part(child)]
        return b"\r\n".join([*lines, f"--{boundary}--".encode("ascii")])

    def _text(self, part: Part) -> bytes:
        kind, text = part.get_content_type(), text_of(part)
        encoding, body = encode_body(
            self._pseudonyms.html(text) if kind == "text/html" else self._pseudonyms.text(text)
        )
        flowed = "; format=flowed" if str(part.get_param("format", "")).lower() == "flowed" else ""
        head = [
            f"Content-Type: {kind}; charset=utf-8{flowed}",
            f"Content-Transfer-Encoding: {encoding}",
            *self._place(part),
        ]
        return "\r\n".join([*head, "", ""]).encode("ascii") + body

    def _report(self, part: Part) -> bytes:
        """message/delivery-status and the like: fields, which stand as they are (RFC 2046 §5.2)."""
        text = self._pseudonyms.text(leaf_bytes(part).decode("utf-8", "replace")).encode("ascii", "replace")
        return f"Content-Type: {part.get_content_type()}\r\n\r\n".encode("ascii") + b"\r\n".join(text.splitlines())

    def _octets(self, part: Part) -> bytes:
        data = self._random.randbytes(len(leaf_bytes(part)))
        head = [f"Content-Type: {part.get_content_type()}", "Content-Transfer-Encoding: base64", *self._place(part)]
        return "\r\n".join([*head, "", ""]).encode("ascii", "replace") + base64_lines(data)

    def _place(self, part: Part) -> Iterator[str]:
        """Disposition, with a file name of benchkit's and the suffix, and Content-ID."""
        disposition, name = part.get_content_disposition(), file_name_of(part)
        if disposition or name is not None:
            written = "inline" if disposition == "inline" else "attachment"
            if name is not None:
                self._files += 1
                suffix = _SUFFIX.search(name)
                written += f'; filename="file{self._files}{suffix[0] if suffix else ""}"'
            yield f"Content-Disposition: {written}"
        if content_id := decode_words(field_of(part.get("content-id", ""))):
            yield f"Content-ID: {self._pseudonyms.text(content_id)}"


def _people(part: Part) -> Iterator[Address]:
    for name, value in part.raw_items():
        if name.lower() in _MAILBOXES:
            yield from parse_mailboxes(field_of(value))
