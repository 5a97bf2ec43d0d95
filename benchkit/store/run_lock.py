"""Whether a run still goes on: its parent process holds a lock on the run's folder (flock). The kernel releases it at its end.

The parent holds a shared lock and a reader tries an exclusive one. Where a file system has no locks, a run counts as going on.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from benchkit.model.run import Manifest, RunStatus
from benchkit.store.folder import read_manifest


@contextmanager
def run_locked(folder: Path) -> Iterator[None]:
    """Holds the lock while the parent process lives, however it ends."""
    descriptor = os.open(folder, os.O_RDONLY)  # not inherited by the run's other processes (PEP 446)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def is_locked(folder: Path) -> bool:
    """Also true if the folder cannot be locked: then nothing shows that the run has ended."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def manifest_now(folder: Path) -> Manifest:
    """The manifest, with the status "killed" where it says "running" and no process holds the run. Raises InputError."""
    manifest = read_manifest(folder)
    if manifest.status is not RunStatus.RUNNING or is_locked(folder):
        return manifest
    manifest = read_manifest(folder)  # it may have ended, and said so, between the first reading and the lock
    return replace(manifest, status=RunStatus.KILLED) if manifest.status is RunStatus.RUNNING else manifest
