"""The mails of a folder with everything below it, a Maildir, an mbox file, or one file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from benchkit.errors import InputError, Mistake, reason

_MBOX = re.compile(rb"^From [^\r\n]*\r?\n", re.MULTILINE)


def mails_of(path: Path) -> Iterator[bytes]:
    """In the order of their names. Links are not followed, hidden files are left out. Raises InputError."""
    for file in files_below(path):
        try:
            octets = file.read_bytes()
        except OSError as error:
            raise InputError(Mistake(str(file), f"cannot be read: {reason(error)}")) from None
        if octets.startswith(b"From "):
            yield from (mail for mail in _MBOX.split(octets) if mail.strip())
        else:
            yield octets


def files_below(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    found = [Path(folder, name) for folder, _, names in os.walk(path) for name in names if not name.startswith(".")]
    yield from sorted(file for file in found if file.is_file() and not file.is_symlink())
