"""A digest of what a run fixes before its first send, so that a change of the question after the answer is detected.

The scenario's text, the ROPE, the confidence and what it applies to, the thresholds, the load with its looks, and the batch.
"""

from __future__ import annotations

import hashlib
import json

from benchkit.model.run import Manifest

_REGISTERED = (
    "scenario_text",
    "rope",
    "confidence",
    "family",
    "thresholds",
    "load",
    "blocks",
    "batch_digest",
    "digests",
)


def registration_digest(manifest: Manifest) -> str:
    """The same for a manifest that was stored and read again."""
    facts = json.loads(json.dumps([getattr(manifest, name) for name in _REGISTERED], sort_keys=True, default=dict))
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def is_as_registered(manifest: Manifest) -> bool:
    """True also of a run that registered nothing."""
    return not manifest.registered or manifest.registered == registration_digest(manifest)
