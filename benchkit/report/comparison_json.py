"""A comparison of runs as JSON, for scripts. What is not known is null."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from benchkit.model.run_comparison import RunComparison
from benchkit.report.content.run_comparison import headline
from benchkit.report.summary_json import plain

SCHEMA_VERSION = 1


def to_json(comparison: RunComparison, differences: Sequence[str]) -> dict[str, Any]:
    """Ready for json.dumps(…, allow_nan=False)."""
    arms = [asdict(arm) | {"regressed": arm.regressed} for arm in comparison.arms]
    document: dict[str, Any] = plain(
        {"schema": SCHEMA_VERSION, "headline": headline(comparison)}
        | asdict(comparison)
        | {"arms": arms, "differences": list(differences)}
    )
    return document
