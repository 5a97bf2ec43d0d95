"""Elements of a page: every text is escaped when it is written, so that nothing from outside becomes markup."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, tostring

_CODE = re.compile("`([^`]+)`")


def add(parent: Element, tag: str, text: str = "", /, **attributes: str | float | None) -> Element:
    """`class_` is the attribute `class`; an underscore inside a name is a hyphen; None leaves an attribute out."""
    given = {_name(key): _value(value) for key, value in attributes.items() if value is not None}
    element = SubElement(parent, tag, given)
    element.text = text or None
    return element


def add_sentence(parent: Element, tag: str, text: str, /, **attributes: str | None) -> Element:
    """What stands between backticks, a command or a file, becomes `code`."""
    first, *others = _CODE.split(text)
    element = add(parent, tag, first, **attributes)
    for code, after in zip(others[::2], others[1::2], strict=True):
        add(element, "code", code).tail = after
    return element


def written(root: Element) -> str:
    return tostring(root, encoding="unicode", method="html")


def _name(key: str) -> str:
    return {"class_": "class", "for_": "for", "viewBox": "viewBox"}.get(key, key.replace("_", "-"))


def _value(value: str | float) -> str:
    """Coordinates need no more than two decimals."""
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
