"""Certificates as mail servers have them: behind an intermediate, past their time, near it, for another name, unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Chain:
    """`file` has key and certificates for a server; `leaf` and `intermediate` are PEM."""

    file: Path
    leaf: bytes
    intermediate: bytes


class Authority:
    """A root that clients may trust, and an intermediate that issues."""

    def __init__(self, name: str) -> None:
        self.root = trustme.CA(organization_name=name)
        self._intermediate = self.root.create_child_ca()

    def issue(self, file: Path, names: Sequence[str], days_left: int = 300) -> Chain:
        leaf = self._intermediate.issue_cert(*names, not_after=datetime.now(UTC) + days_left * DAY)
        leaf.private_key_and_cert_chain_pem.write_to_path(str(file))
        return Chain(file, leaf.cert_chain_pems[0].bytes(), self._intermediate.cert_pem.bytes())
