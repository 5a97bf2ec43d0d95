"""The physics beside the measured: an arm of which the generator was the limit is marked there too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchkit.model.run import ConditionRecord, Run
from benchkit.model.summary import BreakEven
from benchkit.report.content.page import Table
from benchkit.report.content.theory import agreements_table, batches, fits_table
from benchkit.stats.analysis import analyse


def rows(table: Table) -> list[str]:
    """The name of each row, with its remark."""
    return [f"{name.text} {name.second}".rstrip() for name, *_ in table.rows]


def test_a_saturated_arm_is_marked_wherever_its_numbers_stand(synthetic_run: Callable[..., Run]) -> None:
    links = tuple(ConditionRecord(f"{rtt_ms} ms link", rtt_ms, lab=True) for rtt_ms in (2, 10))
    run = synthetic_run(load="throughput", conditions=links)
    mine = (run.cells["arm"] == 1) & (run.cells["condition"] == 1)
    queued_ns = np.where(mine, run.cells["ended_ns"] - run.cells["started_ns"], 0)
    summary = analyse(replace(run, cells={**run.cells, "queued_ns": queued_ns}))
    assert rows(agreements_table(summary, "2 ms link")) == ["arm 0 aiosmtplib", "arm 1 aiosmtplib"]
    marked = ["arm 0 aiosmtplib", "arm 1 aiosmtplib, saturated"]
    assert rows(agreements_table(summary, "10 ms link")) == marked
    assert rows(fits_table(summary)) == marked
    never = [replace(agreement, break_even_batch=BreakEven("never")) for agreement in summary.agreements]
    never_level = replace(summary, agreements=tuple(never))
    assert [line.partition(":")[0] for line in batches(never_level, "2 ms link")] == ["arm 0", "arm 1"]
    assert [line.partition(":")[0] for line in batches(never_level, "10 ms link")] == ["arm 0", "arm 1 (saturated)"]
