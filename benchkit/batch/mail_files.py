"""Reads the user's own mail files: single messages (.eml), an mbox (RFC 4155), or a Maildir.

The bytes of a mail stay unchanged, with two exceptions: a file whose line ends are all LF, as Unix stores mail, gets CRLF; and
a missing last line end is added. What an SMTP server may refuse is an error that names the line: a bare LF or CR beside CRLF,
NUL, a line of more than 998 octets, header fields that are neither ASCII nor UTF-8.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchkit.batch.limits import MAX_BATCH_BYTES, MAX_FILE_BYTES, OUTSIDE
from benchkit.errors import Mistake
from benchkit.model.identity import PLACEHOLDER

_MOST_OCTETS = 998  # of a line without its CRLF (RFC 5322 §2.1.1)
_ODD_LINE_END = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_MBOX_LINE = re.compile(rb"^From .*\r?\n", re.MULTILINE)
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)  # mboxrd: one > more than there was
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_BCC = re.compile(rb"^bcc[ \t]*:", re.IGNORECASE | re.MULTILINE)


class MailFault(ValueError):
    """Why a mail cannot be sent as it is, with its line (from 1; 0 where it is of the whole mail)."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class MailFile:
    """One mail: its bytes with CRLF line ends, the file, and the line of the file that it begins in."""

    where: str
    line: int
    data: bytes


def read_mails(pattern: str, folder: Path, root: Path | None, mistakes: list[Mistake]) -> tuple[MailFile, ...]:
    """Of every file that matches, in the order of their names. What is wrong is added to `mistakes`."""
    found: list[MailFile] = []
    size = 0
    for path in _paths(pattern, folder):
        try:
            data = _read(path, root)
        except ValueError as error:
            mistakes.append(Mistake(str(path), str(error)))
            continue
        size += len(data)
        if size > MAX_BATCH_BYTES:
            problem = f"matches files of more than {MAX_BATCH_BYTES:,} bytes together: name fewer"
            mistakes.append(Mistake("message", problem, key="eml"))
            return ()
        found += _mails(path, data, mistakes)
    if not found and not mistakes:
        mistakes.append(Mistake("message", f"matches no file: {folder / pattern}", key="eml"))
    return tuple(found)


def _paths(pattern: str, folder: Path) -> Iterator[Path]:
    """Files, and the files of Maildirs; a name that begins with a dot is left out."""
    for name in sorted(glob.glob(pattern, root_dir=folder, recursive=True)):
        path = folder / name
        if path.is_file():
            yield path
        elif (path / "cur").is_dir() and (path / "new").is_dir():
            inside = [file for part in ("cur", "new") for file in (path / part).iterdir()]
            yield from sorted(file for file in inside if file.is_file() and not file.name.startswith("."))


def _read(path: Path, root: Path | None) -> bytes:
    try:
        if root is not None and not path.resolve().is_relative_to(root):
            raise ValueError(f"cannot be sent: it leads to {path.resolve()}, {OUTSIDE}")
        if path.stat().st_size > MAX_BATCH_BYTES:
            raise ValueError(f"has more than {MAX_BATCH_BYTES:,} bytes")
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from error


def _mails(path: Path, data: bytes, mistakes: list[Mistake]) -> Iterator[MailFile]:
    for line, raw in _split_mbox(data) if data.startswith(b"From ") else [(1, data)]:
        try:
            yield MailFile(str(path), line, checked(raw))
        except MailFault as fault:
            mistakes.append(Mistake(str(path), str(fault), line + fault.line - 1 if fault.line else line, 1))


def _split_mbox(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(line, bytes) of each mail. A mail begins after a line `From …` that begins the file or follows an empty line."""
    begins = [
        match
        for match in _MBOX_LINE.finditer(data)
        if match.start() == 0 or data[max(0, match.start() - 3) : match.start()].endswith((b"\n\n", b"\n\r\n"))
    ]
    ends = [*(match.start() for match in begins[1:]), len(data)]
    line = 1
    for match, end in zip(begins, ends, strict=True):
        raw = data[match.end() : end]
        line += 1
        yield line, _QUOTED_FROM.sub(rb"\1", _without_last_empty_line(raw))
        line += raw.count(b"\n")


def _without_last_empty_line(raw: bytes) -> bytes:
    """The empty line that ends a mail in an mbox is not the mail's."""
    for line_end in (b"\r\n", b"\n"):
        if raw.endswith(line_end * 2):
            return raw[: -len(line_end)]
    return raw


def checked(raw: bytes) -> bytes:
    """The mail as it is sent. Raises MailFault."""
    if not _FIELD.match(raw):
        raise MailFault(
            "is not a mail: its first line is not a header field (RFC 5322 §2.2)" if raw.strip() else "is empty"
        )
    if len(raw) > MAX_FILE_BYTES:
        raise MailFault(f"is a mail of more than {MAX_FILE_BYTES:,} bytes")
    data = _with_crlf(raw)
    if (at := data.find(b"\0")) >= 0:
        raise MailFault("holds a NUL octet, which servers may refuse (RFC 5322 §3.5): remove it", _line_of(data, at))
    for number, line in enumerate(data.split(b"\r\n"), start=1):
        if len(line) > _MOST_OCTETS:
            problem = (
                f"has {len(line):,} octets, and a line has {_MOST_OCTETS} at most (RFC 5322 §2.1.1): encode that part"
            )
            raise MailFault(problem, number)
    _check_header(data)
    if (at := data.find(PLACEHOLDER)) >= 0:
        problem = f"holds {PLACEHOLDER.decode()!r}, which benchkit reserves for its own send number: remove it"
        raise MailFault(problem, _line_of(data, at))
    return data


def _with_crlf(raw: bytes) -> bytes:
    """Raises MailFault where a line end is of another kind than the first."""
    if b"\r" not in raw:
        raw = raw.replace(b"\n", b"\r\n")
    elif odd := _ODD_LINE_END.search(raw):
        what = "LF without CR" if odd[0] == b"\n" else "CR without LF"
        problem = f"has {what} beside CRLF, which servers read differently (RFC 5321 §2.3.8): save it with one kind of line end"
        raise MailFault(problem, _line_of(raw, odd.start()))
    return raw if raw.endswith(b"\r\n") else raw + b"\r\n"


def _check_header(data: bytes) -> None:
    header = data.partition(b"\r\n\r\n")[0].removesuffix(b"\r\n")
    for number, line in enumerate(header.split(b"\r\n"), start=1):
        if not _FIELD.match(line) and not (number > 1 and line.startswith((b" ", b"\t"))):
            raise MailFault("is not a mail: this line is not a header field (RFC 5322 §2.2)", number)
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            problem = (
                "has octets in a header field that are neither ASCII nor UTF-8 (RFC 6532 §3.2): encode them (RFC 2047)"
            )
            raise MailFault(problem, number) from None
    if bcc := _BCC.search(header):
        problem = "has a Bcc field, which every recipient would see: remove it, and give message.bcc"
        raise MailFault(problem, _line_of(data, bcc.start()))


def _line_of(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1
