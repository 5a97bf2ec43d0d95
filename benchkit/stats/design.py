"""How a run was laid out and how far it came: starts, cores, looks, and what it registered before its first send."""

from __future__ import annotations

from benchkit.model.registration import is_as_registered
from benchkit.model.run import Manifest
from benchkit.model.summary import DesignSummary


def design_of(manifest: Manifest) -> DesignSummary:
    return DesignSummary(
        starts=len({record.start for record in manifest.starts}) or 1,
        bound=_bound(manifest),
        looks=tuple(manifest.load.get("looks", ())),
        decided=manifest.decided,
        registered=manifest.registered,
        as_registered=is_as_registered(manifest),
    )


def _bound(manifest: Manifest) -> bool | None:
    """Only the starts whose processes recorded their cores."""
    starts = [record for record in manifest.starts if record.ran_on]
    if not starts:
        return None
    return all(record.pinned.get(name) for record in starts for name in record.ran_on)
