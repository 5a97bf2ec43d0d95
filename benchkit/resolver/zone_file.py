"""A zone file (RFC 1035 §5) as a dnspython zone; every way in which it cannot be read is an InputError with file and line.

Three faults are so common that the rest of the file is still read, and they are returned as values: a string of more than 255
octets, a record beside a CNAME, and an alias that leads back to itself. `$INCLUDE` and `$GENERATE` are not allowed: an audit
reads the file that it was given, no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import Any

import dns.exception
import dns.name
import dns.rdataclass
import dns.zonefile
from dns.name import Name
from dns.rdata import Rdata
from dns.rdatatype import RdataType
from dns.rdtypes.ANY.CNAME import CNAME
from dns.tokenizer import Token, Tokenizer
from dns.transaction import Transaction
from dns.zone import Zone

from benchkit.errors import InputError, Mistake, reason
from benchkit.resolver.names import text_name, wire_name
from benchkit.resolver.zone_errors import mistake_of

LONGEST_STRING = 255  # octets
CHARACTER = re.compile(r"\\\d{3}|\\.|.", re.DOTALL)


class ZoneFaultKind(StrEnum):
    LONG_STRING = "long string"  # RFC 1035 §3.3: one string holds at most 255 octets
    BESIDE_CNAME = "beside a CNAME"  # RFC 1034 §3.6.2: a CNAME is the only record at its name
    ALIAS_LOOP = "alias loop"  # a CNAME chain that leads back to its first name


@dataclass(frozen=True, slots=True)
class ZoneFault:
    """`text` is the record's data as it was read: a long string in pieces that fit; beside a CNAME, the record left out;
    of an alias loop, its names in their order.
    """

    kind: ZoneFaultKind
    name: str
    type: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class PlacedRecord:
    """A record and the lines that it takes in the file, which count from 1."""

    name: Name
    ttl_s: int
    data: Rdata
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class ZoneFile:
    """`text` is the file as it was read; `records` are in its order."""

    zone: Zone
    origin: Name
    faults: tuple[ZoneFault, ...]
    text: str
    records: tuple[PlacedRecord, ...]


class PlacedTokenizer(Tokenizer):
    """dnspython's, which tells the line of the last token and not the line after it, and cuts long strings into pieces."""

    token_line = 1
    long_strings = 0
    _pieces: tuple[Token, ...] = ()

    def get(self, want_leading: bool = False, want_comment: bool = False) -> Token:
        if self._pieces and self.ungotten_token is None:
            first, *rest = self._pieces
            self._pieces = tuple(rest)
            return first
        fresh, line = self.ungotten_token is None, self.line_number
        token = super().get(want_leading, want_comment)
        if fresh and not token.is_eol_or_eof():
            self.token_line = line
        if fresh and token.is_quoted_string():
            first, *rest = _pieces(token)
            self._pieces = tuple(rest)
            self.long_strings += bool(rest)
            return first
        return token

    def where(self) -> tuple[str, int]:
        return self.filename, self.token_line


def _pieces(token: Token) -> Iterator[Token]:
    """The string in parts of at most 255 octets; an escape is one octet and stays whole (RFC 1035 §5.1)."""
    part, octets = "", 0
    for character in CHARACTER.findall(token.value):
        size = 1 if character.startswith("\\") else len(character.encode("utf-8"))
        if octets + size > LONGEST_STRING:
            yield Token(token.ttype, part, token.has_escape)
            part, octets = "", 0
        part, octets = part + character, octets + size
    yield Token(token.ttype, part, token.has_escape)


