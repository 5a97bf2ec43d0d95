"""Disk space that is reserved when a run begins and released when the disk is full, so that the last records can be written.

A run that meets a full disk stops; what it had sent until then must not be lost because a few kilobytes are missing.
"""

from __future__ import annotations

import os
from pathlib import Path

from benchkit.errors import StoreError

SIZE_BYTES = 1 << 20
_NAME = "ballast"


def lay(folder: Path) -> None:
    """Set the room aside; raises StoreError where there is not even that much."""
    try:
        with (folder / _NAME).open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, SIZE_BYTES)
    except OSError as error:
        raise StoreError(f"{folder}: no room for a run's records: {error.strerror}") from error


def give_up(folder: Path) -> bool:
    """Whether there was room to give; each of the run's processes may ask, and the first one gets it for all."""
    try:
        (folder / _NAME).unlink()
    except OSError:
        return False
    return True


def remove(folder: Path) -> None:
    """The run is closed: the room is not needed any more."""
    (folder / _NAME).unlink(missing_ok=True)
