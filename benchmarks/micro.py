"""What each part of benchkit's own work takes, by pyperf: in processes of its own, with calibrated loops."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pyperf

EACH_MESSAGE = (
    "count the round trips of a message",
    "read a reply",
    "put the identity into a message",
    "record a message",
)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="benchkit-") as folder:
        path = Path(folder, "micro.json")
        subprocess.run(
            [sys.executable, "-m", "benchmarks.micro_parts", "--fast", "--quiet", "-o", str(path)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        suite = pyperf.BenchmarkSuite.load(str(path))
    total_us = 0.0
    for part in suite:
        median_us, mad_us = 1e6 * part.median(), 1e6 * part.median_abs_dev()
        total_us += median_us if part.get_name() in EACH_MESSAGE else 0.0
        print(f"  {part.get_name():38} {median_us:9.2f} ± {mad_us:.2f} µs, n = {len(part.get_values())}")  # noqa: T201
    print(f"  each message: {total_us:.1f} µs in all")  # noqa: T201


if __name__ == "__main__":
    main()
