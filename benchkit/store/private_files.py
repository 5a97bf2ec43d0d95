"""The files of a run hold mail, so only their owner may read them, whatever the umask."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE_MODE = 0o600
FOLDER_MODE = 0o700
_UMASK = 0o077


@contextmanager
def private_files() -> Iterator[None]:
    """What this process and the children that it starts meanwhile create is private, also by libraries and in C."""
    before = os.umask(_UMASK)
    try:
        yield
    finally:
        os.umask(before)


def make_private_folder(path: Path) -> None:
    """A new folder in one that may exist already. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(FOLDER_MODE)
    path.chmod(FOLDER_MODE)


def write_private(path: Path, data: str | bytes) -> None:
    """Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
    with open(descriptor, "wb") as file:
        os.fchmod(descriptor, FILE_MODE)  # the umask, or an older file, may say otherwise
        file.write(data.encode("utf-8") if isinstance(data, str) else data)
