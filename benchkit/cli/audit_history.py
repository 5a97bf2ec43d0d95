"""`benchkit audit --history DIR`: each audit in a file of its own; the last one is the baseline of the next."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchkit.cli.files import check_folder, writing
from benchkit.model.clock import utc_now

if TYPE_CHECKING:
    from benchkit.model.audit import AuditReport

NAME = "audit-%Y%m%dT%H%M%S%fZ.json"


def last_audit(folder: Path | None) -> Path | None:
    """None where there is none yet. Raises InputError where `folder` cannot be made: the audit may take minutes."""
    if folder is not None:
        check_folder(folder)
    return max(folder.glob("audit-*.json"), default=None) if folder else None


def keep_audit(folder: Path | None, reports: Sequence[AuditReport]) -> None:
    """Raises InputError where it cannot be written."""
    if folder is None:
        return
    from benchkit.report.audit_json import to_json
    from benchkit.store.private_files import write_private

    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps([to_json(report) for report in reports], indent=1)
        write_private(folder / utc_now().strftime(NAME), text + "\n")
