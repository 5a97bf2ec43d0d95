"""From the bodies that arrived back to canonical content: the parser that closes a run, or reads one that nobody closed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchkit.model.run import ArmRecord, Run
from benchkit.model.scenario import ArmSpec
from benchkit.sink import parse_body
from benchkit.store import load_run, read_manifest
from benchkit.store.resolving import NO_MAIL, Parse, Resolved


def parser_for(arms: Sequence[ArmSpec | ArmRecord]) -> Parse:
    """(arm, head, body) → canonical digest and number of recipients."""

    def parse(arm: int, head: bytes, body: bytes) -> Resolved:
        try:
            parsed = parse_body(arms[arm].transport, arms[arm].provider, head, body)
        except ValueError:
            return NO_MAIL
        return Resolved(parsed.contents[0].digest, parsed.recipients)

    return parse


def open_run(folder: Path) -> Run:
    """A stored run, also one whose parent was killed. Raises StoreError."""
    return load_run(folder, parser_for(read_manifest(folder).arms))
