"""Header text: writing and reading RFC 2047 encoded words, folding, and decoding bytes of any charset.

Out, a text is either wholly plain or wholly encoded: mixing both is where whitespace gets lost. Line breaks and other
control characters always end up inside an encoded word, so no field can grow a header of its own.
"""

from __future__ import annotations

import re
import textwrap
from base64 import b64encode
from email.errors import HeaderParseError
from email.header import decode_header

_PLAIN = re.compile(r"[!-~]{1,60}(?: [!-~]{1,60})*")
_FOLD = re.compile(r"\r?\n(?=[ \t])")
_WORD_BYTES = 39  # 64 characters with its frame: with any of our header names still within 76 (RFC 2047 §2)


def encode_text(text: str) -> str:
    """Unstructured header text (RFC 5322 §3.2.5), folded, plain where that is exact."""
    if not text or is_plain(text):
        return "\r\n ".join(textwrap.wrap(text, 66, break_long_words=False, break_on_hyphens=False))
    return encode_words(text)


def is_plain(text: str) -> bool:
    """Whether it survives a header as it is: printable ASCII, single spaces inside only, nothing like an encoded word."""
    return _PLAIN.fullmatch(text) is not None and "=?" not in text


def encode_words(text: str) -> str:
    """Folded encoded words; no character is split over two of them (RFC 2047 §5)."""
    chunks = [b""]
    for encoded in (character.encode("utf-8") for character in text):
        if len(chunks[-1]) + len(encoded) > _WORD_BYTES:
            chunks.append(b"")
        chunks[-1] += encoded
    return "\r\n ".join(f"=?utf-8?b?{b64encode(chunk).decode('ascii')}?=" for chunk in chunks)


def unfold(raw: str) -> str:
    """A header's value as the parser gives it (bytes above 127 as surrogates) on one line, as real text."""
    value = re.sub(r"[\r\n]+", " ", _FOLD.sub("", raw))
    return decode_bytes(value.encode("utf-8", "surrogateescape"), "utf-8")


def decode_words(value: str) -> str:
    """The text behind encoded words; what cannot be decoded stays as it is."""
    if "=?" not in value:
        return value
    try:
        pieces = decode_header(value)
    except HeaderParseError:
        return value
    return "".join(
        p if isinstance(p, str) else decode_bytes(p, charset or "raw_unicode_escape") for p, charset in pieces
    )


def decode_bytes(data: bytes, charset: str) -> str:
    """Text of any charset, also of a wrong or unknown one; never holds a lone surrogate, which nothing could digest."""
    for name in (charset, "utf-8"):
        try:
            return data.decode(name).encode("utf-8", "replace").decode("utf-8")
        except (LookupError, ValueError):
            continue
    return data.decode("latin-1")
