"""`benchkit audit --zone FILE --fixed OUT`: the zone file as a whole, with the changes that can be published now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from benchkit.cli.audit_options import Given
from benchkit.cli.files import writing
from benchkit.errors import InputError, Mistake
from benchkit.model.clock import utc_now

if TYPE_CHECKING:
    from benchkit.model.audit import AuditReport
    from benchkit.resolver.corrected_zone import CorrectedZone
    from benchkit.resolver.zone import ZoneAsk


def check_fixed(given: Given) -> None:
    """Raises InputError where there is no one file to correct, or it would be overwritten."""
    if given.fixed is None:
        return
    if len(given.zones or ()) != 1:
        raise InputError(Mistake("--fixed", "corrects one zone file: name it with --zone"))
    if given.fixed.is_dir():
        raise InputError(Mistake("--fixed", f"{given.fixed} is a folder: name a file"))
    if not given.fixed.parent.is_dir():
        raise InputError(Mistake("--fixed", f"{given.fixed.parent} is not a folder: create it, or name another file"))
    if given.fixed.exists() and (given.zones or [])[0].samefile(given.fixed):
        raise InputError(
            Mistake("--fixed", f"would overwrite {given.fixed}, which this command reads: name another file")
        )


def write_fixed(given: Given, zone: ZoneAsk | None, reports: Sequence[AuditReport]) -> None:
    """With the changes for every domain that was audited. Raises InputError."""
    if given.fixed is None or zone is None:
        return
    from benchkit.resolver.corrected_zone import corrected_zone

    (held,) = zone.zones.values()
    now = dict.fromkeys(fix for report in reports for fix in report.fixes if fix.is_for_now)
    corrected = corrected_zone(held.file, held.path, now, utc_now().date())
    with writing(given.fixed):
        given.fixed.write_text(corrected.text, "utf-8")
    if not now:
        typer.echo(f"{given.fixed}: a copy of {held.path}: the audit has no change to publish now", err=True)
        return
    text = f"{given.fixed}: {held.path} with {len(corrected.done)} of {len(now)} changes made"
    typer.echo(f"{text}. {_next_step(corrected)}", err=True)


def _next_step(corrected: CorrectedZone) -> str:
    if not corrected.done:
        return "Nothing changed, so the serial of its SOA record is as it was."
    if corrected.serial is None:
        return "Raise the serial of its SOA record, load it, and audit it again."
    raised = f"The serial of its SOA record was raised from {corrected.serial.old} to {corrected.serial.new}"
    return f"{raised}. Load it, and audit it again."
