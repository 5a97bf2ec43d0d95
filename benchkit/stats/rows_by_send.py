"""The row of each planned send in a run's tables. Sends are numbered without a gap, so a join is a look-up.

Law: tables may be long (model.run.InBatches); this file, and the code that calls it, holds only a few of their columns in
memory at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchkit.model.run import InBatches, Manifest, Run, Table
from benchkit.stats.starts import first_blocks_of


def planned_sends(manifest: Manifest) -> int:
    cells = len(manifest.arms) * len(manifest.conditions) * first_blocks_of(manifest)[-1]
    return cells * manifest.messages_per_block


def rows_by_send(run: Run) -> Any:
    """For each send of the plan, up to the last that was recorded, the position of its first row in `run.messages`, or -1."""
    rows = np.full(_last_recorded(run) + 1, -1, dtype=np.int32)
    seen = 0
    for part in batches(run.messages, "send"):
        sends = part["send"]
        last_to_first = np.flatnonzero((sends >= 0) & (sends < len(rows)))[::-1]
        new = last_to_first[rows[sends[last_to_first]] < 0]
        rows[sends[new]] = seen + new
        seen += len(sends)
    return rows


def _last_recorded(run: Run) -> int:
    """The highest number of a send of the plan that has a row, or -1: a plan may be far longer than what was sent of it."""
    planned, last = planned_sends(run.manifest), -1
    for part in batches(run.messages, "send"):
        last = max(last, int(part["send"].max(where=part["send"] < planned, initial=-1)))
    return last


def recorded_once(run: Run) -> Any:
    """Positions of the first row of each send of the plan; other rows are a defect, named in run_validity.py."""
    rows = rows_by_send(run)
    return rows[rows >= 0]


def positions(sends: Any, rows: Any) -> Any:
    """For each of `sends` its position in `run.messages`, or -1; `rows` are those of rows_by_send."""
    found = np.full(len(sends), -1, dtype=np.int32)
    planned = (sends >= 0) & (sends < len(rows))
    found[planned] = rows[sends[planned]]
    return found


def batches(table: Table, *names: str) -> Iterator[Table]:
    """Some columns of a table in parts; one that is held anyway is its own single part."""
    if isinstance(table, InBatches):
        yield from table.batches(*names)
    else:
        yield {name: table[name] for name in names}
