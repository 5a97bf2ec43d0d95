"""From the sink's spool to arrivals: each distinct body is parsed once into its canonical digest, by the caller's parser."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from benchkit.model.identity import nth_key
from benchkit.model.run import ARRIVAL_COLUMNS
from benchkit.store.spool import read_batches


class Resolved(NamedTuple):
    """What a body turned out to be: 16 bytes of canonical digest (nothing where it is no mail), and its recipients."""

    digest: bytes | None
    recipients: int


NO_MAIL = Resolved(b"", 0)
_LOST = Resolved(None, 0)  # its body did not get to the disk: nothing is known of what it was
# (arm, head, body) → the mails in it, in their order.
Parse = Callable[[int, bytes, bytes], Sequence[Resolved]]

ARRIVAL_SCHEMA = pa.schema(
    [
        (name, {"int64": pa.int64(), "int16": pa.int16(), "int32": pa.int32(), "binary16": pa.binary()}[kind])
        for name, kind in ARRIVAL_COLUMNS.items()
    ]
)


Bodies = dict[tuple[int, bytes], Resolved]


def bodies_by_key(folder: Path, parse: Parse) -> Bodies:
    """(arm, key) → what it is, for every mail of every distinct body that arrived."""
    bodies: Bodies = {}
    for batch in read_batches(folder / "bodies.arrow"):
        for row in batch.to_pylist():
            for nth, mail in enumerate(parse(row["arm"], row["head"], row["body"])):
                bodies[row["arm"], nth_key(row["key"], nth)] = mail
    return bodies


def resolved_arrivals(folder: Path, bodies: Bodies) -> Iterator[pa.RecordBatch]:
    """The spooled arrivals with their canonical digests in place of their keys."""
    for batch in read_batches(folder / "arrivals.arrow"):
        arms, keys = batch.column("arm").to_pylist(), batch.column("key").to_pylist()
        found = [bodies.get(place, _LOST) for place in zip(arms, keys, strict=True)]
        columns = {name: batch.column(name) for name in ARRIVAL_COLUMNS if name not in ("digest", "recipients")}
        columns["digest"] = pa.array([body.digest for body in found], pa.binary())
        columns["recipients"] = pa.array([body.recipients for body in found], pa.int32())
        yield pa.record_batch([columns[name] for name in ARRIVAL_COLUMNS], schema=ARRIVAL_SCHEMA)
