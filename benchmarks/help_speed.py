"""How long `benchkit --help` takes, against an interpreter that imports typer, rich and pydantic (goal: at most 2)."""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from time import perf_counter

PAIRS = 15
HELP = [sys.executable, "-m", "benchkit", "--help"]
IMPORTS = [sys.executable, "-c", "import typer, rich, pydantic"]


def seconds(command: list[str]) -> float:
    started = perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return perf_counter() - started


def main() -> None:
    pairs = [(seconds(HELP), seconds(IMPORTS)) for _ in range(PAIRS)]
    ratios = sorted(help_s / imports_s for help_s, imports_s in pairs)
    print(  # noqa: T201
        f"  --help {median(h for h, _ in pairs) * 1e3:.0f} ms against {median(i for _, i in pairs) * 1e3:.0f} ms: "
        f"ratio {median(ratios):.2f} [{ratios[0]:.2f}, {ratios[-1]:.2f}] of {len(ratios)} pairs, goal 2"
    )


if __name__ == "__main__":
    main()
