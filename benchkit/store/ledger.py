"""The sink's ledger on disk: what arrived, by identity and by the digest of its bytes, and each distinct body once.

Canonical content is not parsed here: `key` is the digest of the bytes without the identity, and closing.py parses each body
that a key stands for, once, after the run.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from benchkit.store.rows import RowBuffer, arrow_schema
from benchkit.store.spool import SpoolWriter

SPOOLED_COLUMNS = {
    "send": "int64",
    "arm": "int16",
    "key": "binary16",
    "arrived_ns": "int64",
    "bytes": "int64",
    "recipients": "int32",
}
BODY_COLUMNS = {"key": "binary16", "arm": "int16", "head": "binary", "body": "binary"}
ROWS = 8192
_BODIES_HELD_BYTES = 4_000_000


class SpoolLedger:
    """Implements model.contracts.Ledger; `flush` is to be called every second. Raises StoreError when nothing fits."""

    def __init__(self, folder: Path) -> None:
        self._rows = RowBuffer(SPOOLED_COLUMNS, ROWS)
        self._bodies: list[tuple[bytes, int, bytes, bytes]] = []
        self._held_bytes = 0
        self._row_spool = SpoolWriter(folder / "arrivals.arrow", arrow_schema(SPOOLED_COLUMNS))
        self._body_spool = SpoolWriter(folder / "bodies.arrow", arrow_schema(BODY_COLUMNS))

    def arrived(self, send: int, arm: int, key: bytes, arrived_ns: int, size: int, recipients: int) -> None:
        self._rows.append(send, arm, key, arrived_ns, size, recipients)
        if self._rows.count == ROWS:
            self.flush()

    def body(self, key: bytes, arm: int, head: bytes, body: bytes) -> None:
        self._bodies.append((key, arm, head, body))
        self._held_bytes += len(body)
        if self._held_bytes > _BODIES_HELD_BYTES:
            self.flush()

    def flush(self) -> None:
        """Bodies first: a row on disk can then always be resolved."""
        if self._bodies:
            values = dict(zip(BODY_COLUMNS, zip(*self._bodies, strict=True), strict=True))
            schema = arrow_schema(BODY_COLUMNS)
            self._bodies.clear()
            self._held_bytes = 0
            self._body_spool.write({name: pa.array(column, schema.field(name).type) for name, column in values.items()})
        if self._rows.count:
            self._row_spool.write(self._rows.take())

    @property
    def disk_full(self) -> bool:
        """Whether it is time to stop; what has arrived until now is written, on the ballast's room."""
        return self._row_spool.disk_full or self._body_spool.disk_full

    def close(self) -> None:
        self.flush()
        self._row_spool.close()
        self._body_spool.close()
