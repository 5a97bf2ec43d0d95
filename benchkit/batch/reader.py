"""The bytes of a message → canonical content: the inverse of writer.py, and lenient with MIME of other programs.

A part is an attachment if it has a file name (even an empty one) or says so; else the first text/plain is the text, the
first text/html the html, and whatever is left over is an attachment without a name, so that nothing added on the way goes
unseen. Attachments keep the order of the bytes; containers leave no trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from email import policy
from email.message import Message as Part
from email.parser import BytesParser

from benchkit.batch.addresses import parse_mailboxes
from benchkit.batch.words import decode_bytes, decode_words, unfold
from benchkit.model.header_fields import is_given
from benchkit.model.message import Address, Attachment, Content, canonical_text

_PARSER = BytesParser(policy=policy.compat32)  # leaves headers as they came; decoding them is words.py's


def from_mime(raw: bytes) -> Content:
    """Canonical content. Raises only ValueError, for input that is not a message."""
    try:
        return _content(_PARSER.parsebytes(raw))
    except (LookupError, RecursionError, TypeError, AttributeError) as error:  # what the stdlib's parser trips over
        raise ValueError(f"not a readable message: {error}") from error


def parts_of(raw: bytes) -> list[Part]:
    """The mail and every part in it, the mail first; the parts of mails inside it too."""
    return list(_PARSER.parsebytes(raw).walk())


def _content(root: Part) -> Content:
    senders = _mailboxes(root, "from")
    if not senders:
        raise ValueError("not a message: it has no From")
    bodies: dict[str, str] = {}
    attachments = []
    for leaf in _leaves(root):
        kind = leaf.get_content_type()
        if kind in ("text/plain", "text/html") and kind not in bodies and not _is_attachment(leaf):
            bodies[kind] = text_of(leaf)
        else:
            attachments.append(_attachment(leaf))
    return Content(
        subject=decode_words(_header(root, "subject")),
        sender=senders[0],
        to=_mailboxes(root, "to"),
        cc=_mailboxes(root, "cc"),
        reply_to=_mailboxes(root, "reply-to"),
        text=bodies.get("text/plain", ""),
        html=bodies.get("text/html", ""),
        attachments=tuple(attachments),
        headers=tuple((name, decode_words(field_of(value))) for name, value in root.raw_items() if is_given(name)),
    )


def _header(part: Part, name: str) -> str:
    return next((field_of(value) for key, value in part.raw_items() if key.lower() == name), "")


def field_of(value: object) -> str:
    """A field's value on one line, encoded words still in it."""
    return unfold(str(value)).strip(" \t")


def _mailboxes(part: Part, name: str) -> tuple[Address, ...]:
    return parse_mailboxes(_header(part, name))


def _leaves(part: Part) -> Iterator[Part]:
    """Depth first; a message inside a message (message/*) is one leaf."""
    if part.get_content_maintype() != "multipart" or not part.is_multipart():
        yield part
        return
    for child in children_of(part):
        yield from _leaves(child)


def children_of(part: Part) -> list[Part]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Part)] if isinstance(payload, list) else []


def _is_attachment(leaf: Part) -> bool:
    return leaf.get_content_disposition() == "attachment" or file_name_of(leaf) is not None


def _attachment(leaf: Part) -> Attachment:
    content_id = _header(leaf, "content-id").strip().removeprefix("<").removesuffix(">")
    return Attachment(file_name_of(leaf) or "", leaf.get_content_type(), leaf_bytes(leaf), content_id)


def file_name_of(leaf: Part) -> str | None:
    """RFC 2183's parameter, else the older one of Content-Type; in RFC 2231's form or, as many do, in encoded words."""
    found = leaf.get_param("filename", None, "content-disposition")
    if found is None:
        found = leaf.get_param("name", None)
    if isinstance(found, tuple):
        charset, _, value = found
        return decode_bytes((value or "").encode("latin-1", "replace"), charset or "utf-8")
    return None if found is None else decode_words(unfold(found))


def text_of(leaf: Part) -> str:
    charset = leaf.get_content_charset() or "utf-8"
    return canonical_text(decode_bytes(leaf_bytes(leaf), charset))


def leaf_bytes(leaf: Part) -> bytes:
    if leaf.is_multipart():
        return b"\r\n".join(child.as_bytes() for child in children_of(leaf))
    data = leaf.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""
