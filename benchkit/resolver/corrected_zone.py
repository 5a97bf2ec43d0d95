"""A zone file with changes made to it: old lines become comments, new ones stand in their place, all others stay as they are.

Law: the new text is read again, and holds what the changes say and nothing else that is new; so it can be loaded as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from benchkit.errors import InputError, Mistake
from benchkit.model.dns import Record
from benchkit.model.record_fix import RecordFix
from benchkit.resolver.names import text_name
from benchkit.resolver.zone_file import PlacedRecord, ZoneFile, zone_of_text

ADDED_TTL_S = 3600  # of a record that takes no other's place
HEAD = "; Corrected by benchkit audit: lines that were removed are comments. Raise the serial of the SOA record, then load it."
Key = tuple[str, str, str]  # name, type, data


@dataclass(slots=True)
class _Edits:
    """By the number of a record in the file: which go, and what comes in their place; `added` comes at the end."""

    removed: set[int] = field(default_factory=set)
    in_place: dict[int, list[str]] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    done: list[RecordFix] = field(default_factory=list)


def corrected_zone(file: ZoneFile, path: str, fixes: Iterable[RecordFix]) -> tuple[str, tuple[RecordFix, ...]]:
    """The new text, and the changes that are in it: one for each kind of record at a name, and none for other zones."""
    edits = _Edits()
    told: set[tuple[str, str]] = set()
    numbers: dict[Key, list[int]] = {}  # a line that is there twice is one record
    for number, record in enumerate(file.records):
        numbers.setdefault(_key(record), []).append(number)
    for fix in fixes:
        if (fix.what, fix.name) not in told and _is_within(fix.name, file):
            told.add((fix.what, fix.name))
            _edit(edits, fix, file.records, numbers)
    text = _text(file, edits)
    _check(file, edits.done, text, path)
    return text, tuple(edits.done)


def _edit(edits: _Edits, fix: RecordFix, records: Sequence[PlacedRecord], numbers: dict[Key, list[int]]) -> None:
    """A text whose octets stay and whose strings change, as one that was too long, has the same record before and after."""
    before = [numbers.get(_key_of(fix.name, each), []) for each in fix.before]
    again = [numbers.get(_key_of(fix.name, each), []) for each in fix.after if not fix.before]
    if not all(before):
        return
    gone = sorted(number for found in (*before, *again) for number in found)
    edits.done.append(fix)
    edits.removed |= set(gone)
    ttl_s = records[gone[0]].ttl_s if gone else ADDED_TTL_S
    lines = [f"{fix.name}. {ttl_s} IN {each.type} {each.text}" for each in fix.after]
    (edits.in_place.setdefault(gone[0], []) if gone else edits.added).extend(lines)


def _text(file: ZoneFile, edits: _Edits) -> str:
    lines, written, at = file.text.removesuffix("\n").split("\n"), [HEAD], 0
    for number, record in enumerate(file.records):
        first, behind = record.first_line - 1, record.last_line
        if number in edits.removed:
            old = [f"; {line}" for line in lines[first:behind]]
            written += [*lines[at:first], *old, *edits.in_place.get(number, [])]
            at = behind
        elif number - 1 in edits.removed and lines[first][:1].isspace():  # its name was in the line above
            written += [*lines[at:first], f"{text_name(record.name)}.{lines[first]}"]
            at = first + 1
    return "\n".join([*written, *lines[at:], *(["", *edits.added] if edits.added else [])]) + "\n"


def _check(file: ZoneFile, done: Sequence[RecordFix], text: str, path: str) -> None:
    """Raises InputError where the text does not read as it should: then nothing is written."""
    gone = {_key_of(fix.name, each) for fix in done for each in fix.before}
    come = {_key_of(fix.name, each) for fix in done for each in fix.after}
    wanted = ({_key(record) for record in file.records} - gone) | come
    read = {_key(record) for record in zone_of_text(text, path, file.origin).records}
    if read != wanted:
        raise InputError(Mistake(path, "cannot be corrected line by line: make the changes by hand"))


def _is_within(name: str, file: ZoneFile) -> bool:
    origin = text_name(file.origin)
    return name == origin or name.endswith(f".{origin}")


def _key(record: PlacedRecord) -> Key:
    return text_name(record.name), record.data.rdtype.name, record.data.to_text()


def _key_of(name: str, record: Record) -> Key:
    return name, record.type, record.text
