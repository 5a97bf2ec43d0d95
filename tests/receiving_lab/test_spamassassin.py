"""SpamAssassin as an oracle: it judges the mails that rspamd has judged, with the lab's DNS, and every difference is settled.

SETTLED has the symbols that the own server's mail and that of a way do not share. SpamAssassin has none for a rewritten link or
a removed List-Unsubscribe, where rspamd has; it has HTML_IMAGE_ONLY_04 and T_REMOTE_IMAGE for the pixel, where rspamd has none.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping

import pytest

from benchkit.cli.mail_folder import split_mbox
from benchkit.events.path_verdict import path_differences
from benchkit.events.placement import MailboxMail, Placement, read_placement
from benchkit.model.identity import find_identity
from tests.peers.requirements import need
from tests.receiving_lab.conftest import Received
from tests.receiving_lab.ways import OWN, SAME, WAYS, Way

SETTINGS = """dns_available yes
dns_server 127.0.0.1:{dns}
skip_rbl_checks 1
use_bayes 0
use_razor2 0
use_pyzor 0
clear_headers
add_header all Status "_YESNO_, score=_SCORE_ required=_REQD_ tests=[_TESTSSCORES(,)_] version=_VERSION_"
"""
BROKEN = {"DKIM_VALID", "DKIM_VALID_AU", "DKIM_VALID_EF", "DKIM_INVALID"}
SETTLED: Mapping[str, set[str]] = {
    SAME: set(),
    "pixel": {*BROKEN, "HTML_IMAGE_ONLY_04", "T_REMOTE_IMAGE"},
    "links": BROKEN,
    "footer": BROKEN,
    "dropped text part": {*BROKEN, "MIME_HTML_ONLY"},
    "base64": BROKEN,
    "no List-Unsubscribe": set(),
    "foreign envelope sender": {"DKIM_VALID_EF", "HEADER_FROM_DIFFERENT_DOMAINS"},
    "old key": BROKEN,
}
Judged = Mapping[str, Mapping[int, Placement]]


@pytest.fixture(scope="session")
def judged(received: Received, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """By arm and message, as SpamAssassin sees the mail."""
    program = need("spamassassin")
    folder = tmp_path_factory.mktemp("spamassassin")
    (folder / "settings").write_text(SETTINGS.format(dns=received.lab.dns), "utf-8")
    places = {
        _identity(mail): (arm, message) for arm, mails in received.octets.items() for message, mail in mails.items()
    }
    mails = (_without_rspamd(mail) for mails in received.octets.values() for mail in mails.values())
    mbox = b"".join(b"From a Sat Nov 28 10:00:00 2026\n" + mail + b"\n" for mail in mails)
    command = [str(program), "--mbox", "-x", "-p", str(folder / "settings")]
    done = subprocess.run(command, input=mbox, capture_output=True, check=True, timeout=300)
    found: dict[str, dict[int, Placement]] = {arm: {} for arm in received.octets}
    for octets in split_mbox(done.stdout.splitlines(keepends=True)):  # in an order of its own
        arm, message = places[_identity(octets)]
        found[arm][message] = read_placement(MailboxMail("INBOX", octets), octets)
    assert sum(map(len, found.values())) == len(places)
    return found


def _identity(octets: bytes) -> bytes:
    found = find_identity(octets)
    assert found is not None
    return found[0]


def _without_rspamd(octets: bytes) -> bytes:
    """As it was before the receiver's own filter wrote its results."""
    head, end, body = octets.replace(b"\r\n", b"\n").partition(b"\n\n")
    kept = [field for field in _fields(head) if not field.lower().startswith((b"x-spam", b"authentication-results"))]
    return b"".join(kept).rstrip(b"\n") + end + body


def _fields(head: bytes) -> Iterator[bytes]:
    field = b""
    for line in head.splitlines(keepends=True):
        if field and not line.startswith((b" ", b"\t")):
            yield field
            field = b""
        field += line
    yield field


def symbols(judged: Judged, arm: str) -> list[set[str]]:
    return [set(mail.spam.symbols or {}) for _, mail in sorted(judged[arm].items())]


def test_our_reading_of_its_header_adds_up_to_its_score(judged: Judged) -> None:
    for mails in judged.values():
        for mail in mails.values():
            assert mail.spam.filter == "SpamAssassin"
            assert mail.spam.score is not None
            assert sum((mail.spam.symbols or {}).values()) == pytest.approx(mail.spam.score, abs=0.051)


def test_where_the_bytes_are_equal_it_sees_no_difference(judged: Judged) -> None:
    for message, mail in judged[OWN].items():
        assert path_differences(mail, judged[SAME][message]) == ()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_it_finds_the_same_dkim_result_as_rspamd(received: Received, judged: Judged, way: Way) -> None:
    for message, mail in received.mails[way.name].items():
        theirs = set(judged[way.name][message].spam.symbols or {})
        assert ("DKIM_VALID" in theirs) == (mail.results["dkim"] == "pass")
        assert ("DKIM_INVALID" in theirs) == (mail.results["dkim"] == "fail")


def test_every_difference_is_settled(judged: Judged) -> None:
    own = symbols(judged, OWN)
    found = {
        way.name: set().union(*(one ^ other for one, other in zip(own, symbols(judged, way.name), strict=True)))
        for way in WAYS
    }
    assert found == SETTLED
