"""Whole runs over links of our own, to every end: what is stored, what a kill leaves behind, what a refusal does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import dpkt
import pytest

from benchkit.experiment.certify import self_test as certification
from benchkit.experiment.certify.scenarios import DIALOGUES
from benchkit.experiment.parent.body_parser import open_run
from benchkit.model.run import Run

pytestmark = pytest.mark.usefixtures("needs_lab")

Text = Callable[..., str]
LINKS = "[network]\nrtt_ms = [1, 5]\n"
LOAD = "blocks = 6\nmessages_per_block = 1"
ARMS = ("smtp", "smtp fresh", 'api|transport = "api"\nprovider = "mailgun"\nclient = "wire"\n')
WRONG_CLIENTS = {"noop": "await self._smtp.noop()", "sleep": "await asyncio.sleep(0.08)"}
_WRONG_CLIENT = """
import asyncio
from benchkit.transports.smtp_aiosmtplib import Client as Right

class Client(Right):
    async def send(self, prepared, identity, trace):
        self._smtp.trace = trace
        {extra}
        return await super().send(prepared, identity, trace)
"""


def lab_text(text: Text, *, load: str = LOAD) -> str:
    return text(*ARMS, load=load) + LINKS


def captured(capture: Path) -> dict[str, int]:
    """What another reader than ours finds in a capture, with the counters' names. On a busy machine a packet is late at times,
    and TCP sends its bytes again (RFC 8985 §7): these count once.
    """
    with capture.open("rb") as file:
        reader = dpkt.pcap.Reader(file)
        assert reader.datalink() == 101, "LINKTYPE_RAW"
        packets = [dpkt.ip.IP(packet) for _, packet in reader]
    opening = [
        packet for packet in packets if packet.data.flags & (dpkt.tcp.TH_SYN | dpkt.tcp.TH_ACK) == dpkt.tcp.TH_SYN
    ]
    carried = {
        (packet.src, packet.data.sport, packet.data.dport, (packet.data.seq + nth) % 2**32)
        for packet in packets
        for nth in range(len(packet.data.data))
    }
    return {
        "packets": len(packets),
        "bytes": sum(packet.len for packet in packets),
        "payload": len(carried),
        "syns": len(opening),
    }


def counted(run: Run, number: int, link: Mapping[str, int]) -> dict[str, int]:
    """The same of the wire's counters."""
    mine = run.wire["condition"] == number
    payload = sum(int(run.wire[name][mine].sum()) for name in ("payload_out", "payload_in"))
    return {
        "packets": link["captured"],
        "bytes": link["bytes"],
        "payload": payload,
        "syns": int(run.wire["syns"][mine].sum()),
    }


def test_each_link_is_a_condition_and_the_wire_agrees_with_the_counter(program: Any, text: Text) -> None:
    program.write(lab_text(text))
    code, summary = program.summary("--pcap")
    assert code == 0, summary["invalid_because"]
    assert [(condition["name"], condition["lab"]) for condition in summary["conditions"]] == [
        ("1 ms link", True), ("5 ms link", True),
    ]  # fmt: skip
    for condition, rtt_ms in zip(summary["conditions"], (1, 5), strict=True):
        assert (
            rtt_ms <= condition["rtt_ms"] < rtt_ms + 100
        )  # tests/experiment/lab/test_lab.py holds it to a narrow limit
    assert {(arm["name"], arm["turns"]["min"], arm["turns"]["max"]) for arm in summary["arms"]} == {
        ("smtp", 4, 4), ("smtp fresh", 11, 11), ("api", 1, 1),
    }  # fmt: skip
    assert all(agreement["wire_agrees"] for agreement in summary["agreements"]), summary["agreements"]
    for agreement in summary["agreements"]:  # messages of a kilobyte: one lone ACK more or less is 4 % of them
        assert agreement["wire_bytes"] == pytest.approx(agreement["wire_bytes_predicted"], rel=0.15)
    assert {fit["arm"] for fit in summary["fits"]} == {"smtp", "smtp fresh", "api"}
    account = summary["account"]
    assert account["planned"] == account["accepted"] == account["arrived_once"] == 2 * 7 * 3
    run = open_run(program.runs[0])
    assert sorted(run.messages["send"]) == list(range(42))
    assert set(run.wire["condition"]) == {0, 1}
    for number, condition in enumerate(run.manifest.conditions):
        assert captured(program.runs[0] / f"link-{number}.pcap") == counted(run, number, condition.link)


def test_without_a_lab_it_runs_on_loopback_and_says_so(program: Any, text: Text) -> None:
    """The device is hidden from the program, in a mount namespace of its own."""
    if shutil.which("unshare") is None or os.geteuid() != 0:
        pytest.skip("hides /dev/net/tun as root")
    program.write(lab_text(text))
    hide = 'mount --bind /dev/null /dev/net/tun && exec "$@"'
    benchkit = (sys.executable, "-m", "benchkit", "run", "scenario.toml", "--pcap")
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", hide, "sh", *benchkit], cwd=program.folder, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    expected = " ".join(done.stdout.split())
    assert "This run had no network delay." in expected
    assert "measured on plain loopback, because the link of [network] is not available" in expected
    assert "so there is nothing to capture" in expected
    assert not list(program.runs[0].glob("*.pcap"))
    (condition,) = open_run(program.runs[0]).manifest.conditions
    assert (condition.name, condition.lab) == ("loopback", False)


def test_a_wrong_client_is_not_certified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients registered by an entry point, which do more than they should."""
    package = tmp_path / "wrong_rulers-1.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: wrong-clients\nVersion: 1\n")
    points = "\n".join(f"smtp_{name} = wrong_{name}:Client" for name in WRONG_CLIENTS)
    (package / "entry_points.txt").write_text(f"[benchkit.transport]\n{points}\n")
    for name, extra in WRONG_CLIENTS.items():
        (tmp_path / f"wrong_{name}.py").write_text(_WRONG_CLIENT.format(extra=extra))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(certification, "_SPEED_MESSAGES", 10)  # a slow client takes long to certify
    right = next(dialogue for dialogue in DIALOGUES if dialogue.turns == 4)
    twisted = tuple(replace(right, arm=replace(right.arm, name=name, client=name)) for name in WRONG_CLIENTS)
    certificate = certification.certify(lambda what: None, (right, *twisted), rtts_ms=(1.0, 4.0), blocks=6)
    assert not certificate.passed
    failed = {(check.subject, check.name) for check in certificate.checks if not check.passed}
    assert failed >= {("noop", "turns"), ("sleep", "at no RTT")}
    assert (right.arm.name, "turns") not in failed
