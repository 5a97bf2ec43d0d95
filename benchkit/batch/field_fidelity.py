"""Whether one of the user's own mails can be sent as fields (subject, text, html, files …), as some APIs need.

Such an API writes the MIME itself, from the canonical content. So the mail is carried unchanged only if the content says all of
it: no signature over the bytes, no mail inside the mail, every text decodable, and the tree of parts that the content has.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from email.message import Message as Part

from benchkit.batch.reader import children_of, file_name_of, leaf_bytes, parts_of
from benchkit.batch.writer import to_mime
from benchkit.model.message import Content

_PROTECTED = re.compile(r"multipart/(signed|encrypted)|application/(x-)?pkcs7-(mime|signature)|application/pgp-.*")
_ENCODED_WORD = re.compile(r"=\?[^\s?]+\?[bBqQ]\?")
_SINGLE = ("from", "reply-to", "to", "cc", "subject")  # RFC 5322 §3.6: once at most
_BODIES = ("text/plain", "text/html")


def fields_fault(raw: bytes, content: Content) -> str:
    """Why not, as what follows "it"; empty where it can."""
    parts = parts_of(raw)
    faults = (fault for part in parts if (fault := _part_fault(part)))
    return next(faults, "") or _header_fault(parts[0], content) or _tree_fault(parts[0], content)


def _part_fault(part: Part) -> str:
    kind = part.get_content_type()
    if _PROTECTED.fullmatch(kind):
        return f"is signed or encrypted ({kind})"
    if part.get_content_maintype() == "message":
        return f"holds another mail ({kind})"
    if any(not _is_utf8(value) for _, value in part.raw_items()):
        return "has octets in a part's header that are not UTF-8"
    return _text_fault(part) if kind in _BODIES else ""


def _text_fault(part: Part) -> str:
    if str(part.get_param("format", "")).lower() == "flowed":
        return "has a text with format=flowed (RFC 3676), whose line ends would become fixed"
    charset = part.get_content_charset() or "utf-8"
    try:
        leaf_bytes(part).decode(charset)
    except (LookupError, ValueError):
        return f"has a text that cannot be read in its charset ({charset})"
    return ""


def _header_fault(root: Part, content: Content) -> str:
    number = Counter(name.lower() for name in list(root))
    if twice := next((name for name in _SINGLE if number[name] > 1), ""):
        return f"has the field {twice} {number[twice]} times"
    if number["sender"]:
        return "has a Sender field, which the provider writes itself"
    if any(str(value).rstrip().endswith(";") for name, value in root.raw_items() if name.lower() in ("to", "cc")):
        return "has a group of recipients in To or Cc"
    names = [address.name for address in (content.sender, *content.to, *content.cc, *content.reply_to)]
    texts = [content.subject, *names, *(value for _, value in content.headers)]
    if any(_ENCODED_WORD.search(text) or "\ufffd" in text for text in texts):
        return "has an encoded word in its header that cannot be decoded"
    return ""


def _tree_fault(root: Part, content: Content) -> str:
    theirs = _outline(root)
    try:
        ours = _outline(parts_of(to_mime(replace(content, headers=())))[0])
    except ValueError as error:
        return f"has a part that cannot be sent as fields: {error}"
    return "" if theirs == ours else f"is arranged as {theirs}; sent as fields it would be {ours}"


def _outline(part: Part) -> str:
    """The tree of parts in one line; a container of one part is that part."""
    if not part.is_multipart():
        return _leaf(part)
    inside = [_outline(child) for child in children_of(part)]
    if len(inside) == 1:
        return inside[0]
    return _joined(part.get_content_subtype(), inside)


def _joined(subtype: str, inside: list[str]) -> str:
    """What many programs write as related(alternative(text, html), images) is the same to a reader as the reverse."""
    alternative = re.fullmatch(r"alternative\((.*), text/html\)", inside[0]) if inside else None
    if subtype == "related" and alternative:
        return f"alternative({alternative[1]}, related({', '.join(['text/html', *inside[1:]])}))"
    return f"{subtype}({', '.join(inside)})"


def _leaf(part: Part) -> str:
    kind, disposition = part.get_content_type(), part.get_content_disposition()
    if kind in _BODIES and disposition != "attachment" and file_name_of(part) is None:
        return kind
    inline = disposition == "inline" or (disposition is None and part.get("content-id") is not None)
    return f"{kind} {'inline' if inline else 'attached'}"


def _is_utf8(value: str) -> bool:
    """Octets above 127 are surrogates in what the parser gives."""
    try:
        str(value).encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
