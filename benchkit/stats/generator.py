"""What the generator itself was doing while it measured an arm: shares of its time, standstills, starts that it made late."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchkit.model.durations import cell_ns, lag_ns, own_lateness_ns, response_ns, service_ns
from benchkit.model.load import LoadModel
from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import LAG_NS, Manifest, Run, Table
from benchkit.model.summary import Estimate, GeneratorLoad
from benchkit.stats import STATISTICS
from benchkit.stats.sample import RowsOf, Sample, milliseconds_or_infinite
from benchkit.stats.starts import clusters_of

LATE_NS = 1_000_000
LAGGED_PART = 0.10  # of a message's time: less moves it by no more than the ROPE calls no difference
_NEVER_NS = np.iinfo(np.int64).max
_ROWS_AT_ONCE = 65_536  # a million messages' worth of every intermediate result would be most of the parent's memory


def generator_load(run: Run, sample: Sample) -> GeneratorLoad:
    """Runs that did not watch their generator tell only what their messages show: the late starts."""
    model = LoadModel(run.manifest.load["model"])
    late = late_by_generator(sample.rows) if model is LoadModel.OPEN else 0
    cells = _rows_of_arm(run.cells, sample)
    if cells is None:
        return GeneratorLoad(late=late)
    cpu, queued = _busiest(cells)
    lagged = lagged_messages(sample.rows, _lags_that_count(run.lags, sample, model), _workers(run))
    unlagged_p50_ms = _median_without(lagged, sample, model, run.manifest)
    return GeneratorLoad(cpu, queued, int(np.count_nonzero(lagged)), unlagged_p50_ms, late)


def client_cpu_s(run: Run, sample: Sample) -> float | None:
    """Of one message, of all client processes, without the time spent on watching the clock; None where not recorded."""
    cells = run.cells
    if not len(cells.get("cpu_ns", ())) or not sample.started:
        return None
    mine = (cells["arm"] == sample.arm) & (cells["condition"] == sample.condition)
    spent_ns = int(cells["cpu_ns"][mine].sum()) - int(cells["spare_ns"][mine].sum())
    return spent_ns / 1e9 / (sample.started + sample.left_out)


def late_by_generator(messages: Table) -> int:
    """Messages that started more than LATE_NS after both their intended time and their sender's last request."""
    ready_ns = np.maximum(messages["intended_ns"], _freed_ns(messages))
    return int(np.count_nonzero(own_lateness_ns(messages, ready_ns) > LATE_NS))


def lagged_messages(messages: Table, lags: Table, workers: int) -> Any:
    """Of each message, whether the loop of its worker stood still for more than LAGGED_PART of its service time."""
    lagged = np.zeros(len(messages["sender"]), dtype=bool)
    if len(lags["worker"]):
        columns = {name: messages[name] for name in ("sender", "started_ns", "ended_ns")}
        for first in range(0, len(lagged), _ROWS_AT_ONCE):
            part = slice(first, first + _ROWS_AT_ONCE)
            lagged[part] = _lagged({name: column[part] for name, column in columns.items()}, lags, workers)
    return lagged


def _lagged(messages: Table, lags: Table, workers: int) -> Any:
    lagged, worker_of = np.zeros(len(messages["sender"]), dtype=bool), messages["sender"] % workers
    for worker in np.unique(lags["worker"]):
        mine = RowsOf(messages, np.flatnonzero(worker_of == worker))
        own = RowsOf(lags, np.flatnonzero(lags["worker"] == worker))
        before_ns, until_ns = (_standstill_ns(own, mine[edge]) for edge in ("started_ns", "ended_ns"))
        lagged[mine.index] = until_ns - before_ns > LAGGED_PART * service_ns(mine)
    return lagged


def _standstill_ns(lags: Table, at_ns: Any) -> Any:
    """For how long the loop has stood still in all at each moment; `lags` ascend, and none overlaps the next."""
    begun = np.searchsorted(lags["due_ns"], at_ns, side="right")
    total_ns, ends_ns = np.append(0, np.cumsum(lag_ns(lags))), np.append(0, lags["called_ns"])
    return total_ns[begun] - np.maximum(0, ends_ns[begun] - at_ns)


def _workers(run: Run) -> int:
    return int(run.manifest.load.get("workers", 1))


def _freed_ns(messages: Table) -> Any:
    """When the sender of each message was done with the request before it in the same block; 0 where there was none.

    After a refusal the sender may still have had to take the transaction back (RSET, RFC 5321 §4.1.1.5): a turn of the target's
    that has no stamp, so that when it was free is not known, and never is the answer.
    """
    sender, block, started_ns = messages["sender"], messages["block"], messages["started_ns"]
    order = np.lexsort((started_ns, sender, block))
    before, after = order[:-1], order[1:]
    follows = (sender[before] == sender[after]) & (block[before] == block[after])
    done_ns = np.maximum(messages["ended_ns"], messages["closed_ns"])
    done_ns = np.where(messages["outcome"] == OutcomeKind.ACCEPTED, done_ns, _NEVER_NS)
    first_ns = np.append(0, np.where(follows, done_ns[before], 0))
    begins = np.append(True, ~(follows & (started_ns[before] == started_ns[after])))  # and does not share a request
    freed_ns = np.zeros(len(order), dtype=np.int64)
    freed_ns[order] = first_ns[np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))]
    return freed_ns


def _rows_of_arm(cells: Table, sample: Sample) -> Table | None:
    if not len(cells.get("arm", ())):
        return None
    index = np.flatnonzero((cells["condition"] == sample.condition) & (cells["arm"] == sample.arm))
    return RowsOf(cells, index) if len(index) else None


def _busiest(cells: Table) -> tuple[float, float | None]:
    """CPU and queueing as shares of the time of the worker that was wanted most."""
    return max((_shares(cells, worker) for worker in np.unique(cells["worker"])), key=lambda s: s[0] + (s[1] or 0.0))


def _shares(cells: Table, worker: int) -> tuple[float, float | None]:
    own = RowsOf(cells, np.flatnonzero(cells["worker"] == worker))
    time_ns, queued_ns = max(1, int(cell_ns(own).sum())), own["queued_ns"]
    cpu_ns = int(own["cpu_ns"].sum()) - int(own["spare_ns"].sum())
    return cpu_ns / time_ns, None if np.any(queued_ns < 0) else int(queued_ns.sum()) / time_ns


def _lags_that_count(lags: Table, sample: Sample, model: LoadModel) -> Table:
    """In a talk, time that the client itself computed is part of what is compared: only standstills off the CPU count."""
    mine = lags["condition"] == sample.condition
    if model is LoadModel.TALK:
        mine = mine & (lag_ns(lags) - lags["cpu_ns"] > LAG_NS)
    return RowsOf(lags, np.flatnonzero(mine))


def _median_without(lagged: Any, sample: Sample, model: LoadModel, manifest: Manifest) -> Estimate:
    durations_ns = (response_ns if model is LoadModel.OPEN else service_ns)(sample.rows)
    values = milliseconds_or_infinite(durations_ns, sample.accepted)
    kept = ~lagged
    clusters = clusters_of(manifest, sample.rows["block"][kept], int(np.count_nonzero(kept)))
    return STATISTICS["p50"](values[kept], manifest.confidence, clusters)
