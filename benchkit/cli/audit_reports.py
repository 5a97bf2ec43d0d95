"""What `benchkit audit --reports` reads: a folder with all below it, a Maildir, an mbox, one report, or an IMAP mailbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from benchkit.cli.imap_mailbox import EXAMPLE, imap_mails, is_imap
from benchkit.cli.mail_folder import MBOX, files_below, split_mbox
from benchkit.errors import InputError, Mistake, reason

if TYPE_CHECKING:
    from benchkit.audit.aggregate_reports import ReportCollection


def read_reports(place: str | None, variable: str) -> ReportCollection | None:
    """None without a place; `variable` names the password of an IMAP mailbox. Raises InputError where there is no report."""
    if place is None:
        return None
    from benchkit.audit.aggregate_reports import collect

    if variable and not is_imap(place):
        raise InputError(Mistake("--reports-password", f"has no effect: {place} is not an IMAP mailbox ({EXAMPLE})"))
    found = collect(imap_mails("--reports", place, variable) if is_imap(place) else _contents(Path(place)))
    if not found.dmarc and not found.tls:
        why = "; ".join(f"{name} {reason}" for name, reason in found.unread[:3])
        raise InputError(Mistake(place, f"holds no DMARC or TLS report{f': {why}' if why else ''}"))
    return found


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """In the order of their names. Links are not followed, hidden files are left out."""
    from benchkit.audit.aggregate_reports.archives import PACKED_LIMIT

    for file in files_below(path):
        name = str(file.relative_to(path)) if file != path else file.name
        try:
            with file.open("rb") as opened:
                start = opened.read(len(MBOX))
                opened.seek(0)
                if start == MBOX:  # mail by mail: years of reports are larger than the limit of one report
                    yield from ((f"{name}, mail {number}", mail) for number, mail in enumerate(split_mbox(opened), 1))
                else:
                    yield name, opened.read(PACKED_LIMIT + 1)
        except OSError as error:
            raise InputError(Mistake(str(file), f"cannot be read: {reason(error)}")) from None
