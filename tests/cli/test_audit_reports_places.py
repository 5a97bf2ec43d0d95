"""`benchkit audit --reports`: the same reports from a Maildir, an mbox and an IMAP mailbox give the same audit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.audit.reports.aggregate import mailed, report, row, zipped
from tests.cli.conftest import Verb
from tests.events.imap_server import serving

GOOD = str(Path(__file__).parents[2] / "scenarios" / "zones" / "good.zone")
PASSWORD = "correct-horse"
MAILS = [
    mailed(zipped(report(row("192.0.2.25", number), report_id=str(number))), "application", "zip", "report.zip")
    for number in (3, 4)
]
OTHER = b"From: a@shop.example\r\nSubject: lunch\r\nContent-Type: text/plain\r\n\r\nAt noon?\r\n"


def audit(verb: Verb, *words: str) -> Any:
    done = verb("audit", "shop.example", "--zone", GOOD, "--json", *words)
    assert done.err == ""
    return json.loads(done.out)


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for number, mail in enumerate([*MAILS, OTHER]):
        file = tmp_path / "Maildir" / "cur" / f"179361360{number}.V1.host:2,S"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(mail)
    return tmp_path / "Maildir"


@pytest.fixture
def mbox(tmp_path: Path) -> Path:
    """A mail without a report stands between two that have one."""
    path = tmp_path / "reports.mbox"
    first, second = MAILS
    path.write_bytes(
        b"".join(b"From reporter Mon Nov  2 10:00:00 2026\n" + mail + b"\n" for mail in (first, OTHER, second))
    )
    return path


def test_the_same_reports_in_every_place(
    verb: Verb, maildir: Path, mbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = audit(verb, "--reports", str(maildir))
    assert (expected["reports"]["messages"], expected["reports"]["passed"]) == (7, 7)
    monkeypatch.setenv("DMARC_PASSWORD", PASSWORD)
    with serving({"INBOX": ("", []), "Reports": ("", [*MAILS, OTHER])}, PASSWORD) as server:
        url = f"imap://dmarc%40shop.example@127.0.0.1:{server.port}/Reports"
        by_imap = audit(verb, "--reports", url, "--reports-password", "DMARC_PASSWORD")
        output = b"".join(server.received)
    assert b'LOGIN dmarc@shop.example "correct-horse"' in output
    assert b'EXAMINE "Reports"' in output  # read-only: nothing is marked as read
    for other in (by_imap, audit(verb, "--reports", str(mbox))):
        assert _without_names(other) == _without_names(expected)


def _without_names(found: Any) -> Any:
    """Which files held no report differs by place."""
    text = json.dumps(found)
    for name in ("cur/1793613602.V1.host:2,S", "Reports/3", "reports.mbox, mail 2"):
        text = text.replace(name, "NAME")
    return json.loads(text)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("imaps://imap.shop.example/INBOX",), "names no user and host; give it as imaps://"),
        (
            ("imaps://u:secret@imap.shop.example/",),
            "must not contain the password: put it in an environment variable",
        ),
        (("imaps://u@imap.shop.example:port/",), "give it as imaps://"),
        (("imaps://u@imap.shop.example/",), "--reports-password is needed: it names the environment variable"),
        (
            ("imaps://u@imap.shop.example/", "--reports-password", "NOT_SET"),
            "'NOT_SET' is not set: it holds the password",
        ),
        (("reports", "--reports-password", "HOME"), "--reports-password has no effect: reports is not an IMAP mailbox"),
    ],
)
def test_a_wrong_place_is_one_line(verb: Verb, words: tuple[str, ...], expected: str) -> None:
    done = verb("audit", "shop.example", "--zone", GOOD, "--reports", *words)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert expected in done.err
    assert "secret" not in done.err


def test_a_password_alone_is_an_error(verb: Verb) -> None:
    done = verb("audit", "shop.example", "--zone", GOOD, "--reports-password", "HOME")
    assert done.code == 2
    assert "--reports-password has no effect without --reports" in done.err


@pytest.mark.parametrize(
    ("folder", "password", "expected"),
    [("INBOX", "wrong-one", "wrong password"), ("Empty", PASSWORD, "holds no DMARC or TLS report")],
)
def test_a_mailbox_that_cannot_be_read_is_one_line(
    verb: Verb, folder: str, password: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DMARC_PASSWORD", password)
    with serving({"INBOX": ("", MAILS), "Empty": ("", [OTHER])}, PASSWORD) as server:
        url = f"imap://u@127.0.0.1:{server.port}/{folder}"
        done = verb("audit", "shop.example", "--zone", GOOD, "--reports", url, "--reports-password", "DMARC_PASSWORD")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert expected in done.err
    assert password not in done.err
