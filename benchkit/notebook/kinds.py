"""What a notebook is about, and whether a run has data for it, according to the manifest, without reading a table."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchkit.model.load import LoadModel
from benchkit.model.run import Manifest, RunStatus
from benchkit.model.tables import COLLECTED


def kind_of(path: Path, manifest: Manifest, kind: str) -> bool:
    """Whether the run is one of that kind; every run is of the kind "". One that goes on or was killed is of no other."""
    return not kind or (manifest.status not in (RunStatus.RUNNING, RunStatus.KILLED) and KINDS[kind](path, manifest))


def _latency(_: Path, manifest: Manifest) -> bool:
    return str(manifest.load["model"]) != LoadModel.THROUGHPUT


def _throughput(_: Path, manifest: Manifest) -> bool:
    return str(manifest.load["model"]) != LoadModel.TALK


def _failures(path: Path, manifest: Manifest) -> bool:
    return any(arm.expects_faults for arm in manifest.arms) or _failed(path) > 0


def _decision(_: Path, manifest: Manifest) -> bool:
    """A sweep of round-trip times: only it tells how an arm's time grows with the distance."""
    return len({condition.asked.get("rtt_ms") for condition in manifest.conditions if condition.lab}) > 1


def _deliverability(path: Path, _: Manifest) -> bool:
    """With events or test mailboxes."""
    return any((path / f"{layout.name}.parquet").exists() for layout in COLLECTED)


def _failed(path: Path) -> int:
    """By the summary that was stored with the run; 0 where there is none that can be read."""
    try:
        summary: Any = json.loads((path / "summary.json").read_text("utf-8"))
        return int(summary["account"]["failed"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


KINDS: Mapping[str, Callable[[Path, Manifest], bool]] = {
    "latency": _latency,
    "throughput": _throughput,
    "failures": _failures,
    "decision": _decision,
    "deliverability": _deliverability,
}
