"""A recording as `benchkit audit --replay` takes it: its answers, and the options that it was made with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchkit.errors import InputError, Mistake, reason

if TYPE_CHECKING:
    from benchkit.audit import Options
    from benchkit.resolver import Replay


@dataclass(frozen=True, slots=True)
class AuditRecording:
    """`options` None: a recording of before they were kept."""

    replay: Replay
    domains: tuple[str, ...] = ()
    options: Options | None = None
    authorities: bool = False
    validated: bool = False


def read_recording(path: Path | None) -> AuditRecording | None:
    """Raises InputError with the line that is no part of a recording."""
    if path is None:
        return None
    from benchkit.audit.recorded_options import read
    from benchkit.resolver import Replay

    replay = Replay(path)
    if not (about := replay.about):
        return AuditRecording(replay)
    try:
        options, domains = about["options"], tuple(map(str, about["domains"]))
        return AuditRecording(
            replay, domains, read(options), bool(options.get("authorities")), bool(options.get("validated"))
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            Mistake(str(path), f"holds no options of an audit: {reason(error)}", line=1, column=1)
        ) from None
