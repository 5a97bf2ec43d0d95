"""`benchkit report` of large runs: seconds, peak memory, and the size of the page.

Asked: 5,000 blocks of 4 arms in at most 10 s; 1,000,000 messages of 4 arms in at most 10 s and 1 GB, the page at most 800 kB.
The runs are synthetic and stored as a run stores them; each report is a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from benchkit.model.run import ConditionRecord, Run
from benchkit.model.tables import ARRIVALS, CELLS, LAGS, MESSAGES, PHASES, WIRE
from benchkit.store.folder import write_manifest
from benchkit.store.rows import arrow_schema
from benchkit.testing.synthetic_run import synthesise

MOST_S, MOST_MB, MOST_PAGE_KB = 10.0, 1000.0, 800.0
TIMES = (1.0, 1.0, 1.5, 3.0)  # four arms, the second a copy of the first
RTTS_MS = (1.0, 5.0, 10.0, 20.0, 40.0)
RUNS: dict[str, dict[str, Any]] = {
    "5,000 blocks": {"blocks": 5_000, "messages_per_block": 2},
    "1,000,000 messages": {"blocks": 250, "messages_per_block": 1_000},
    "1,000,000 messages, a sweep of five links": {"blocks": 50, "messages_per_block": 1_000, "rtts_ms": RTTS_MS},
}


def main() -> None:
    print(f"  load average before: {os.getloadavg()[0]:.1f}, on {os.cpu_count()} cores", flush=True)  # noqa: T201
    for name, recipe in RUNS.items():
        with tempfile.TemporaryDirectory(prefix="benchkit-") as folder:
            store(_run(**recipe), Path(folder))
            page = Path(folder, "page.html")
            costs = {"report": _report(folder, "--json"), "page": _report(folder, "--html", "--out", str(page))}
            size_kb = page.stat().st_size / 1000
        kept = (
            all(one.took_s <= MOST_S and one.peak_mb <= MOST_MB for one in costs.values()) and size_kb <= MOST_PAGE_KB
        )
        told = "; ".join(
            f"{what} {one.took_s:.1f} s (processor {one.cpu_s:.1f} s), {one.peak_mb:.0f} MB"
            for what, one in costs.items()
        )
        print(  # noqa: T201
            f"{' ' if kept else '✗'} {name}: {told}, {size_kb:.0f} kB "
            f"(asked at most {MOST_S:g} s, {MOST_MB:g} MB, {MOST_PAGE_KB:g} kB)",
            flush=True,
        )


def _run(blocks: int, messages_per_block: int, rtts_ms: tuple[float, ...] = ()) -> Run:
    links = tuple(ConditionRecord(f"{rtt_ms:g} ms link", rtt_ms, lab=True) for rtt_ms in rtts_ms)
    conditions = {"conditions": links} if links else {}
    return synthesise(
        times=TIMES, aa={1: 0}, blocks=blocks, messages_per_block=messages_per_block, warmup_blocks=0, **conditions
    )


def store(run: Run, folder: Path) -> None:
    """As a run that was closed; the embedded servers' bodies are not kept there."""
    tables = {MESSAGES: run.messages, PHASES: run.phases, ARRIVALS: run.arrivals, CELLS: run.cells, LAGS: run.lags}
    for layout, columns in tables.items():
        schema = arrow_schema(layout)
        arrays = [_array(columns[field.name], field.type) for field in schema]
        pq.write_table(pa.Table.from_arrays(arrays, schema=schema), folder / f"{layout.name}.parquet")
    pq.write_table(arrow_schema(WIRE).empty_table(), folder / f"{WIRE.name}.parquet")
    write_manifest(folder, replace(run.manifest, schema=4))


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    """A column of texts or bytes that the recipe does not fill holds zeros."""
    if values.dtype == object and len(values) and not isinstance(values[0], str | bytes):
        return pa.nulls(len(values), kind).fill_null(b"" if pa.types.is_binary(kind) else "")
    return pa.array(values, kind)


class Cost(NamedTuple):
    """`cpu_s` is what counts on a machine that does other work meanwhile."""

    took_s: float
    cpu_s: float
    peak_mb: float


def _report(*arguments: str) -> Cost:
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "benchkit", "report", *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)  # it was waited for here
    assert process.returncode == 0
    return Cost(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


if __name__ == "__main__":
    main()
