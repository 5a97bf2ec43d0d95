"""`python -m benchmarks [NAME…]`: every quick benchmark, or those named; each prints what it found and the goal beside it."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks

SUPPORT = {
    "__main__",
    "micro_parts",
    "one_side",
    "slow_dns",
    "many_domains",
    "checkdmarc_side",
    "coverage_cells",
    "coverage_cautions",
}
ONLY_IF_NAMED = {"million", "coverage", "between_runs", "predict_lab", "report_speed"}  # takes minutes


def main() -> None:
    left_out = SUPPORT | ONLY_IF_NAMED
    names = sys.argv[1:] or [m.name for m in pkgutil.iter_modules(benchmarks.__path__) if m.name not in left_out]
    for name in names:
        module = importlib.import_module(f"benchmarks.{name}")
        print(f"\n{name}: {(module.__doc__ or '').splitlines()[0]}", flush=True)  # noqa: T201
        module.main()


if __name__ == "__main__":
    main()
