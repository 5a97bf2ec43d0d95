"""The files of `benchkit audit --reports DIR`: a folder with everything below it, a Maildir, a mailbox file, or one report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from benchkit.cli.mail_folder import files_below
from benchkit.errors import InputError, Mistake, reason

if TYPE_CHECKING:
    from benchkit.audit.aggregate_reports import ReportCollection


def read_reports(path: Path | None) -> ReportCollection | None:
    """None without a path. Raises InputError where there is nothing that can be read as a report."""
    if path is None:
        return None
    from benchkit.audit.aggregate_reports import collect

    found = collect(_contents(path))
    if not found.dmarc and not found.tls:
        why = "; ".join(f"{name} {told}" for name, told in found.unread[:3])
        raise InputError(Mistake(str(path), f"holds no DMARC or TLS report{f': {why}' if why else ''}"))
    return found


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """In the order of their names. Links are not followed, hidden files are left out."""
    from benchkit.audit.aggregate_reports.archives import PACKED_LIMIT

    for file in files_below(path):
        try:
            with file.open("rb") as opened:
                yield str(file.relative_to(path)) if file != path else file.name, opened.read(PACKED_LIMIT + 1)
        except OSError as error:
            raise InputError(Mistake(str(file), f"cannot be read: {reason(error)}")) from None
