"""XML from unknown senders → a tree of names and texts, by expat. A DTD is refused, and with it every entity (billion laughs,
XXE).

Namespaces are dropped: RFC 9990 has one, RFC 7489 had none, and some reporters invent their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from benchkit.audit.aggregate_reports.refusal import RefusedReport

DEEPEST = 24
MOST_ELEMENTS = 5_000_000
LONGEST_TEXT = 10_000  # characters of one element


@dataclass(slots=True)
class Element:
    name: str
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def all(self, name: str) -> Iterator[Element]:
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> Element:
        """An empty one where there is none."""
        return next(self.all(name), Element(name))

    def value(self, *path: str) -> str:
        """The text at the end of the path, without blanks around it."""
        element = self
        for name in path:
            element = element.first(name)
        return element.text.strip()


def read_xml(data: bytes) -> Element:
    """The root. Raises RefusedReport."""
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_dtd
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.buffer_text = True
    try:
        parser.Parse(data.lstrip(b" \t\r\n"), True)
    except expat.ExpatError as error:
        raise RefusedReport(f"is not well-formed XML: {error}") from None
    except (LookupError, ValueError) as error:
        raise (
            error if isinstance(error, RefusedReport) else RefusedReport(f"cannot be read as XML: {error}")
        ) from None
    return builder.root.children[0]


def _refuse_dtd(*_: object) -> NoReturn:
    raise RefusedReport("holds a DTD, which a report never has")


class _Builder:
    def __init__(self) -> None:
        self.root = Element("")
        self._open = [self.root]
        self._elements = 0

    def start(self, name: str, _: object) -> None:
        self._elements += 1
        if len(self._open) > DEEPEST:
            raise RefusedReport(f"nests more than {DEEPEST} elements")
        if self._elements > MOST_ELEMENTS:
            raise RefusedReport(f"has more than {MOST_ELEMENTS:,} elements")
        element = Element(name.rpartition(" ")[2])
        self._open[-1].children.append(element)
        self._open.append(element)

    def end(self, _: str) -> None:
        self._open.pop()

    def text(self, data: str) -> None:
        element = self._open[-1]
        if len(element.text) + len(data) > LONGEST_TEXT:
            raise RefusedReport(f"has an element with more than {LONGEST_TEXT:,} characters")
        element.text += data
