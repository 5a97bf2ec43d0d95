"""The CSV of recipients: RFC 4180, UTF-8 (a byte order mark is tolerated), a header row, at least the column `email`.

Each column is a template variable of its own name. A header that ends in `:json` (`items:json`) gives a variable without
that ending (`items`), parsed from JSON: so a row can hold a list. `name` is the recipient's display name. A blank line is
skipped. Rows that no message goes to are not read; every error of the others is found, not only the first.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from itertools import count, islice
from pathlib import Path
from typing import Any

from benchkit.batch.addresses import mailbox
from benchkit.batch.limits import MAX_FILE_BYTES, MAX_MESSAGES
from benchkit.errors import InputError, Mistake
from benchkit.model.message import Address

_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
JSON_ENDING = ":json"
RESERVED = ("index", "token", "number")  # what a template has besides the columns (draws.py)


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """One recipient; `line` is where its record begins in the file."""

    line: int
    recipient: Address
    variables: Mapping[str, Any]


def read_recipients(path: Path, mistakes: list[Mistake], most: int = 0) -> tuple[RecipientRow, ...]:
    """The rows that are well formed, of the first `most` (0: all); what is wrong is added to `mistakes`."""
    found = len(mistakes)
    records = _records(path, mistakes)
    line, header = next(records, (0, []))
    columns = [column.strip() for column in header]
    mistakes += _header_mistakes(path, line, columns)
    if len(mistakes) > found:
        return ()
    bound = most if 0 < most <= MAX_MESSAGES else MAX_MESSAGES + 1
    rows = [row for line, fields in islice(records, bound) if (row := _row(path, line, columns, fields, mistakes))]
    if len(rows) > MAX_MESSAGES:
        problem = f"has more than {MAX_MESSAGES:,} rows: set message.count to send to the first ones only"
        mistakes.append(Mistake(str(path), problem, rows[-1].line, 1))
    elif not rows and len(mistakes) == found:
        mistakes.append(Mistake(str(path), "has no recipients: the batch would be empty"))
    return tuple(rows)


def _records(path: Path, mistakes: list[Mistake]) -> Iterator[tuple[int, list[str]]]:
    """Records with the line that each begins in; ends at the first place that cannot be read."""
    reader = csv.reader(_lines(path, mistakes), strict=True)
    begins = 1
    try:
        for fields in reader:
            if fields:
                yield begins, fields
            begins = reader.line_num + 1
    except csv.Error as error:
        mistakes.append(Mistake(str(path), f"is not readable as CSV from here on: {error}", begins, 1))


def _lines(path: Path, mistakes: list[Mistake]) -> Iterator[str]:
    """Read one by one: a file may be larger than memory."""
    try:
        with path.open("rb") as file:
            for number in count(1):
                data = file.readline(MAX_FILE_BYTES)
                if len(data) == MAX_FILE_BYTES:
                    raise InputError(Mistake(str(path), f"has a line of more than {MAX_FILE_BYTES:,} bytes", number, 1))
                if not data:
                    return
                yield from StringIO(data.decode("utf-8-sig" if number == 1 else "utf-8"), newline="")
    except OSError as error:
        mistakes.append(Mistake(str(path), f"cannot be read: {error.strerror}"))
    except UnicodeDecodeError as error:
        mistakes.append(Mistake(str(path), f"is not UTF-8: byte 0x{error.object[error.start]:02x}", number, 1))
    except InputError as error:
        mistakes += error.mistakes


def _header_mistakes(path: Path, line: int, columns: list[str]) -> Iterator[Mistake]:
    names = [column.removesuffix(JSON_ENDING) for column in columns]
    if len(columns) == 1 and (other := next((name for sign, name in _SEPARATORS.items() if sign in columns[0]), "")):
        yield Mistake(str(path), f"has {other} between its columns: save it with commas (CSV, UTF-8)", line, 1)
        return
    if columns and "email" not in columns:
        yield Mistake(str(path), f"has no column 'email'; its columns: {', '.join(columns)}", line, 1)
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield Mistake(str(path), f"has {names.count(name)} columns named {name!r}", line, 1)
        if name in RESERVED:
            yield Mistake(
                str(path), f"has a column {name!r}, a name that templates reserve: rename the column", line, 1
            )


def _row(path: Path, line: int, columns: list[str], fields: list[str], mistakes: list[Mistake]) -> RecipientRow | None:
    try:
        if len(fields) != len(columns):
            raise ValueError(f"has {len(fields)} fields where the header has {len(columns)}")
        variables = dict(_variable(column, field) for column, field in zip(columns, fields, strict=True))
        return RecipientRow(line, mailbox(str(variables.get("name", "")), variables["email"]), variables)
    except ValueError as error:
        mistakes.append(Mistake(str(path), str(error), line, 1))
        return None


def _variable(column: str, field: str) -> tuple[str, Any]:
    if not column.endswith(JSON_ENDING):
        return column, field
    try:
        return column.removesuffix(JSON_ENDING), json.loads(field)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"column {column!r} is not JSON: {error}") from None
