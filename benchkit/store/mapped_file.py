"""A file of fixed size in memory: what a process has written there survives its kill, because the pages are the kernel's."""

from __future__ import annotations

import mmap
import os
from pathlib import Path

from benchkit.errors import StoreError
from benchkit.store.private_files import FILE_MODE


def map_file(path: Path, size: int) -> mmap.mmap:
    """Made if it is missing; what it holds stays. Raises StoreError where the disk has no room for all of it."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE)
        try:
            os.posix_fallocate(descriptor, 0, size)  # writing to a page without room on the disk is SIGBUS
            return mmap.mmap(descriptor, size)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise StoreError(f"{path}: {size:,} bytes for what a kill must not lose: {error.strerror}") from error
