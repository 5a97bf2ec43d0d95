"""Maildir and IMAP read back: folders, times and their resolution, only the run's mail, nothing marked, no password shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchkit.events.mailboxes import ImapAccount, MailboxUnreadable, read_imap, read_maildir
from tests.events.imap_server import serving

OWN = b"X-Benchkit-Id: bk0123abcd-0000000001\r\n\r\nHello\r\n"
OTHER = b"X-Benchkit-Id: bkffffffff-0000000001\r\n\r\nHello\r\n"
MARK = "bk0123abcd-"


def maildir(folder: Path, files: dict[str, bytes]) -> Path:
    for name, octets in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(octets)
    return folder


def test_maildir(tmp_path: Path) -> None:
    folder = maildir(
        tmp_path,
        {
            "new/1793613605.M123456P7.host": OWN,
            "cur/1793613606.V1.host:2,S": OWN,
            "cur/1793613607.M9P7.host": OTHER,
            ".Junk/new/1793613608.M999999P7.host,S=40": OWN,
            ".Archive.2026/cur/x": OWN,
        },
    )
    found = list(read_maildir(folder, MARK.encode()))
    times = {(mail.folder, mail.arrived_ms, mail.resolution_ms) for mail in found if mail.folder != "Archive.2026"}
    assert times == {
        ("INBOX", 1_793_613_605_123, 1),
        ("INBOX", 1_793_613_606_000, 1_000),
        ("Junk", 1_793_613_608_999, 1),
    }
    assert {mail.folder for mail in found} == {"INBOX", "Junk", "Archive.2026"}


def test_imap() -> None:
    folders = {
        "INBOX": (r"\HasNoChildren", [OTHER, OWN]),
        "Werbung": (r"\HasNoChildren \Junk", [OWN]),
        "Broken": (r"\Noselect", []),
    }
    with serving(folders) as server:
        found = list(read_imap(ImapAccount("127.0.0.1", server.port, "b", "hunter2-long", "none"), MARK))
    assert [(mail.folder, mail.is_junk, mail.octets) for mail in found] == [
        ("INBOX", None, OWN),
        ("Werbung", True, OWN),
    ]
    assert {(mail.arrived_ms, mail.resolution_ms) for mail in found} == {(1_793_613_605_000, 1_000)}
    output = b"".join(server.received)
    assert b"SELECT" not in output  # EXAMINE: read-only
    assert b"BODY.PEEK[]" in output
    assert b"Broken" not in output


def test_a_wrong_password_is_told_without_it() -> None:
    with serving({}) as server, pytest.raises(MailboxUnreadable) as caught:
        list(read_imap(ImapAccount("127.0.0.1", server.port, "b", "wrong-secret", "none"), MARK))
    assert "wrong password" in str(caught.value)
    assert "wrong-secret" not in str(caught.value)
    assert "wrong-secret" not in repr(ImapAccount("h", 1, "b", "wrong-secret"))


def test_no_server() -> None:
    with pytest.raises(MailboxUnreadable, match=r"127\.0\.0\.1:1: Connection refused"):
        list(read_imap(ImapAccount("127.0.0.1", 1, "b", "x", "none"), MARK))
