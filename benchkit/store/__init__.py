"""The stored run: recorded in columns, spooled as Arrow IPC streams while it runs, Parquet once it is closed.

A stream is readable up to its last whole batch whenever the writer dies; an unclosed Parquet file is not readable at all.
Law: no statistic is computed here. Only this room imports pyarrow.
"""

import benchkit.store.allocator  # noqa: F401 (first of all)
from benchkit.store.arrived_bytes import ArrivedBytes, arrived_bytes
from benchkit.store.arrow_table import arrow_table, explained
from benchkit.store.finalize import close_tables, remove_spools, write_tables
from benchkit.store.folder import create_folder, newest_run, read_manifest, write_manifest, write_text
from benchkit.store.ledger import SpoolLedger
from benchkit.store.link_and_sink_rows import record_sink_lag, record_wire
from benchkit.store.loading import load_run
from benchkit.store.private_files import private_files
from benchkit.store.recorder import Recorder
from benchkit.store.run_lock import manifest_now, run_locked

__all__ = [
    "ArrivedBytes",
    "Recorder",
    "SpoolLedger",
    "arrived_bytes",
    "arrow_table",
    "close_tables",
    "create_folder",
    "explained",
    "load_run",
    "manifest_now",
    "newest_run",
    "private_files",
    "read_manifest",
    "record_sink_lag",
    "record_wire",
    "remove_spools",
    "run_locked",
    "write_manifest",
    "write_tables",
    "write_text",
]
