"""A message's octets as header fields and a body, exactly as they are: a signature covers octets, not meanings.

Law: total and pure. Bare LF line ends, as files on disk have them, are read as CRLF (RFC 6376 §5.3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from benchkit.audit.message.author import Authors, read_authors

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Field:
    """`name` lower case; `raw` the whole field with its name, folds and final CRLF."""

    name: str
    raw: bytes

    @property
    def text(self) -> str:
        """What follows the colon, folds and all, one character an octet."""
        return self.raw.partition(b":")[2].decode("latin-1")

    @property
    def value(self) -> str:
        """Unfolded, without the blanks around it."""
        return re.sub(r"\r\n(?=[ \t])", "", self.raw.partition(b":")[2].decode("utf-8", "replace")).strip()


@dataclass(frozen=True, slots=True)
class Mail:
    fields: tuple[Field, ...]
    body: bytes
    raw: bytes = b""  # as it was given, with its own line ends

    @property
    def octets(self) -> bytes:
        """The message again, with the same fields and body; what was no field is left out."""
        return b"".join(field.raw for field in self.fields) + b"\r\n" + self.body

    def all(self, name: str) -> tuple[Field, ...]:
        """Fields of that name, from the top."""
        return tuple(field for field in self.fields if field.name == name)

    def value(self, name: str) -> str:
        """The first field's value, "" without one."""
        return next((field.value for field in self.all(name)), "")

    @property
    def authors(self) -> Authors:
        """What the From fields name."""
        return read_authors([field.value for field in self.all("from")])

    @property
    def author_domains(self) -> tuple[str, ...]:
        """The domains of all addresses of all From fields (RFC 5322 §3.6.2)."""
        return self.authors.domains

    @property
    def return_path(self) -> str | None:
        """The envelope sender that the last host wrote down, without brackets: "" for a bounce, None without the field."""
        return self.value("return-path").strip("<> ") if self.all("return-path") else None


def read_mail(octets: bytes) -> Mail:
    """Any octets → a message; lines before the body that are no field are left out."""
    text = re.sub(rb"\r?\n", b"\r\n", octets)
    head, _, body = text.partition(b"\r\n\r\n") if not text.startswith(b"\r\n") else (b"", b"", text[2:])
    unfolded = re.split(rb"\r\n(?![ \t])", head)
    fields = [_field(raw) for raw in unfolded]
    return Mail(tuple(field for field in fields if field is not None), body, octets)


def _field(raw: bytes) -> Field | None:
    match = _FIELD.match(raw)
    return Field(match[1].decode("ascii").lower(), raw + b"\r\n") if match else None
