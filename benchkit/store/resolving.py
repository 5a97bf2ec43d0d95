"""From the sink's spool to arrivals: each distinct body is parsed once into its canonical digest, by the caller's parser."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from benchkit.model.identity import nth_key
from benchkit.model.tables import ARRIVALS
from benchkit.store.rows import arrow_schema
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
        resolved = {
            "digest": [body.digest for body in found],
            "recipients": [body.recipients for body in found],
            "recipients_hash": [body.recipients_hash for body in found],
            "sender_hash": [body.sender_hash or 0 for body in found],
            "sender_known": [body.sender_hash is not None for body in found],
        }
        schema = arrow_schema(ARRIVALS)
        yield pa.record_batch(
            [
                pa.array(resolved[column.name], column.type) if column.name in resolved else batch.column(column.name)
                for column in schema
            ],
            schema=schema,
        )
