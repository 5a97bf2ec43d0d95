"""Events of a run: a journal while they come in, which a kill leaves readable, and `events.parquet` after each collection.

A receiver writes an entry before it answers the provider: what was lost was never acknowledged, and it comes again.
The journal's time of change is its heartbeat, so that after a kill it is known until when it was written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchkit.errors import DamagedRun, StoreError, reason
from benchkit.model.tables import EVENTS, TableLayout
from benchkit.store.private_files import FILE_MODE
from benchkit.store.rows import arrow_schema

BEAT_S = 0.5
JOURNAL = "events-{number}.journal"
_END = "end"


@dataclass(frozen=True, slots=True)
class Journal:
    """`killed_ms`: until when its writer lived, if it did not close it; `torn`: its last line was not written whole."""

    path: Path
    entries: tuple[Mapping[str, Any], ...]
    killed_ms: int | None
    torn: bool


class JournalWriter:
    """One receiver's. Raises StoreError where it cannot be written."""

    def __init__(self, folder: Path) -> None:
        numbers = (number for number in range(1_000_000) if not (folder / JOURNAL.format(number=number)).exists())
        self.path = folder / JOURNAL.format(number=next(numbers))
        try:
            self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, FILE_MODE)
        except OSError as error:
            raise StoreError(f"{self.path}: {error.strerror}") from error

    def append(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Writes an entry in one write: the kernel has it when this returns."""
        data = "".join(json.dumps(entry, separators=(",", ":")) + "\n" for entry in entries).encode()
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError as error:
            raise StoreError(f"{self.path}: {error.strerror}") from error

    def beat(self) -> None:
        """Called every BEAT_S: after a kill, the file's time shows until when the writer lived."""
        os.utime(self._descriptor)

    def close(self) -> None:
        self.append([{_END: True}])
        os.close(self._descriptor)


def read_journals(folder: Path) -> list[Journal]:
    """In the order of their numbers."""
    paths = folder.glob(JOURNAL.format(number="*"))
    return [_read(path) for path in sorted(paths, key=lambda path: (len(path.name), path.name))]


def _read(path: Path) -> Journal:
    try:
        data, changed_ms = path.read_bytes(), path.stat().st_mtime_ns // 1_000_000
    except OSError as error:
        raise DamagedRun(f"{path} cannot be read: {reason(error)}") from error
    *lines, rest = data.split(b"\n")
    entries = list(_entries(lines))
    ended = bool(entries) and _END in entries[-1]
    return Journal(
        path, tuple(entry for entry in entries if _END not in entry), None if ended else changed_ms, bool(rest)
    )


def _entries(lines: Iterable[bytes]) -> Iterator[Mapping[str, Any]]:
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            yield entry


def remove_journals(journals: Iterable[Journal]) -> None:
    """Call only after their events are in the table."""
    for journal in journals:
        journal.path.unlink(missing_ok=True)


def write_events(folder: Path, rows: list[dict[str, Any]]) -> None:
    """Raises StoreError."""
    write_rows(folder, EVENTS, rows)


def read_events(folder: Path) -> list[dict[str, Any]]:
    """The rows of the table; none where the run has no events yet. Raises DamagedRun."""
    return read_rows(folder, EVENTS)


def write_rows(folder: Path, layout: TableLayout, rows: list[dict[str, Any]]) -> None:
    """A table that is collected after the run: whole, or not at all. Raises StoreError."""
    path = folder / f"{layout.name}.parquet"
    unfinished = path.with_suffix(".unfinished")
    try:
        pq.write_table(pa.Table.from_pylist(rows, arrow_schema(layout)), unfinished, compression="zstd")
        unfinished.chmod(FILE_MODE)
        unfinished.rename(path)
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{path}: {reason(error)}") from error


def read_rows(folder: Path, layout: TableLayout) -> list[dict[str, Any]]:
    """None where the run has no such table yet. Raises DamagedRun."""
    path = folder / f"{layout.name}.parquet"
    if not path.exists():
        return []
    try:
        table = pq.ParquetFile(path).read()
    except (OSError, pa.ArrowException) as error:
        raise DamagedRun(f"{path} cannot be read: {reason(error)}") from error
    if missing := [column.name for column in layout.columns if column.name not in table.column_names]:
        raise DamagedRun(f"{path} is damaged: it has no column {missing[0]!r}")
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows
