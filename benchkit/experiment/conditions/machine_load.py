"""How busy this machine is with other work: stolen CPU time, its load, and which cores are idle."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

_STAT = Path("/proc/stat")
_IDLE, _IOWAIT, _STEAL = 3, 4, 7  # columns of a cpu line (proc_stat(5))
BUSY = 0.25  # share of a core's time that other work may take before it counts as busy


class CpuTimes(NamedTuple):
    """Clock ticks since the machine started."""

    total: int
    idle: int
    stolen: int


def cpu_times() -> Mapping[str, CpuTimes]:
    """By "cpu" for all together, "cpu0", "cpu1" …; empty if the kernel does not report them."""
    try:
        lines = _STAT.read_text("ascii").splitlines()
    except OSError:
        return {}
    return {line.split()[0]: _times(line.split()[1:]) for line in lines if line.startswith("cpu")}


def stolen_share(before: Mapping[str, CpuTimes], after: Mapping[str, CpuTimes]) -> float:
    """The share of all cores' time that a hypervisor gave to other machines."""
    if "cpu" not in before or "cpu" not in after:
        return 0.0
    first, last = before["cpu"], after["cpu"]
    return (last.stolen - first.stolen) / max(1, last.total - first.total)


def load_average() -> float:
    """The load average of the last minute."""
    return os.getloadavg()[0]


def spare_cores(seconds: float = 0.1) -> tuple[int, ...]:
    """The cores that this process may use and that were mostly idle in a short sample. It waits for that sample."""
    before = cpu_times()
    time.sleep(seconds)
    after = cpu_times()
    return tuple(core for core in sorted(os.sched_getaffinity(0)) if not _is_busy(f"cpu{core}", before, after))


def _is_busy(name: str, before: Mapping[str, CpuTimes], after: Mapping[str, CpuTimes]) -> bool:
    if name not in before or name not in after:
        return False
    passed, idle = after[name].total - before[name].total, after[name].idle - before[name].idle
    return passed > 0 and 1 - idle / passed > BUSY


def _times(columns: list[str]) -> CpuTimes:
    ticks = [int(column) for column in columns]
    stolen = ticks[_STEAL] if len(ticks) > _STEAL else 0
    return CpuTimes(sum(ticks[: _STEAL + 1]), ticks[_IDLE] + ticks[_IOWAIT], stolen)
