"""IMAP (RFC 9051) by the standard library: the run's mails in all folders, or all of one folder; none is marked as read."""

from __future__ import annotations

import imaplib
import re
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from benchkit.events.placement import MailboxMail
from benchkit.model.identity import HEADER

MOST_FOLDERS, MOST_MAILS = 200, 100_000
TIMEOUT_S = 30.0
IN_ONE_FETCH = 20  # mails: a round trip for each would take longer than the mails themselves
_LIST = re.compile(rb'\((?P<flags>[^)]*)\) (?:"(?:\\.|[^"])*"|NIL) (?P<name>.+)$')
_UNREADABLE = (rb"\noselect", rb"\nonexistent")


class MailboxUnreadable(OSError):
    """The account cannot be read; the message says why, without the password."""


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """`security`: implicit, starttls or none. `ca_pem` empty: the system's trust store."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    security: str = "implicit"
    ca_pem: str = ""


def read_imap(account: ImapAccount, mark: str) -> Iterator[MailboxMail]:
    """Mails whose identity begins with `mark`, folder by folder. Raises MailboxUnreadable."""
    with _open(account) as server:
        for name, is_junk in _folders(server)[:MOST_FOLDERS]:
            yield from _mails(server, name, is_junk, mark)


def read_imap_folder(account: ImapAccount, folder: str) -> Iterator[tuple[int, bytes]]:
    """Every mail of one folder, with its number there. Raises MailboxUnreadable."""
    with _open(account) as server:
        quoted = '"' + folder.replace("\\", r"\\").replace('"', r"\"") + '"'
        status, data = server.select(quoted, readonly=True)
        if status != "OK":
            reason = (data[0] or b"").decode("utf-8", "replace") if data else ""
            raise MailboxUnreadable(f"{account.host}: the folder {folder!r} cannot be opened: {reason}")
        _, found = server.search(None, "ALL")
        for line, octets in _fetched(server, (found[0] or b"").split()[:MOST_MAILS]):
            yield int(line.split(b" ", 1)[0]), octets


@contextmanager
def _open(account: ImapAccount) -> Iterator[imaplib.IMAP4]:
    """Raises MailboxUnreadable, also for what goes wrong while it is read."""
    try:
        with _connected(account) as server:
            yield server
    except MailboxUnreadable:
        raise
    except imaplib.IMAP4.error as error:
        reason = str(error).replace(account.password, "[hidden]") if account.password else str(error)
        raise MailboxUnreadable(f"{account.host}: {reason}") from None
    except OSError as error:
        raise MailboxUnreadable(f"{account.host}:{account.port}: {error.strerror or error}") from None


def _connected(account: ImapAccount) -> imaplib.IMAP4:
    context = ssl.create_default_context(cadata=account.ca_pem or None)
    if account.security == "implicit":
        server: imaplib.IMAP4 = imaplib.IMAP4_SSL(account.host, account.port, ssl_context=context, timeout=TIMEOUT_S)
    else:
        server = imaplib.IMAP4(account.host, account.port, timeout=TIMEOUT_S)
    try:
        if account.security == "starttls":
            server.starttls(context)
        server.login(account.username, account.password)
    except BaseException:
        server.shutdown()
        raise
    return server


def _folders(server: imaplib.IMAP4) -> list[tuple[bytes, bool | None]]:
    """Each folder, and whether the server marks it as the one for junk (RFC 6154)."""
    _, listed = server.list()
    found: list[tuple[bytes, bool | None]] = []
    for line in listed:
        match = _LIST.match(line) if isinstance(line, bytes) else None
        if match and not any(flag in match["flags"].lower() for flag in _UNREADABLE):
            found.append((match["name"], True if rb"\junk" in match["flags"].lower() else None))
    return found


def _mails(server: imaplib.IMAP4, name: bytes, is_junk: bool | None, mark: str) -> Iterator[MailboxMail]:
    status, _ = server.select(name.decode("latin-1"), readonly=True)
    if status != "OK":
        return
    _, found = server.search(None, "HEADER", HEADER, mark)
    folder = name.decode("ascii", "replace").strip('"')
    for line, octets in _fetched(server, (found[0] or b"").split()[:MOST_MAILS]):
        yield MailboxMail(folder, octets, _internal_ms(line), 1_000, is_junk)


def _fetched(server: imaplib.IMAP4, numbers: list[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The line that each mail comes with, and its octets; it is not marked as read."""
    for first in range(0, len(numbers), IN_ONE_FETCH):
        some = b",".join(numbers[first : first + IN_ONE_FETCH])
        _, fetched = server.fetch(some.decode("ascii"), "(INTERNALDATE BODY.PEEK[])")
        for part in fetched:
            if isinstance(part, tuple):
                yield part[0], part[1]


def _internal_ms(line: bytes) -> int:
    """INTERNALDATE has a resolution of one second."""
    with suppress(ValueError, OverflowError, TypeError):
        parsed = imaplib.Internaldate2tuple(line)
        return round(time.mktime(parsed)) * 1_000 if parsed else 0
    return 0
