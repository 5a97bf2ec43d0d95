"""What an audit is given and cannot use: one line that says what to do, exit code 2, and nothing is asked."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.cli.conftest import Verb

ZONES = Path(__file__).parents[2] / "scenarios" / "zones"
GOOD, BAD = str(ZONES / "good.zone"), str(ZONES / "bad.zone")
LONG = "a" * 300
HEAD = "$ORIGIN shop.example.\n$TTL 3600\n@ IN SOA ns1 h 1 2 3 4 5\n@ IN NS ns1\nns1 IN A 192.0.2.1\n"

REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "--helo alone": (("--helo", "x.example"), "--helo has no effect without --ip: leave it out"),
    "--mail-from alone": (("--mail-from", "a@x.example"), "--mail-from has no effect without --ip: leave it out"),
    "--allow-private alone": (("--allow-private",), "has no effect without --connect or --authorities: leave it out"),
    "a sender that is not an address": (
        ("--ip", "192.0.2.25", "--mail-from", "nonsense"),
        '--mail-from nonsense is not an address: write it as in news@shop.example, or "<>" for a bounce',
    ),
    "an empty selector": (("--selector", ""), "--selector is empty: give it a value, or leave it out"),
    "a message of random octets": (
        ("--message", "random.bin"),
        "random.bin is not a message: it has none of the usual header",
    ),
    "a message with a long name": (("--message", LONG), f"{LONG} cannot be read: File name too long"),
    "a baseline with a long name": (("--baseline", LONG), "File name too long"),
    "a history that is a file": (("--history", GOOD), f"{GOOD} is a file: name a folder"),
    "a history in a file": (("--history", f"{GOOD}/kept"), f"{GOOD}/kept cannot be made: {GOOD} is a file"),
    "a corrected zone that is a folder": (("--fixed", "."), "--fixed . is a folder: name a file"),
    "a corrected zone in no folder": (
        ("--fixed", "no/x.zone"),
        "--fixed no is not a folder: create it, or name another file",
    ),
    "an empty address": (("--ip", ""), "--ip is empty: give it a value, or leave it out"),
    "an empty sender": (("--ip", "192.0.2.25", "--mail-from", ""), "--mail-from is empty"),
    "a recording with a long name": (("--record", LONG), f"{LONG} cannot be written: File name too long"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_one_line_and_exit_code_2(name: str, verb: Verb, tmp_path: Path) -> None:
    (tmp_path / "random.bin").write_bytes(bytes(range(256)) * 4)
    words, expected = REFUSED[name]
    done = verb("audit", "shop.example", "--zone", GOOD, *words)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert expected in done.err


@pytest.mark.parametrize(
    "words", [("audit", LONG), ("audit", "a." * 3000), ("report", LONG), ("events", LONG), ("watch", LONG)]
)
def test_a_name_that_no_file_and_no_domain_can_have(words: tuple[str, ...], verb: Verb) -> None:
    done = verb(*words)
    assert (done.code, done.out) == (2, "")
    assert "BENCHKIT_TRACEBACK" not in done.err


@pytest.mark.parametrize(
    "server",
    [
        "https://",
        "https://a..b/",
        f"https://{'a' * 70}.example/",
        "https://user:secret@127.0.0.1/",
        "https://127.0.0.1/a\r\nX: y",
        "https://127.0.0.1/a b",
        "https://127.0.0.1:99999/",
        "https://[::1",
        "https://[::g]/",
        "tls://a..b",
    ],
)
def test_a_name_server_that_cannot_be_asked(server: str, verb: Verb) -> None:
    done = verb("audit", "shop.example", "-n", server)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "names no server" in done.err


def test_the_nearest_name_of_a_rule_a_mechanism_or_a_provider(verb: Verb) -> None:
    for asked, near in (("mailgn", "mailgun"), ("spf_al", "spf_all"), ("dmrc", "dmarc")):
        done = verb("explain", asked)
        assert (done.code, done.err) == (2, f'"{asked}" is not a rule, mechanism or provider: did you mean "{near}"?\n')
    assert "benchkit explain all" in verb("explain", "zzzzzz").err


def test_a_list_and_a_zone_file_that_does_not_hold_its_domains(verb: Verb, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("email\nann@shop.example\nbob@other.example\n", "utf-8")
    done = verb("audit", "--list", "people.csv", "--zone", GOOD)
    expected = " ".join(done.out.split())
    assert "1 clean row of 1 domain could not be checked" in expected
    assert "add --live" in expected
    assert "run it again" not in expected


def test_a_baseline_changes_what_is_listed_and_not_what_is_counted(verb: Verb, tmp_path: Path) -> None:
    audit = ("audit", "--zone", BAD, "shop.example")
    (tmp_path / "before.json").write_text(verb(*audit, "--json").out, "utf-8")
    again = (*audit, "--baseline", "before.json")
    assert verb(*again).out.splitlines()[:4] == verb(*audit).out.splitlines()[:4]
    (whole,) = csv.DictReader(io.StringIO(verb(*audit, "--csv").out))
    (since,) = csv.DictReader(io.StringIO(verb(*again, "--csv").out))
    assert {**whole, "worst_findings": ""} == {**since, "worst_findings": ""}


def test_an_alias_loop_is_a_fault_of_the_zone_and_no_failure_of_the_dns(verb: Verb, tmp_path: Path) -> None:
    lines = "@ IN MX 10 mail\nmail IN CNAME mail2\nmail2 IN CNAME mail\n_dmarc IN CNAME _dmarc\n"
    (tmp_path / "loop.zone").write_text(HEAD + lines, "utf-8")
    expected = " ".join(verb("audit", "--zone", "loop.zone", "shop.example").out.split())
    assert (
        "line 7: mail.shop.example → mail2.shop.example → mail.shop.example: the alias leads back to itself" in expected
    )
    assert "line 9: _dmarc.shop.example → _dmarc.shop.example" in expected
    assert "Ask again" not in expected
    assert "malformed" not in expected


def test_a_null_mx_beside_another_is_told_once_and_not_contradicted(verb: Verb, tmp_path: Path) -> None:
    (tmp_path / "null.zone").write_text(f"{HEAD}@ IN MX 0 .\n@ IN MX 10 mail\nmail IN A 192.0.2.25\n", "utf-8")
    expected = " ".join(verb("audit", "--zone", "null.zone", "shop.example").out.split())
    assert "a null MX beside 1 other MX record: some senders deliver and some do not" in expected
    assert "takes no mail and" not in expected
    assert "the domain takes no mail [" not in expected


def test_a_domain_that_does_not_exist_gets_no_record_to_publish(verb: Verb, tmp_path: Path) -> None:
    (tmp_path / "shop.zone").write_text(HEAD, "utf-8")
    output = verb("audit", "--zone", "shop.zone", "gone.shop.example").out
    assert "gone.shop.example does not exist" in output
    assert "Publish now" not in output
    first = output.partition("Do this first")[2].partition("SPF")[0]
    assert ("1." in first, "2." in first) == (True, False)


@pytest.mark.parametrize(
    ("head", "code", "told"),
    [
        ("From: a@other.example\n", 2, "audit other.example is in the From field of mail.eml, but not in"),
        (
            "From: a@x.example, b@y.example\n",
            2,
            "audit x.example, y.example are in the From field of mail.eml, but not in",
        ),
        ("From: a@shop.example, b@x.example\n", 0, "benchkit: x.example is in the From field of mail.eml, but not in"),
        ("From: a@shop.example\nFrom: b@x.example\n", 0, "so only shop.example is audited"),
    ],
)
def test_authors_that_the_zone_file_does_not_hold(verb: Verb, tmp_path: Path, head: str, code: int, told: str) -> None:
    """Where the name comes from, and what to do; what the file does hold is audited, with two authors as a finding."""
    (tmp_path / "mail.eml").write_text(f"{head}Subject: x\n\nHi\n", "utf-8")
    done = verb("audit", "--zone", GOOD, "--message", "mail.eml", "--json")
    assert (done.code, done.err.count("\n")) == (code, 1)
    assert told in done.err
    assert "add --live" in done.err
    assert "with --zone" in done.err
    assert ("message_alignment.authors" in done.out) == (code == 0)


def test_a_domain_that_the_zone_file_does_not_hold(verb: Verb) -> None:
    done = verb("audit", "--zone", GOOD, "other.example")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert done.err.startswith("other.example is not in")
    assert "add --live" in done.err
