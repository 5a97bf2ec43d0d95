"""The CSV of recipients: RFC 4180, UTF-8 (a byte order mark is tolerated), a header row, at least the column `email`.

Each column is a template variable of its own name. A header that ends in `:json` (`items:json`) gives a variable without
that ending (`items`), parsed from JSON: so a row can hold a list. `name` is the recipient's display name. A blank
line is skipped. Every mistake of the file is found, not only the first.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from benchkit.batch.addresses import mailbox
from benchkit.errors import Mistake
from benchkit.model.message import Address

JSON_ENDING = ":json"
RESERVED = ("index", "token", "number")  # what a template has besides the columns (draws.py)


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """One recipient; `line` is where its record begins in the file."""

    line: int
    recipient: Address
    variables: Mapping[str, Any]


def read_recipients(path: Path, mistakes: list[Mistake]) -> tuple[RecipientRow, ...]:
    """The rows that are well formed; what is wrong is added to `mistakes`."""
    found = len(mistakes)
    records = _records(path, mistakes)
    line, header = next(records, (0, []))
    columns = [column.strip() for column in header]
    mistakes += _header_mistakes(path, line, columns)
    if len(mistakes) > found:
        return ()
    rows = [row for line, fields in records if (row := _row(path, line, columns, fields, mistakes))]
    if not rows and len(mistakes) == found:
        mistakes.append(Mistake(str(path), "has no recipients: the batch would be empty"))
    return tuple(rows)


def _records(path: Path, mistakes: list[Mistake]) -> Iterator[tuple[int, list[str]]]:
    """Records with the line that each begins in; ends at the first place that cannot be read."""
    text = _text(path, mistakes)
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for fields in reader:
            if fields:
                yield begins, fields
            begins = reader.line_num + 1
    except csv.Error as error:
        mistakes.append(Mistake(str(path), f"is not readable as CSV from here on: {error}", begins, 1))


def _text(path: Path, mistakes: list[Mistake]) -> str:
    try:
        data = path.read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        mistakes.append(Mistake(str(path), f"cannot be read: {error.strerror}"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        mistakes.append(Mistake(str(path), f"is not UTF-8: byte 0x{data[error.start]:02x}", line, 1))
    return ""


def _header_mistakes(path: Path, line: int, columns: list[str]) -> Iterator[Mistake]:
    names = [column.removesuffix(JSON_ENDING) for column in columns]
    if columns and "email" not in columns:
        yield Mistake(str(path), f"has no column 'email'; its columns: {', '.join(columns)}", line, 1)
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield Mistake(str(path), f"has {names.count(name)} columns named {name!r}", line, 1)
        if name in RESERVED:
            yield Mistake(str(path), f"may not have a column {name!r}: templates have a {name!r} of their own", line, 1)


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
    except json.JSONDecodeError as error:
        raise ValueError(f"column {column!r} is not JSON: {error}") from None
