"""The sink's ledger on disk: what arrived, by identity and by the digest of its bytes, and each distinct body once.

Canonical content is not parsed here: `key` is the digest of the bytes without the identity, and resolving.py parses each body
that a key stands for, once, after the run.
"""

from __future__ import annotations

from pathlib import Path

from benchkit.model.tables import StoredColumn, TableLayout
from benchkit.store.spool import SpooledRows, spool_of

SPOOLED_ARRIVALS = TableLayout(
    "arrivals",
    (
        StoredColumn("send", "int64"),
        StoredColumn("arm", "int16"),
        StoredColumn("key", "binary16"),
        StoredColumn("arrived_ns", "int64"),
        StoredColumn("bytes", "int64"),
        StoredColumn("recipients", "int32"),
    ),
)
BODIES = TableLayout(
    "bodies",
    (
        StoredColumn("key", "binary16"),
        StoredColumn("arm", "int16"),
        StoredColumn("head", "binary"),
        StoredColumn("body", "binary"),
    ),
)
ROWS = 4096
_BODIES_BUFFERED_BYTES = 4_000_000


class SpoolLedger:
    """Implements model.contracts.Ledger; `flush` is to be called every second. Raises StoreError when nothing fits."""

    def __init__(self, folder: Path) -> None:
        self._arrivals = SpooledRows(spool_of(folder, SPOOLED_ARRIVALS.name), SPOOLED_ARRIVALS, ROWS)
        self._bodies = SpooledRows(spool_of(folder, BODIES.name), BODIES, ROWS)
        self._buffered_bytes = 0

    def arrived(self, send: int, arm: int, key: bytes, arrived_ns: int, size: int, recipients: int) -> None:
        self._arrivals.append(send=send, arm=arm, key=key, arrived_ns=arrived_ns, bytes=size, recipients=recipients)
        if not self._arrivals.room:
            self.flush()

    def body(self, key: bytes, arm: int, head: bytes, body: bytes) -> None:
        self._bodies.append(key=key, arm=arm, head=head, body=body)
        self._buffered_bytes += len(body)
        if self._buffered_bytes > _BODIES_BUFFERED_BYTES or not self._bodies.room:
            self.flush()

    def flush(self) -> None:
        """Writes bodies first, so that every row on disk has its body."""
        self._bodies.write_out()
        self._buffered_bytes = 0
        self._arrivals.write_out()

    @property
    def disk_full(self) -> bool:
        """Whether it is time to stop; what has arrived until now is written, in the reserved room."""
        return self._arrivals.disk_full or self._bodies.disk_full

    def close(self) -> None:
        self.flush()
        self._arrivals.close()
        self._bodies.close()
