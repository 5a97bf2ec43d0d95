"""Canonical content → the bytes of a message: CRLF line ends, 7-bit clean, the same on every machine and day.

Written here rather than by `email.message`, whose folding loses whitespace of encoded words and whose boundaries are
drawn at random. 8-bit bytes stand only where RFC 6532 wants them: in a mailbox whose local part is not ASCII.
Structure: mixed(alternative(text, related(html, inline…)), attachment…), each level only where it holds two or more.
The identity of a send (model/identity.py) has exactly two places: the first header, and the Message-ID.
"""

from __future__ import annotations

import binascii
import re
from base64 import encodebytes
from itertools import takewhile
from urllib.parse import quote

from benchkit.batch.addresses import format_mailboxes
from benchkit.batch.words import encode_text, encode_words
from benchkit.model.header_fields import name_fault, value_fault
from benchkit.model.identity import HEADER, PLACEHOLDER
from benchkit.model.message import Attachment, Content

DATE = "Thu, 01 Jan 2026 09:00:00 +0000"  # fixed: the same batch is the same bytes
_CRLF = b"\r\n"
_SEVEN_BIT_LINE = re.compile(rb"(?:[\t -~]{0,75}[!-~])?")  # no control characters, no space at the end
_SIMPLE_NAME = re.compile(r"[A-Za-z0-9 ._()+@-]{0,60}")
_CONTENT_TYPE = re.compile(r"(?!multipart/|message/)[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*")
_CONTENT_ID = re.compile(r"[A-Za-z0-9.@!#$%&'*+/=?^_`{|}~-]*")


def to_mime(content: Content, encoding: str = "") -> bytes:
    """The message's bytes, with `encoding` for its texts where one is given.

    Raises ValueError on content that no message can carry.
    """
    _check(content)
    rendered = _CRLF.join(line.encode("utf-8") for line in _head(content)) + _CRLF + _root(content, encoding) + _CRLF
    if rendered.count(PLACEHOLDER) != 2:
        raise ValueError(
            f"the content holds {PLACEHOLDER.decode()!r}, which benchkit reserves for its own send number: remove it"
        )
    return rendered


def _check(content: Content) -> None:
    for name, value in content.headers:
        if fault := name_fault(name) or value_fault(value):
            raise ValueError(f"the header field {name!r} {fault}")
    for part in content.attachments:
        if not _CONTENT_TYPE.fullmatch(part.content_type):
            raise ValueError(f"{part.content_type!r} is not a content type for an attachment")
        if not _CONTENT_ID.fullmatch(part.content_id):
            raise ValueError(f"{part.content_id!r} is no content id")


def _head(content: Content) -> list[str]:
    identity = PLACEHOLDER.decode("ascii")
    domain = content.sender.addr.rpartition("@")[2]
    lines = [f"{HEADER}: {identity}", f"Message-ID: <{identity}@{domain}>", f"Date: {DATE}"]
    roles = (("From", (content.sender,)), ("To", content.to), ("Cc", content.cc), ("Reply-To", content.reply_to))
    lines += [f"{role}: {format_mailboxes(addresses)}" for role, addresses in roles if addresses]
    lines += [f"{name}: {_unstructured(value)}" for name, value in content.headers]
    return [*lines, f"Subject: {encode_text(content.subject)}", "MIME-Version: 1.0"]


def _unstructured(value: str) -> str:
    """On one line, as it is where that is ASCII: encoded words have no place in an address or a URL (RFC 2047 §5)."""
    return value if value.isascii() and value.isprintable() and "=?" not in value else encode_words(value)


def _root(content: Content, encoding: str) -> bytes:
    """The tree of parts. Related holds the inline attachments before the first other one: their order is content."""
    boundary = f"=_bk_{content.digest.hex()}"  # "=_" cannot occur in quoted-printable or base64 (RFC 2045 §6.7)
    inline = list(takewhile(lambda part: part.content_id, content.attachments)) if content.html else []
    bodies = [_text_part("plain", content.text, encoding)] if content.text or not content.html else []
    if content.html:
        html = [_text_part("html", content.html, encoding), *map(_attachment_part, inline)]
        bodies.append(_multipart('related; type="text/html"', html, f"{boundary}_r"))
    attached = map(_attachment_part, content.attachments[len(inline) :])
    return _multipart("mixed", [_multipart("alternative", bodies, f"{boundary}_a"), *attached], f"{boundary}_m")


def _multipart(subtype: str, parts: list[bytes], boundary: str) -> bytes:
    if len(parts) == 1:
        return parts[0]
    delimiter = f"--{boundary}".encode("ascii")
    lines = [f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"'.encode("ascii"), b""]
    for part in parts:
        lines += [delimiter, part]
    return _CRLF.join([*lines, delimiter + b"--"])


def _text_part(subtype: str, text: str, wanted: str) -> bytes:
    encoding, body = encode_body(text, wanted)
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode("ascii") + body


def encode_body(text: str, wanted: str = "") -> tuple[str, bytes]:
    """(transfer encoding, octets) of a text: as it is where that is exact, else the shorter of quoted-printable and base64.

    `wanted`: one of these two, whatever the text.
    """
    data = text.encode("utf-8")
    if not wanted and all(map(_SEVEN_BIT_LINE.fullmatch, data.split(b"\n"))):
        return "7bit", data.replace(b"\n", _CRLF)
    printable = binascii.b2a_qp(data, istext=True)
    if wanted == "quoted-printable" or (not wanted and len(printable) <= len(data) * 4 / 3):
        return "quoted-printable", printable.replace(b"\n", _CRLF)
    return "base64", base64_lines(data.replace(b"\n", _CRLF))


def _attachment_part(part: Attachment) -> bytes:
    """Always with a file name, even an empty one: that is what tells an attachment from a body (reader.py)."""
    lines = [
        f"Content-Type: {part.content_type}",
        "Content-Transfer-Encoding: base64",
        f"Content-Disposition: {'inline' if part.content_id else 'attachment'};\r\n {_file_name(part.name)}",
    ]
    if part.content_id:
        lines.append(f"Content-ID: <{part.content_id}>")
    return "\r\n".join([*lines, "", ""]).encode("ascii") + base64_lines(part.data)


def _file_name(name: str) -> str:
    if _SIMPLE_NAME.fullmatch(name):
        return f'filename="{name}"'
    return f"filename*=utf-8''{quote(name, safe='')}"  # RFC 2231 §4


def base64_lines(data: bytes) -> bytes:
    """Without a line end at its end."""
    return encodebytes(data).replace(b"\n", _CRLF).removesuffix(_CRLF)
