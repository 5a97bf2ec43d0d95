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
    """What a body turned out to be: 16 bytes of canonical digest (nothing where it is no mail), and its envelope.

    `recipients_hash` and `sender_hash` are model.envelope's; `sender_hash` None where the API has no envelope sender.
    """

    digest: bytes | None
    recipients: int
    recipients_hash: int = 0
    sender_hash: int | None = None


NO_MAIL = Resolved(b"", 0)
_LOST = Resolved(None, 0)  # its body did not get to the disk: nothing is known of what it was
# (arm, head, body) → the mails in it, in their order.
Parse = Callable[[int, bytes, bytes], Sequence[Resolved]]

_TYPES = {
    "int64": pa.int64(), "int16": pa.int16(), "int32": pa.int32(), "bool": pa.bool_(), "binary16": pa.binary()
}  # fmt: skip
ARRIVAL_SCHEMA = pa.schema([(name, _TYPES[kind]) for name, kind in ARRIVAL_COLUMNS.items()])


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
        columns = {name: batch.column(name) for name in ARRIVAL_COLUMNS if name in batch.schema.names}
        columns["digest"] = pa.array([body.digest for body in found], pa.binary())
        columns["recipients"] = pa.array([body.recipients for body in found], pa.int32())
        columns["recipients_hash"] = pa.array([body.recipients_hash for body in found], pa.int64())
        columns["sender_hash"] = pa.array([body.sender_hash or 0 for body in found], pa.int64())
        columns["sender_known"] = pa.array([body.sender_hash is not None for body in found], pa.bool_())
        yield pa.record_batch([columns[name] for name in ARRIVAL_COLUMNS], schema=ARRIVAL_SCHEMA)
