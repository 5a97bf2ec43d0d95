"""A Maildir, with folders as Maildir++ has them (`.Junk`) or as plain directories; file names carry the time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from benchkit.events.placement import MailboxMail

LARGEST = 50_000_000
_NAME = re.compile(r"^(\d{9,11})\.(?:[^.]*?M(\d{1,6}))?")
BOXES = ("new", "cur")


def read_maildir(folder: Path, mark: bytes) -> Iterator[MailboxMail]:
    """Mails that hold `mark`, in the order of their names. Raises OSError."""
    for box in sorted({path.parent for name in BOXES for path in folder.rglob(name) if path.is_dir()}):
        named = ".".join(box.relative_to(folder).parts).strip(".") or "INBOX"
        for file in sorted(file for name in BOXES if (box / name).is_dir() for file in (box / name).iterdir()):
            if file.is_file() and file.stat().st_size <= LARGEST:
                octets = file.read_bytes()
                if mark in octets:
                    yield MailboxMail(named, octets, *_time(file))


def _time(file: Path) -> tuple[int, int]:
    """Milliseconds and their resolution: delivery writes seconds, and Dovecot and others microseconds, into the name."""
    found = _NAME.match(file.name)
    if found is None:
        return file.stat().st_mtime_ns // 1_000_000, 1_000
    seconds = int(found[1]) * 1_000
    return (seconds + int(found[2]) // 1_000, 1) if found[2] else (seconds, 1_000)
