"""`benchkit audit --record` and `--replay`: the same report, byte for byte, without being told the options again."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from benchkit.errors import InputError
from tests.cli.test_audit import BAD, GOOD, HEAD, ZONES, run

REFUSING = "tls://127.0.0.1:9"  # a connection over TCP is refused at once; a lost datagram would be waited for
MAIL = Path(__file__).parents[1] / "audit" / "data" / "rfc8463.eml"


@pytest.mark.parametrize(
    "words",
    [
        ("--zone", GOOD, "shop.example"),
        ("--zone", BAD, "shop.example", "old.shop.example"),
        (
            "--zone",
            GOOD,
            "--ip",
            "192.0.2.17",
            "--helo",
            "mx1.shop.example",
            "--mail-from",
            "a@shop.example",
            "shop.example",
        ),
        ("--zone", GOOD, "--selector", "s1", "--selector", "none", "--blocklists", "--nsec-walk", "shop.example"),
        ("--zone", GOOD, "--message", MAIL, "shop.example"),
        ("--zone", GOOD, "--scenario", ZONES.parent / "quickstart.toml", "shop.example"),
        ("--zone", GOOD, "--connect", "shop.example"),
        ("-n", REFUSING, "--authorities", "shop.example"),
        ("-n", REFUSING, "--dnssec", "shop.example"),
    ],
    ids=lambda words: words[2].lstrip("-") if isinstance(words[2], str) else "connect",
)
@pytest.mark.parametrize(
    "form", [("--json",), ("-v",), ("--csv",), ("--junit",), ("--markdown",)], ids=lambda form: form[0]
)
def test_recording_replays_byte_for_byte(words: tuple[str | Path, ...], form: tuple[str, ...], tmp_path: Path) -> None:
    """Without any of its options, and again when the replay is recorded."""
    assert_replays(words, form, tmp_path)


def test_a_recording_of_silence_replays_byte_for_byte(tmp_path: Path) -> None:
    """Of a server that never answers: an audit waits five seconds for it, and its answers say so."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        server = f"127.0.0.1:{silent.getsockname()[1]}"
        assert_replays(("-n", server, "--authorities", "--dnssec", "shop.example"), ("--json",), tmp_path)


def assert_replays(words: tuple[str | Path, ...], form: tuple[str, ...], tmp_path: Path) -> None:
    one, two = tmp_path / "1.jsonl", tmp_path / "2.jsonl"
    first = run("audit", *words, "--record", one, *form).stdout
    assert first
    assert run("audit", "--replay", one, "--record", two, *form).stdout == first
    assert run("audit", "--replay", two, *form).stdout == first
    assert one.read_bytes() == two.read_bytes()
    assert one.stat().st_mode & 0o077 == 0  # it may hold a message


def test_a_recording_with_connections_replays_what_they_showed(tmp_path: Path) -> None:
    record, zone = tmp_path / "answers.jsonl", tmp_path / "own.zone"
    zone.write_text(f"{HEAD}\n@ IN MX 10 mx\nmx IN A 127.0.0.9\n", "utf-8")
    first = run(
        "audit", "--zone", zone, "--connect", "--allow-private", "--record", record, "--json", "shop.example"
    ).stdout
    assert "starttls.unreachable" in first
    assert run("audit", "--replay", record, "--json").stdout == first


def test_an_option_given_again_counts_over_the_recorded_one(tmp_path: Path) -> None:
    record = tmp_path / "answers.jsonl"
    run("audit", "--zone", GOOD, "--ip", "192.0.2.17", "--record", record, "shop.example")
    spf = [
        json.loads(run("audit", "--replay", record, "--json", *more).stdout)["spf"]
        for more in ((), ("--ip", "192.0.2.99"))
    ]
    assert [each["result"] for each in spf] == ["pass", "fail"]


def test_a_recording_of_before_options_were_kept_opens(tmp_path: Path) -> None:
    record = tmp_path / "answers.jsonl"
    run("audit", "--zone", GOOD, "--record", record, "shop.example")
    _, *answers = record.read_text("utf-8").splitlines()
    record.write_text("\n".join(('{"format": "benchkit dns recording", "version": 1}', *answers, "")), "utf-8")
    document = json.loads(run("audit", "--replay", record, "--json", "shop.example").stdout)
    assert (document["domain"], document["spf"]["lookups"]) == ("shop.example", 2)
    assert isinstance(run("audit", "--replay", record).exception, InputError)  # it does not say which domains


@pytest.mark.parametrize(
    "about",
    [
        '{"domains": ["shop.example"]}',
        '{"domains": ["shop.example"], "options": []}',
        '{"domains": ["shop.example"], "options": {"ip": 1}}',
        '{"domains": ["shop.example"], "options": {"ip": "x"}}',
        '{"domains": ["shop.example"], "options": {"message": "?"}}',
        '{"domains": ["shop.example"], "options": {"arms": [1]}}',
        '{"domains": ["shop.example"], "options": {"connected_at": "x", "connections": {}}}',
        '{"domains": ["shop.example"], "options": {"connected_at": "2026-01-01", "connections": {"smtp a b": {"stage": "x"}}}}',
        '{"domains": ["shop..example"], "options": {}}',
    ],
)
def test_damaged_options_of_a_recording_give_a_line(about: str, tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text(f'{{"format": "benchkit dns recording", "version": 2, "about": {about}}}\n', "utf-8")
    assert isinstance(run("audit", "--replay", path).exception, InputError)
