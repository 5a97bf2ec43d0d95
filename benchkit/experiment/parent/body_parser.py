"""From received bodies to canonical content: the parser that closes a run, or reads one that was never closed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchkit.model.envelope import address_hash, recipients_hash
from benchkit.model.exchange import Received
from benchkit.model.identity import PLACEHOLDER
from benchkit.model.run import ArmRecord, Run
from benchkit.model.scenario import ArmSpec
from benchkit.sink import parse_body
from benchkit.store import load_run, read_manifest
from benchkit.store.resolving import NO_MAIL, Parse, Resolved


def parser_for(arms: Sequence[ArmSpec | ArmRecord]) -> Parse:
    """(arm, head, body) → the canonical digest and envelope of each mail. An identity without mail gives none."""

    def parse(arm: int, head: bytes, body: bytes) -> list[Resolved]:
        if arm >= len(arms):  # of a damaged run
            return []
        spec = arms[arm]
        together = spec.messages_per_request > 1
        try:
            mails = parse_body(spec.transport, spec.provider, head, body)
        except ValueError:
            mails = ()
        resolved = [_resolved(mail) for mail in mails]
        identities = body.count(PLACEHOLDER) if together else 1
        return resolved + [NO_MAIL] * (identities - len(resolved))

    return parse


def _resolved(mail: Received) -> Resolved:
    sender = None if mail.sender is None else address_hash(mail.sender)
    return Resolved(mail.content.digest, len(mail.recipients), recipients_hash(mail.recipients), sender)


def open_run(folder: Path) -> Run:
    """A stored run, including one whose parent was killed. Raises StoreError."""
    return load_run(folder, parser_for(read_manifest(folder).arms))
