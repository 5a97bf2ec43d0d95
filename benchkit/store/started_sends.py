"""Which sends were started, in a mapped file that all workers of a run share: it survives a kill of any of them.

A send that was started and has no record is in doubt: its server may have taken it. The file holds 16 bits for each send of the
plan, in this machine's order: 0, or the number of its arm plus 1.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchkit.model.tables import IN_DOUBT
from benchkit.store.arrow_arrays import numbers_in, of_numbers
from benchkit.store.rows import arrow_schema, map_file
from benchkit.store.spool import read_table

_FILE = "started.bin"
_ITEM = np.dtype(np.uint16)


class StartedSends:
    """Raises StoreError where the file cannot be made."""

    def __init__(self, folder: Path, planned: int) -> None:
        self._arm_of_send = memoryview(map_file(folder / _FILE, max(1, planned) * _ITEM.itemsize)).cast("H")

    def add(self, send: int, arm: int) -> None:
        self._arm_of_send[send] = arm + 1


def in_doubt(folder: Path) -> pa.Table:
    """The sends that were started and that no record of `messages` is of, with their arms."""
    arm_of_send = _read(folder)
    for batch in read_table(folder, "messages"):
        sends = numbers_in(batch.column("send"))
        arm_of_send[sends[(sends >= 0) & (sends < len(arm_of_send))]] = 0
    sends = np.flatnonzero(arm_of_send)
    columns = sends.astype(np.int64), arm_of_send[sends].astype(np.int16) - 1
    schema = arrow_schema(IN_DOUBT)
    return pa.table([of_numbers(*one) for one in zip(columns, schema.types, strict=True)], schema=schema)


def remove_started(folder: Path) -> None:
    (folder / _FILE).unlink(missing_ok=True)


def _read(folder: Path) -> Any:
    """Empty where no worker has begun."""
    try:
        data = (folder / _FILE).read_bytes()
    except FileNotFoundError:
        data = b""
    return np.frombuffer(data[: len(data) // _ITEM.itemsize * _ITEM.itemsize], _ITEM).copy()
