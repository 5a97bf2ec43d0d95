"""HTML forms as bytes: multipart/form-data both ways (RFC 7578), application/x-www-form-urlencoded as it arrives.

File names are written as browsers, httpx and newer curls do (UTF-8; quote, CR and LF percent-encoded) and read so; a name
that holds %22, %0D or %0A itself, or ends with a backslash, cannot be distinguished from that, which is a flaw of the format.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

logging.getLogger("python_multipart").addHandler(logging.NullHandler())  # what it warns of is in its errors too

_UNESCAPED = {"%22": '"', "%0D": "\r", "%0A": "\n"}
_ESCAPED = {character: code for code, character in _UNESCAPED.items()} | {"\\": "\\\\"}


@dataclass(frozen=True, slots=True)
class FormPart:
    """A field (no file name) or a file. `content_type` may bear parameters; empty means not said."""

    name: str
    data: bytes
    filename: str = ""
    content_type: str = ""


def encode(parts: Sequence[FormPart]) -> tuple[str, bytes]:
    """(content type, body). The boundary is the same for the same parts, and occurs in none of them."""
    boundary = boundary_beside(part.data for part in parts)
    body = b"".join([*(rendered(part, boundary) for part in parts), ending(boundary)])
    return content_type_with(boundary), body


def content_type_with(boundary: bytes) -> str:
    return f"multipart/form-data; boundary={boundary.decode()}"


def rendered(part: FormPart, boundary: bytes) -> bytes:
    """One part, from its delimiter to the line end before the next one."""
    return b"\r\n".join((b"--" + boundary, _head(part), b"", part.data, b""))


def ending(boundary: bytes) -> bytes:
    return b"--" + boundary + b"--\r\n"


def decode(content_type: str, body: bytes) -> tuple[FormPart, ...]:
    """The parts of a form, in order; raises ValueError where it is none or is broken."""
    kind, parameters = parse_options_header(content_type)
    if kind == b"application/x-www-form-urlencoded":
        fields = parse_qsl(body.decode("utf-8"), keep_blank_values=True, strict_parsing=bool(body))
        return tuple(FormPart(name, value.encode()) for name, value in fields)
    if kind != b"multipart/form-data" or b"boundary" not in parameters:
        raise ValueError(f"not a form: {content_type or 'no content type'}")
    return _Collector(parameters[b"boundary"]).parse(body)


def boundary_beside(contents: Iterable[bytes]) -> bytes:
    """A boundary that occurs in none of them."""
    known, n = tuple(contents), 0
    while any(b"benchkit-form-%d" % n in content for content in known):
        n += 1
    return b"benchkit-form-%d" % n


def _head(part: FormPart) -> bytes:
    head = f'Content-Disposition: form-data; name="{escaped(part.name)}"'
    if part.filename:
        head += f'; filename="{escaped(part.filename)}"'
    if part.content_type:
        head += f"\r\nContent-Type: {part.content_type}"
    return head.encode("utf-8")


def escaped(name: str) -> str:
    """What may stand between the quotes of a part's header."""
    return re.sub(r'["\r\n\\]', lambda match: _ESCAPED[match.group()], name)


def unescaped(name: bytes) -> str:
    """The inverse, of what parse_options_header gives; raises ValueError where it is not UTF-8."""
    return re.sub("%22|%0D|%0A", lambda match: _UNESCAPED[match.group()], name.decode("utf-8"))


class _Collector:
    """Gathers the parts that python_multipart announces piece by piece."""

    def __init__(self, boundary: bytes) -> None:
        self._parts: list[FormPart] = []
        self._headers: dict[bytes, bytes] = {}
        self._field = bytearray()
        self._value = bytearray()
        self._data = bytearray()
        self._ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self._field.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
                "on_header_end": self._end_header,
                "on_part_data": lambda data, start, end: self._data.extend(data[start:end]),
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
        )

    def parse(self, body: bytes) -> tuple[FormPart, ...]:
        try:
            self._parser.write(body)
        except FormParserError as error:
            raise ValueError(f"broken multipart/form-data: {error}") from error
        if not self._ended:
            raise ValueError("broken multipart/form-data: it ends before its last boundary")
        return tuple(self._parts)

    def _begin(self) -> None:
        self._headers = {}
        self._data = bytearray()

    def _end_header(self) -> None:
        self._headers[bytes(self._field).lower()] = bytes(self._value)
        self._field.clear()
        self._value.clear()

    def _end_part(self) -> None:
        _, disposition = parse_options_header(self._headers.get(b"content-disposition", b""))
        if b"name" not in disposition:
            raise ValueError("broken multipart/form-data: a part without a name")
        name, filename = unescaped(disposition[b"name"]), unescaped(disposition.get(b"filename", b""))
        content_type = self._headers.get(b"content-type", b"").decode("latin-1")
        self._parts.append(FormPart(name, bytes(self._data), filename, content_type))

    def _end(self) -> None:
        self._ended = True
