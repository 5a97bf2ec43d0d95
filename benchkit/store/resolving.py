"""From the sink's spool to arrivals: each distinct body is parsed once into its canonical digest, by the caller's parser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa

from benchkit.model.run import ARRIVAL_COLUMNS
from benchkit.store.spool import read_batches

# (arm, head, body) → 16 bytes of canonical digest, or nothing where the body is no mail.
Parse = Callable[[int, bytes, bytes], bytes]

ARRIVAL_SCHEMA = pa.schema(
    [
        (name, {"int64": pa.int64(), "int16": pa.int16(), "int32": pa.int32(), "binary16": pa.binary()}[kind])
        for name, kind in ARRIVAL_COLUMNS.items()
    ]
)


def digests_by_key(folder: Path, parse: Parse) -> dict[tuple[int, bytes], bytes]:
    """(arm, key) → canonical digest, for every distinct body that arrived."""
    digests = {}
    for batch in read_batches(folder / "bodies.arrow"):
        for row in batch.to_pylist():
            digests[row["arm"], row["key"]] = parse(row["arm"], row["head"], row["body"])
    return digests


def resolved_arrivals(folder: Path, digests: dict[tuple[int, bytes], bytes]) -> Iterator[pa.RecordBatch]:
    """The spooled arrivals with their canonical digests in place of their keys."""
    for batch in read_batches(folder / "arrivals.arrow"):
        arms, keys = batch.column("arm").to_pylist(), batch.column("key").to_pylist()
        found = [digests.get(place, b"") for place in zip(arms, keys, strict=True)]
        columns = {name: batch.column(name) for name in ARRIVAL_COLUMNS if name != "digest"}
        columns["digest"] = pa.array(found, pa.binary())
        yield pa.record_batch([columns[name] for name in ARRIVAL_COLUMNS], schema=ARRIVAL_SCHEMA)
