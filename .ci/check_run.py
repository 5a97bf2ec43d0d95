"""Exits 0 only if the newest run under results/ is valid: five arms on each link, every message arrived once and unaltered."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ARMS = 5


def faults(summary: dict[str, object]) -> list[str]:
    """What is wrong with the run; an empty list is a good run."""
    arms = summary["arms"]
    assert isinstance(arms, list)
    found = [] if summary["valid"] is True else [f"not valid: {summary['invalid_because']}"]
    conditions = summary["conditions"]
    assert isinstance(conditions, list)
    if len(arms) != ARMS * len(conditions):
        found.append(f"{len(arms)} arms instead of {ARMS} on each of {len(conditions)} links")
    if not any(condition["lab"] for condition in conditions):  # CI runs as root, so the network lab must work there
        found.append("the run had no network link")
    for arm in arms:
        found += [f"{arm['name']}: {arm[key]} {key}" for key in ("missing", "duplicates", "altered") if arm[key] != 0]
        if not arm["planned"] == arm["accepted"] == arm["arrived"] > 0:
            found.append(
                f"{arm['name']}: {arm['planned']} planned, {arm['accepted']} accepted, {arm['arrived']} arrived"
            )
    return found


def main() -> int:
    summaries = [path for path in Path("results").glob("*/summary.json") if not path.parent.name.startswith("sample")]
    if not summaries:
        print("no run has left a summary.json under results/", file=sys.stderr)  # noqa: T201
        return 1
    newest = max(summaries, key=lambda path: path.stat().st_mtime_ns)
    wrong = faults(json.loads(newest.read_text("utf-8")))
    print("\n".join(wrong) or f"{newest.parent.name}: valid, every message arrived once and unaltered")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
