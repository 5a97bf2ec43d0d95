"""A list of recipients as CSV text: its delimiter, its header where it has one, and the column that holds the addresses."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchkit.errors import InputError, Mistake, listed

DELIMITERS = (",", ";", "\t", "|")
NAMES = ("email", "e-mail", "email address", "e-mail address", "emailaddress", "mail", "address", "recipient", "to")
LOOKED_AT = 200  # rows, to find the column


@dataclass(frozen=True, slots=True)
class RecipientCsv:
    """`header` is empty for a file without one. `rows` keep their line numbers, from 1."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    column: int
    delimiter: str

    def address(self, row: Sequence[str]) -> str:
        return row[self.column].strip() if self.column < len(row) else ""


def read_list(text: str, where: str, column: str = "") -> RecipientCsv:
    """Blank lines are left out. Raises InputError with the place."""
    delimiter = _delimiter(text)
    rows = _rows(text, where, delimiter)
    if not rows:
        raise InputError(Mistake(where, "holds no rows"))
    first = rows[0][1]
    header = first if not any("@" in cell for cell in first) else ()
    if column and not header:
        raise InputError(Mistake("--column", f"names a column, and {where} has no header line"))
    rows = rows[1:] if header else rows
    return RecipientCsv(header, tuple(rows), _column(header, rows, where, column), delimiter)


def _rows(text: str, where: str, delimiter: str) -> list[tuple[int, tuple[str, ...]]]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter)
    found: list[tuple[int, tuple[str, ...]]] = []
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                found.append((line, tuple(row)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(Mistake(where, f"cannot be read as CSV: {error}", line=line)) from None
    return found


def _delimiter(text: str) -> str:
    """The one that the first line has most of; a comma where it has none."""
    first = text.lstrip("\ufeff\r\n").partition("\n")[0]
    return max(DELIMITERS, key=first.count)


def _column(header: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], where: str, wanted: str) -> int:
    names = [name.strip().lower() for name in header]
    if wanted:
        if wanted.lower() not in names:
            raise InputError(Mistake("--column", f'{where} has no column "{wanted}"; it has {listed(header)}'))
        return names.index(wanted.lower())
    if named := [names.index(name) for name in NAMES if name in names]:
        return named[0]
    with_at = Counter(place for _, row in rows[:LOOKED_AT] for place, cell in enumerate(row) if "@" in cell)
    if with_at:
        return with_at.most_common(1)[0][0]
    if max((len(row) for _, row in rows), default=len(header)) <= 1:
        return 0
    raise InputError(Mistake(where, "has no column with addresses: name it with --column"))
