"""A zone file with changes made to it: old lines become comments, new ones stand in their place, all others stay as they are,
except that the serial of the SOA record is raised.

Law: the new text is read again, and holds what the changes say and nothing else that is new; so it can be loaded as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from dns.rdtypes.ANY.SOA import SOA

from benchkit.errors import InputError, Mistake
from benchkit.model.dns import Record
from benchkit.model.record_fix import RecordFix
from benchkit.resolver.names import text_name
from benchkit.resolver.zone_file import PlacedRecord, ZoneFile, zone_of_text
from benchkit.resolver.zone_serial import next_serial, with_serial

ADDED_TTL_S = 3600  # of a record that takes no other's place
HEAD = "; Corrected by benchkit audit: lines that were removed are comments."
UNCHANGED = "; Written by benchkit audit: nothing was changed."
Key = tuple[str, str, str]  # name, type, data


@dataclass(frozen=True, slots=True)
class RaisedSerial:
    old: int
    new: int


@dataclass(frozen=True, slots=True)
class CorrectedZone:
    """`done`: the changes that are in the text. `serial` is None where nothing changed or no one serial was found."""

    text: str
    done: tuple[RecordFix, ...]
    serial: RaisedSerial | None


@dataclass(slots=True)
class _Edits:
    """By the number of a record in the file: which go, and what comes in their place; `added` comes at the end."""

    removed: set[int] = field(default_factory=set)
    in_place: dict[int, list[str]] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    done: list[RecordFix] = field(default_factory=list)
    serial: RaisedSerial | None = None
    soa: dict[int, list[str]] = field(default_factory=dict)  # the new lines of each SOA record


def corrected_zone(file: ZoneFile, path: str, fixes: Iterable[RecordFix], today: date) -> CorrectedZone:
    """One change for each kind of record at a name, and none for other zones. `today` is for a serial that is a date."""
    edits = _Edits()
    done: set[tuple[str, str]] = set()
    numbers: dict[Key, list[int]] = {}  # a line that is there twice is one record
    for number, record in enumerate(file.records):
        numbers.setdefault(_key(record), []).append(number)
    for fix in fixes:
        if (fix.what, fix.name) not in done and _is_within(fix.name, file):
            done.add((fix.what, fix.name))
            _edit(edits, fix, file.records, numbers)
    if edits.done:
        _raise_serial(edits, file, today)
    text = _text(file, edits)
    _check(file, edits, text, path)
    return CorrectedZone(text, tuple(edits.done), edits.serial)


def _raise_serial(edits: _Edits, file: ZoneFile, today: date) -> None:
    """In every SOA record: a zone as it was transferred has the same one at its start and at its end (RFC 5936 §2.2)."""
    lines, soa = file.text.split("\n"), {}
    serials = {each.data.serial for each in file.records if isinstance(each.data, SOA)}
    if len(serials) != 1:
        return
    (old,) = serials
    new = next_serial(old, today)
    for number, each in enumerate(file.records):
        if isinstance(each.data, SOA):
            raised = with_serial("\n".join(lines[each.first_line - 1 : each.last_line]), old, new)
            if raised is None:
                return
            soa[number] = raised.split("\n")
    edits.serial, edits.soa = RaisedSerial(old, new), soa


def _edit(edits: _Edits, fix: RecordFix, records: Sequence[PlacedRecord], numbers: dict[Key, list[int]]) -> None:
    """A text whose octets stay and whose strings change, as one that was too long, has the same record before and after."""
    before = [numbers.get(_key_of(fix.name, each), []) for each in fix.before]
    again = [numbers.get(_key_of(fix.name, each), []) for each in fix.after if not fix.before]
    if not all(before):
        return
    removed = sorted(number for found in (*before, *again) for number in found)
    edits.done.append(fix)
    edits.removed |= set(removed)
    ttl_s = records[removed[0]].ttl_s if removed else ADDED_TTL_S
    lines = [f"{fix.name}. {ttl_s} IN {each.type} {each.text}" for each in fix.after]
    (edits.in_place.setdefault(removed[0], []) if removed else edits.added).extend(lines)


def _text(file: ZoneFile, edits: _Edits) -> str:
    lines, written, at = file.text.removesuffix("\n").split("\n"), [_head(edits)], 0
    for number, record in enumerate(file.records):
        first, behind = record.first_line - 1, record.last_line
        if number in edits.removed:
            old = [f"; {line}" for line in lines[first:behind]]
            written += [*lines[at:first], *old, *edits.in_place.get(number, [])]
            at = behind
            continue
        orphan = number - 1 in edits.removed and lines[first][:1].isspace()  # its name was in the line above
        if orphan or number in edits.soa:
            new = edits.soa.get(number, lines[first:behind])
            name = f"{text_name(record.name)}." if orphan else ""
            written += [*lines[at:first], f"{name}{new[0]}", *new[1:]]
            at = behind
    return "\n".join([*written, *lines[at:], *(["", *edits.added] if edits.added else [])]) + "\n"


def _head(edits: _Edits) -> str:
    if edits.serial is not None:
        return f"{HEAD} The serial of the SOA record was raised from {edits.serial.old} to {edits.serial.new}."
    return f"{HEAD} Raise the serial of the SOA record, then load it." if edits.done else UNCHANGED


def _check(file: ZoneFile, edits: _Edits, text: str, path: str) -> None:
    """Raises InputError where the text does not read as it should: then nothing is written."""
    removed = {_key_of(fix.name, each) for fix in edits.done for each in fix.before}
    come = {_key_of(fix.name, each) for fix in edits.done for each in fix.after}
    stay = {_key(_as_raised(record, edits.serial)) for record in file.records} - removed
    read = {_key(record) for record in zone_of_text(text, path, file.origin).records}
    if read != stay | come:
        raise InputError(Mistake(path, "cannot be corrected line by line: make the changes by hand"))


def _as_raised(record: PlacedRecord, serial: RaisedSerial | None) -> PlacedRecord:
    if serial is None or not isinstance(record.data, SOA):
        return record
    return replace(record, data=record.data.replace(serial=serial.new))


def _is_within(name: str, file: ZoneFile) -> bool:
    origin = text_name(file.origin)
    return name == origin or name.endswith(f".{origin}")


def _key(record: PlacedRecord) -> Key:
    return text_name(record.name), record.data.rdtype.name, record.data.to_text()


def _key_of(name: str, record: Record) -> Key:
    return name, record.type, record.text
