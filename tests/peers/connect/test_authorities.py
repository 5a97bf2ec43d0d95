"""`benchkit audit --authorities` and two NSDs: zones that they hold alike, that one holds as it was, that one does not hold."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.peers.dns.servers import nsd, unbound
from tests.peers.dns.zones import ZoneFile, plain
from tests.peers.requirements import need_free, need_root

DNS = 53  # an NS record names no port
ZONE = """\
$ORIGIN {origin}.
$TTL 3600
@      IN SOA ns1 hostmaster {serial} 7200 3600 1209600 300
@      IN NS  ns1
@      IN NS  ns2
@      IN TXT "v=spf1 -all"
_dmarc IN TXT "v=DMARC1; p={policy}"
ns1    IN A   {first}
ns2    IN A   {second}
"""
FOUND = {
    "alike.example": [("name_servers_agree", "pass", "alike.example")],
    "behind.example": [("name_servers_agree.serials", "warn", "behind.example")],
    "drifted.example": [("name_servers_agree.differs", "fail", "_dmarc.drifted.example TXT")],
    "unserved.example": [("name_servers_agree.lame", "warn", "ns2.unserved.example [{second}]")],
    "dark.example": [("name_servers_agree", "unknown", "ns2.dark.example [{dark}]")],
}
OLDER = {"behind.example": ("1", "reject"), "drifted.example": ("2", "none"), "alike.example": ("2", "reject")}


@pytest.fixture(scope="module")
def addresses() -> Mapping[str, str]:
    need_root("listen at port 53")
    found = {name: f"127.25.{os.getpid() % 256}.{n}" for n, name in enumerate(("first", "second", "dark"), start=21)}
    need_free(found["first"], DNS)
    return found


@pytest.fixture(scope="module")
def resolver(addresses: Mapping[str, str], folder: Callable[[str], Path]) -> Iterator[str]:
    first, second = addresses["first"], addresses["second"]
    zones, older = folder("newer"), folder("older")
    held = [_zone(zones, origin, "2", "reject", addresses) for origin in FOUND]
    others = [_zone(older, origin, *how, addresses) for origin, how in OLDER.items()]
    with (
        nsd(folder("first"), held, first, DNS) as authority,
        nsd(folder("second"), others, second, DNS),
        unbound(folder("resolver"), held, authority) as address,
    ):
        yield address


def _zone(yard: Path, origin: str, serial: str, policy: str, addresses: Mapping[str, str]) -> ZoneFile:
    second = addresses["dark" if origin.startswith("dark") else "second"]
    text = ZONE.format(origin=origin, serial=serial, policy=policy, first=addresses["first"], second=second)
    return plain(yard, origin, text)


def audit(*words: str) -> dict[str, list[dict[str, Any]]]:
    """What the rule says of each domain."""
    command = [sys.executable, "-m", "benchkit", "audit", "--authorities", "--allow-private", "--json", *words, *FOUND]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return {
        document["domain"]: [each for each in document["findings"] if each["rule"].startswith("name_servers_agree")]
        for document in json.loads(done.stdout)
    }


def test_each_server_is_heard_and_the_recording_says_the_same(
    resolver: str, addresses: Mapping[str, str], tmp_path: Path
) -> None:
    record = str(tmp_path / "answers.jsonl")
    live = audit("-n", resolver, "--record", record)
    for domain, wanted in FOUND.items():
        messages = [(each["rule"], each["status"], each["subject"]) for each in live[domain]]
        assert messages == [(rule, status, subject.format(**addresses)) for rule, status, subject in wanted]
    asked = {answer["resolver"] for answer in live["drifted.example"][0]["evidence"]}
    assert asked == {f"{addresses['first']}:{DNS}", f"{addresses['second']}:{DNS}"}
    replayed = audit("--replay", record)
    assert [each["message"] for each in replayed["drifted.example"]] == [
        each["message"] for each in live["drifted.example"]
    ]
    assert {domain: [each["rule"] for each in found] for domain, found in replayed.items()} == {
        domain: [each["rule"] for each in found] for domain, found in live.items()
    }
