"""A million messages: how much more memory each process of a run takes than for ten thousand, and the account of them all.

Every run is `benchkit run`, from the scenario to the verdict. Peaks are the kernel's own (VmHWM): no sample can miss one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

FEW, MANY = 10_000, 1_000_000
BLOCKS = 10
GOAL_MB = 60.0
SAMPLED_EVERY_S = 0.2
SCENARIO = """
name = "million"

[message]
from = "Ruler <ruler@load.example>"
to = ["Reader <reader@load.example>"]
subject = "One of a million"
text_bytes = 500
count = 10

[load]
model = "throughput"
blocks = {blocks}
messages_per_block = {messages_per_block}
warmup_blocks = 0
concurrency = 10

[[arm]]
{arm}
connection = "reuse"
security = "none"
"""
ARMS = {
    "smtp": 'name = "smtp"\ntransport = "smtp"\nclient = "wire"\ndialogue = "overlapped"',
    "api": 'name = "api"\ntransport = "api"\nclient = "wire"\nprovider = "mailgun"',
}
# The last module named in a process's command line → its part in the run; the one that we start is the parent.
PARTS = {"benchkit.experiment.worker.worker_process": "worker", "benchkit.experiment.process.sink_process": "sink"}


def run(way: str, messages: int) -> tuple[dict[str, float], dict[str, Any], float]:
    """(part → peak in MB, the run's summary, seconds)."""
    with tempfile.TemporaryDirectory(prefix="benchkit-") as folder:
        scenario, printed = Path(folder, "million.toml"), Path(folder, "summary.json")
        text = SCENARIO.format(arm=ARMS[way], blocks=BLOCKS, messages_per_block=messages // BLOCKS)
        scenario.write_text(text, "utf-8")
        program = Path(sys.executable).with_name("benchkit")
        command: list[str | Path] = [program, "run", scenario, "--json", "--out", f"{folder}/results"]
        started = time.perf_counter()
        with printed.open("w", encoding="utf-8") as stdout:
            process = subprocess.Popen(command, stdout=stdout)
        peaks = _watch(process)
        took_s = time.perf_counter() - started
        return peaks, json.loads(printed.read_text("utf-8")), took_s


def _watch(process: subprocess.Popen[bytes]) -> dict[str, float]:
    """Until the parent has ended. A process that is gone when it is looked for was seen before."""
    peaks: dict[str, float] = {}
    while process.poll() is None:
        for pid, part in _parts(process.pid):
            with suppress(OSError, StopIteration):
                peaks[part] = max(peaks.get(part, 0.0), _peak_mb(pid))
        time.sleep(SAMPLED_EVERY_S)
    return peaks


def _parts(parent: int) -> list[tuple[int, str]]:
    found = [(parent, "parent")]
    with suppress(OSError):
        for pid in map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split()):
            module = Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").rpartition("\0")[2]
            if module in PARTS:
                found.append((pid, PARTS[module]))
    return found


def _peak_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def main(ways: tuple[str, ...] = tuple(ARMS), many: int = MANY) -> None:
    for way in ways:
        (few_mb, _, _), (many_mb, summary, took_s) = run(way, FEW), run(way, many)
        for part, peak_mb in many_mb.items():
            goal = "" if part == "sink" else f", goal at most {GOAL_MB:g}"
            print(f"  {way} {part:6} {few_mb[part]:6.1f} → {peak_mb:6.1f} MB: {peak_mb - few_mb[part]:+.1f} MB{goal}")  # noqa: T201
        account = ", ".join(f"{name} {count:,}" for name, count in summary["account"].items())
        print(f"  {way} {account}; valid: {summary['valid']}; {took_s:.0f} s", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
