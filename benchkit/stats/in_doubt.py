"""Sends that were started and have no record, because their process died: a server may have taken them.

Where each stands in the plan follows from its number: conditions come one after the other, then blocks, then arms.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchkit.model.run import Manifest, Run
from benchkit.stats.rows_by_send import planned_sends
from benchkit.stats.starts import first_blocks_of, is_warmup


def sends_in_doubt(run: Run) -> Any:
    """Their numbers in the plan."""
    return _in_doubt(run)[0]


def sends_of_arm_in_doubt(run: Run, condition: int, arm: int) -> Any:
    """The measured ones."""
    sends, arms = _in_doubt(run)
    conditions, blocks = places_of(run.manifest, sends)
    return sends[(arms == arm) & (conditions == condition) & ~is_warmup(run.manifest, blocks)]


def _in_doubt(run: Run) -> tuple[Any, Any]:
    """The sends of the plan, and the arm of each."""
    sends = np.asarray(run.in_doubt.get("send", ()), dtype=np.int64)
    planned = sends < planned_sends(run.manifest)
    return sends[planned], np.asarray(run.in_doubt.get("arm", ()))[planned]


def places_of(manifest: Manifest, sends: Any) -> tuple[Any, Any]:
    """The condition and the block of each send of the plan."""
    per_block = max(1, len(manifest.arms) * manifest.messages_per_block)
    return np.divmod(sends // per_block, max(1, first_blocks_of(manifest)[-1]))


def messages_of(manifest: Manifest, sends: Any) -> Any:
    """The message of the batch that each send carries."""
    _, blocks = places_of(manifest, sends)
    per_block = max(1, manifest.messages_per_block)
    return (blocks * per_block + sends % per_block) % max(1, len(manifest.digests))
