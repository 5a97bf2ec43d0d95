"""The mails of a folder with everything below it, a Maildir, an mbox file, or one file."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchkit.errors import InputError, Mistake, reason

MBOX = b"From "  # how each mail of an mbox begins (RFC 4155)
_FIELD = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]+[ \t]*:")  # how a mail begins (RFC 5322 §2.2), and no XML or JSON


def mails_of(path: Path) -> Iterator[tuple[Path, bytes]]:
    """With their files, by name. Links are not followed, hidden files are left out. Raises InputError."""
    for file in files_below(path):
        try:
            octets = file.read_bytes()
        except OSError as error:
            raise InputError(Mistake(str(file), f"cannot be read: {reason(error)}")) from None
        if octets.startswith(MBOX):
            yield from ((file, mail) for mail in split_mbox(io.BytesIO(octets)))
        else:
            yield file, octets


def split_mbox(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The mails of an mbox, one after the other."""
    mail: list[bytes] = []
    for line in lines:
        if line.startswith(MBOX):
            if b"".join(mail).strip():
                yield b"".join(mail)
            mail = []
        else:
            mail.append(line)
    if b"".join(mail).strip():
        yield b"".join(mail)


def begins_with_field(octets: bytes) -> bool:
    """Whether these can be a mail: its first line is a header field's, after empty lines if any."""
    return _FIELD.match(octets.lstrip(b"\r\n")) is not None


def files_below(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    found = [Path(folder, name) for folder, _, names in os.walk(path) for name in names if not name.startswith(".")]
    yield from sorted(file for file in found if file.is_file() and not file.is_symlink())
