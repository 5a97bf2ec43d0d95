"""The logo of a BIMI record: what the profile SVG Tiny Portable/Secure allows (draft-svg-tiny-ps-abrotman §2). Pure.

No entity is ever expanded: a file with a document type is refused before it is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

NAMESPACE = "http://www.w3.org/2000/svg"
LARGEST_SVG = 32_768  # octets, which receivers take as the limit
FORBIDDEN = {
    "script": "a script",
    "image": "an embedded image",
    "a": "a link",
    "foreignObject": "foreign content",
    "animate": "an animation",
    "animateMotion": "an animation",
    "animateTransform": "an animation",
    "animateColor": "an animation",
    "set": "an animation",
    "video": "a video",
    "audio": "a sound",
    "style": "a style sheet",
}
_DOCUMENT_TYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_HREF = ("href", "{http://www.w3.org/1999/xlink}href")


def svg_faults(octets: bytes) -> tuple[str, ...]:
    """What keeps a receiver from showing it, in words; empty: nothing. Never raises."""
    if b"\0" in octets or _DOCUMENT_TYPE.search(octets):
        return ("it has a document type or is not UTF-8: receivers refuse it unread",)
    try:
        root = ElementTree.fromstring(octets)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        return (f"it is not XML: {error}",)
    return tuple(dict.fromkeys((*_size(octets), *_root_faults(root), *_content_faults(root))))


def _size(octets: bytes) -> Iterator[str]:
    if len(octets) > LARGEST_SVG:
        yield f"it has {len(octets):,} octets, more than {LARGEST_SVG:,}"


def _root_faults(root: ElementTree.Element) -> Iterator[str]:
    if root.tag != f"{{{NAMESPACE}}}svg":
        yield "its root is no svg element"
        return
    if root.get("baseProfile") != "tiny-ps":
        yield 'baseProfile is not "tiny-ps"'
    if root.get("version") != "1.2":
        yield 'version is not "1.2"'
    if root.get("x") is not None or root.get("y") is not None:
        yield "the root has x= or y="
    title = root.find(f"{{{NAMESPACE}}}title")
    if title is None or not (title.text or "").strip():
        yield "it has no title"
    box = (root.get("viewBox") or "").replace(",", " ").split()
    if len(box) != 4 or box[2] != box[3]:
        yield "it is not square (viewBox)"


def _content_faults(root: ElementTree.Element) -> Iterator[str]:
    for element in root.iter():
        name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if name in FORBIDDEN:
            yield f"it holds {FORBIDDEN[name]} (<{name}>)"
        for attribute, value in element.attrib.items():
            if attribute in _HREF and not value.startswith("#"):
                yield "it refers to something outside itself"
            if attribute.lower().startswith("on"):
                yield "it holds a script (an event attribute)"
