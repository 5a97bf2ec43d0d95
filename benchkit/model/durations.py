"""The only place where time stamps are subtracted. Each duration has one name, and no flag changes its meaning (method.md §3).

wait = started − intended · service = ended − started · response = ended − intended · close = closed − ended.
own lateness = started − ready, of `wait` the part that no busy connection explains · lag = called − due, of a timer.
All take and give numpy arrays or ints of nanoseconds.
"""

from __future__ import annotations

from typing import Any

from benchkit.model.run import Table

NS_PER_MS = 1e6
NS_PER_S = 1e9


def wait_ns(messages: Table) -> Any:
    return messages["started_ns"] - messages["intended_ns"]


def own_lateness_ns(messages: Table, ready_ns: Any) -> Any:
    """`ready_ns`: the later one of the intended time and the moment at which the message's sender was free."""
    return messages["started_ns"] - ready_ns


def lag_ns(lags: Table) -> Any:
    return lags["called_ns"] - lags["due_ns"]


def elapsed_ns(messages: Table) -> Any:
    """Since the first of them began."""
    started_ns = messages["started_ns"]
    return started_ns - started_ns.min() if len(started_ns) else started_ns


def service_ns(messages: Table) -> Any:
    return messages["ended_ns"] - messages["started_ns"]


def response_ns(messages: Table) -> Any:
    return messages["ended_ns"] - messages["intended_ns"]


def phase_ns(phases: Table) -> Any:
    return phases["ended_ns"] - phases["started_ns"]


def cell_ns(cells: Table) -> Any:
    return cells["ended_ns"] - cells["started_ns"]


def span_ns(started_ns: Any, ended_ns: Any) -> int:
    """From the first start to the last end of a cell: what throughput is divided by."""
    return int(ended_ns.max() - started_ns.min())
