"""A run as a pyperf suite: a benchmark for each arm and condition, for `pyperf stats`, `hist`, `metadata` and `check`.

A value is the median of a block in seconds, and a pyperf run is a start of the processes: what pyperf takes for independent is
as independent as benchkit can make it. Blocks of failures have no value; their number stands in the metadata. pyperf's own
`compare_to` knows neither failures nor pairs: benchkit's verdicts are its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from benchkit.errors import InputError, Mistake, StoreError, reason
from benchkit.model.durations import NS_PER_MS, NS_PER_S
from benchkit.model.run import Manifest, Run
from benchkit.stats.blocks import block_values, metric_of
from benchkit.stats.sample import Sample, measured_samples
from benchkit.stats.starts import start_of_block

_MS_PER_S = NS_PER_S / NS_PER_MS


def write_pyperf(run: Run, path: Path) -> None:
    """Raises InputError where the file cannot be written, or where no block of any arm has a value."""
    import pyperf

    benchmarks = [pyperf.Benchmark(list(runs)) for runs in _benchmarks(run) if runs]
    if not benchmarks:
        raise InputError(Mistake(str(run.path), "has no block that did not fail: there is nothing for pyperf"))
    try:
        pyperf.BenchmarkSuite(benchmarks).dump(str(path), replace=True)
    except OSError as error:
        raise InputError(Mistake(str(path), f"cannot be written: {reason(error)}")) from StoreError(str(error))


def _benchmarks(run: Run) -> Iterator[list[Any]]:
    metric = metric_of(run.manifest.load["model"])
    for sample in measured_samples(run).values():
        values = block_values(sample, metric, run.manifest.messages_per_block)
        yield _runs(run.manifest, sample, values, metric)


def _runs(manifest: Manifest, sample: Sample, values: Mapping[int, float], metric: str) -> list[Any]:
    """One for each start in which the arm had a block with a value."""
    import pyperf

    metadata = _metadata(manifest, sample, values, metric)
    starts: dict[int, list[float]] = {}
    for block, value in values.items():
        if isfinite(value) and value > 0:
            starts.setdefault(int(start_of_block(manifest, [block])[0]), []).append(value / _MS_PER_S)
    return [pyperf.Run(found, metadata=metadata, collect_metadata=False) for found in starts.values()]


def _metadata(manifest: Manifest, sample: Sample, values: Mapping[int, float], metric: str) -> dict[str, Any]:
    """The host's facts are those of the run's own record, not of the machine that writes the file."""
    arm, condition = manifest.arms[sample.arm], manifest.conditions[sample.condition]
    host = manifest.host.get("pyperf")
    facts = {str(key): value for key, value in host.items()} if isinstance(host, Mapping) else {}
    several = len(manifest.conditions) > 1
    return facts | {
        "name": f"{arm.name} ({condition.name})" if several else arm.name,
        "unit": "second",
        "description": f"{metric}: the median of each block of {manifest.messages_per_block:,} messages",
        "date": manifest.created_utc.partition("+")[0],
        "benchkit_run": manifest.run,
        "benchkit_scenario": manifest.scenario,
        "benchkit_condition": condition.name,
        "benchkit_failed_blocks": sum(not isfinite(value) for value in values.values()),
    }
