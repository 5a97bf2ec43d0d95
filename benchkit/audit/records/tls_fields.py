"""`v=…; name=value; …` as MTA-STS (RFC 8461 §3.1) and TLS-RPT (RFC 8460 §3) write it: a tag-list, stricter, with other names.

Law: every fault is fatal, because senders ignore a record that has one (RFC 8461 §3.1; RFC 8460 leaves it to them). A field
that is there twice is no fault: the first counts (RFC 8461 §3.2), except for rua, of which all count (RFC 8460 §3).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from benchkit.audit.records.tags import Tag, TagList, parse_tags
from benchkit.audit.records.text import RecordFault, strange_octets

FIELD_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}\Z")
_EXTENSION_VALUE = re.compile(r"[\x21-\x3a\x3c\x3e-\x7e]+\Z")


def parse_fields(text: str, known: Collection[str]) -> TagList:
    """Any text → its fields and all that is wrong with them; `known` are those whose values their own standard judges."""
    fields = parse_tags(text, names=FIELD_NAME)
    listed = (RecordFault(each.code, each.message, each.span) for each in fields.faults if each.code != "tag-twice")
    own = (fault for field in fields.tags for fault in _faults(field, known))
    return TagList(text, fields.tags, (*strange_octets(text), *listed, *own))


def _faults(field: Tag, known: Collection[str]) -> Iterator[RecordFault]:
    if field.value_span[0] - field.span[0] != len(field.name) + 1:
        yield RecordFault("blanks-around-equals", f"{field.name}= has spaces around the '='", field.span)
    if field.name not in known and not _EXTENSION_VALUE.match(field.value):
        yield RecordFault("bad-extension", f"{field.name}= has no value, or one with spaces or '='", field.span)
