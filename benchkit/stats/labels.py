"""How a line of text names an arm: with its condition where the run has more than one."""

from __future__ import annotations

from benchkit.model.run import Manifest


def label_of(manifest: Manifest, name: str, condition: str) -> str:
    return f"{name} ({condition})" if len(manifest.conditions) > 1 else name
