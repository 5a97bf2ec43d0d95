"""One mail's octets → its parts, decoded, and what is wrong with their MIME structure. Total: any octets are read.

Law: nothing is fetched and nothing is judged; `Defect` names what a reader of the RFCs would object to.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import errors
from email.message import Message
from typing import Any

MOST_PARTS = 500
MOST_BOUNDARIES = 200  # "multipart/" in one mail; deeper ones make every reader of MIME slow
READ_TEXT = 2_000_000  # octets of one text that are looked at
ENCODINGS = {"", "7bit", "8bit", "binary", "base64", "quoted-printable"}
DEFECTS: dict[type[Exception], str] = {
    errors.InvalidBase64PaddingDefect: "its base64 is cut off",
    errors.InvalidBase64CharactersDefect: "its base64 has characters that belong to no base64",
    errors.InvalidBase64LengthDefect: "its base64 has an impossible length",
    errors.NoBoundaryInMultipartDefect: "it is multipart and names no boundary",
    errors.StartBoundaryNotFoundDefect: "its boundary never comes",
    errors.CloseBoundaryNotFoundDefect: "its last boundary is missing",
    errors.MultipartInvariantViolationDefect: "it says multipart and has no parts",
    errors.InvalidMultipartContentTransferEncodingDefect: "it is multipart and encoded",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part that holds no others. `octets` are decoded; `text` too where it is text, "" otherwise."""

    content_type: str
    encoding: str
    octets: bytes
    text: str = ""
    charset: str = ""
    name: str = ""
    is_attachment: bool = False
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class MailContent:
    """`defects` are ends of a sentence that begins with the part: "text/html: its base64 is cut off"."""

    parts: tuple[Part, ...]
    defects: tuple[str, ...]

    def texts(self, content_type: str) -> tuple[Part, ...]:
        """Parts of that type that a reader sees."""
        return tuple(part for part in self.parts if part.content_type == content_type and not part.is_attachment)

    @property
    def html(self) -> str:
        return "\n".join(part.text for part in self.texts("text/html"))


def read_content(octets: bytes) -> MailContent:
    if octets.lower().count(b"multipart/") > MOST_BOUNDARIES:
        return MailContent((), (f"more than {MOST_BOUNDARIES} multipart parts",))
    try:
        mail = email.message_from_bytes(octets, policy=email.policy.compat32)
        found = list(_walk(mail))
    except (RecursionError, ValueError, LookupError, AssertionError) as error:
        return MailContent((), (f"the structure cannot be read: {type(error).__name__}",))
    parts = [_part(message, defects) for message, defects in found if not message.is_multipart()]
    return MailContent(
        tuple(parts), tuple(defect for message, defects in found for defect in _defects(message, defects))
    )


def _walk(mail: Message) -> Iterator[tuple[Message, list[str]]]:
    for number, part in enumerate(mail.walk()):
        if number == MOST_PARTS:
            return
        yield part, []


def _part(message: Message, defects: list[str]) -> Part:
    kind, encoding = message.get_content_type(), _encoding(message)
    payload: Any = message.get_payload(decode=True)
    octets = payload if isinstance(payload, bytes) else b""
    if encoding not in ENCODINGS:
        defects.append(f"its encoding {encoding[:40]!r} is none that MIME knows")
    charset = str(message.get_content_charset() or "")
    text = _text(octets, charset, defects) if message.get_content_maintype() == "text" else ""
    if encoding in ("", "7bit") and any(octet > 127 for octet in octets):
        defects.append("it has 8-bit octets and does not say so (Content-Transfer-Encoding)")
    return Part(
        content_type=kind,
        encoding=encoding,
        octets=octets,
        text=text,
        charset=charset,
        name=_name(message),
        is_attachment=message.get_content_disposition() == "attachment",
        content_id=str(message.get("content-id", "")).strip(" <>"),
    )


def _text(octets: bytes, charset: str, defects: list[str]) -> str:
    try:
        return octets[:READ_TEXT].decode(charset or "us-ascii")
    except LookupError:
        defects.append(f"its charset {charset[:40]!r} is unknown")
    except UnicodeDecodeError as error:
        if error.start < READ_TEXT - 8:  # not merely cut in the middle of a character
            defects.append(f"its text is not {charset or 'us-ascii'}, as it says")
    except ValueError:
        defects.append(f"its charset {charset[:40]!r} is no charset of text")
    return octets[:READ_TEXT].decode("utf-8", "replace")


def _defects(message: Message, defects: list[str]) -> Iterator[str]:
    known = [DEFECTS[type(each)] for each in message.defects if type(each) in DEFECTS]
    for defect in dict.fromkeys([*known, *defects]):
        yield f"{message.get_content_type()}: {defect}"


def _encoding(message: Message) -> str:
    return re.sub(r"\(.*?\)", "", str(message.get("content-transfer-encoding", ""))).strip().lower()


def _name(message: Message) -> str:
    try:
        return message.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        return ""