class NotingTransaction:
    """Hands on what the reader adds, and keeps the last record."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self.last: tuple[Name, int, Rdata] | None = None

    def forget(self) -> None:
        self.last = None

    def add(self, name: Name, ttl: int, rdata: Rdata) -> None:
        self.last = (name, ttl, rdata)
        self._transaction.add(name, ttl, rdata)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transaction, name)


class TolerantReader(dns.zonefile.Reader):
    """Goes on behind the two faults, and notes them."""

    def __init__(self, tokens: PlacedTokenizer, transaction: Transaction) -> None:
        super().__init__(tokens, dns.rdataclass.IN, transaction, allow_directives={"$ORIGIN", "$TTL"}, default_ttl=None)
        self._tokens, self._noting = tokens, NotingTransaction(transaction)
        self.txn = self._noting  # type: ignore[assignment]
        self.faults: list[ZoneFault] = []
        self.records: list[PlacedRecord] = []

    def _rr_line(self) -> None:
        before, first_line = self._tokens.long_strings, self._tokens.token_line
        self._noting.forget()
        try:
            super()._rr_line()
        except dns.zonefile.CNAMEAndOtherData:
            self._note(ZoneFaultKind.BESIDE_CNAME)
        else:
            if self._tokens.long_strings > before:
                self._note(ZoneFaultKind.LONG_STRING)
        if self._noting.last is not None:
            self.records.append(PlacedRecord(*self._noting.last, first_line, self._tokens.line_number - 1))

    def _note(self, kind: ZoneFaultKind) -> None:
        if self._noting.last is not None:
            name, _, rdata = self._noting.last
            line = self._tokens.token_line
            self.faults.append(ZoneFault(kind, text_name(name), rdata.rdtype.name, line, rdata.to_text()))


def read_zone(path: Path, origin: str = "") -> ZoneFile:
    """The zone in a file; its origin is the first `$ORIGIN`, else the owner of its SOA record, else `origin`."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(Mistake(str(path), f"cannot be read as a zone file: {reason(error)}")) from error
    return zone_of_text(text, str(path), _origin(text, str(path), origin))


def zone_of_text(text: str, path: str, begins: Name) -> ZoneFile:
    """The zone in a text; `path` is for messages. Raises InputError."""
    zone, reader = _parse(text, path, begins)
    if not zone.nodes:
        raise InputError(Mistake(path, "holds no record"))
    faults = (*reader.faults, *_alias_loops(reader.records))
    return ZoneFile(zone, begins, faults, text, tuple(reader.records))


def _origin(text: str, path: str, given: str) -> Name:
    stated = re.search(r"^\$ORIGIN\s+(\S*\.)\s*(?:;|$)", text, re.MULTILINE | re.IGNORECASE)
    owner = re.search(r"^(\S+\.)\s[^;\n]*\bSOA\b", text, re.MULTILINE | re.IGNORECASE)
    name = next((found[1] for found in (stated, owner) if found), given)
    found = wire_name(name) if name else None
    if found is None:
        raise InputError(Mistake(path, 'has no origin: begin it with a line such as "$ORIGIN shop.example."'))
    return found


def _parse(text: str, path: str, origin: Name) -> tuple[Zone, TolerantReader]:
    zone = Zone(origin, relativize=False)
    with zone.writer(replacement=True) as transaction:
        tokens = PlacedTokenizer(StringIO(text if text.endswith("\n") else f"{text}\n"), path)
        reader = TolerantReader(tokens, transaction)
        try:
            reader.read()
        except (dns.exception.DNSException, ValueError, KeyError) as error:
            raise InputError(mistake_of(error, path, tokens.where()[1], text)) from error
    return zone, reader


def _target(alias: Rdata) -> Name:
    assert isinstance(alias, CNAME)
    return alias.target.canonicalize()


def _alias_loops(records: Sequence[PlacedRecord]) -> Iterator[ZoneFault]:
    """Each loop once, at its first record."""
    aliases = {each.name.canonicalize(): each for each in records if each.data.rdtype == RdataType.CNAME}
    targets = {name: _target(each.data) for name, each in aliases.items()}
    reported: set[Name] = set()
    for name, first in aliases.items():
        chain = [name]
        while (target := targets.get(chain[-1])) is not None and target not in chain:
            chain.append(target)
        if target == name and name not in reported:
            reported |= set(chain)
            names = " → ".join(text_name(each) for each in (*chain, name))
            yield ZoneFault(ZoneFaultKind.ALIAS_LOOP, text_name(name), "CNAME", first.first_line, names)
