"""Whole runs over links of our own, to every end: what is stored, what a kill leaves behind, what a refusal does."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchkit.experiment.certify import certify
from benchkit.experiment.certify_plan import DIALOGUES
from benchkit.experiment.closing import open_run
from benchkit.experiment.place import lab_refusal

Text = Callable[..., str]
LINKS = "[network]\nrtt_ms = [1, 5]\n"
LOAD = "blocks = 6\nmessages_per_block = 1"
ARMS = ("smtp", "smtp fresh", 'api|transport = "api"\nprovider = "mailgun"\nclient = "wire"\n')
WRONG_RULERS = {
    "a hidden NOOP": "await self._smtp.noop()",
    "an extra sleep": "await asyncio.sleep(0.01)",
}


@pytest.fixture(scope="module", autouse=True)
def needs_lab(tmp_path_factory: pytest.TempPathFactory) -> None:
    import asyncio

    refusal = asyncio.run(lab_refusal(tmp_path_factory.mktemp("lab") / "log"))
    if refusal:
        pytest.skip(refusal)


def lab_text(text: Text, *, load: str = LOAD) -> str:
    return text(*ARMS, load=load) + LINKS


def members(parent: int) -> dict[int, str]:
    """The processes that a program has started, with their command lines."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            status, command = (path / "status").read_text(), (path / "cmdline").read_text()
        except OSError:
            continue
        if f"PPid:\t{parent}\n" in status:
            found[int(path.name)] = command.replace("\0", " ")
    return found


def wait_for(what: Callable[[], Any], limit_s: float = 20) -> Any:
    ends = time.monotonic() + limit_s
    while time.monotonic() < ends:
        if found := what():
            return found
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def alive(process: int) -> bool:
    try:
        return "State:\tZ" not in (Path("/proc") / str(process) / "status").read_text()
    except OSError:
        return False


def test_each_link_is_a_condition_and_the_wire_agrees_with_the_counter(program: Any, text: Text) -> None:
    program.write(lab_text(text))
    code, summary = program.summary()
    assert code == 0, summary["invalid_because"]
    assert [(condition["name"], condition["lab"]) for condition in summary["conditions"]] == [
        ("1 ms link", True), ("5 ms link", True),
    ]  # fmt: skip
    for condition, rtt_ms in zip(summary["conditions"], (1, 5), strict=True):
        assert rtt_ms <= condition["rtt_ms"] < rtt_ms + 1.5
    assert {(arm["name"], arm["turns"]["min"], arm["turns"]["max"]) for arm in summary["arms"]} == {
        ("smtp", 4, 4), ("smtp fresh", 11, 11), ("api", 1, 1),
    }  # fmt: skip
    assert all(agreement["wire_agrees"] for agreement in summary["agreements"]), summary["agreements"]
    assert {fit["arm"] for fit in summary["fits"]} == {"smtp", "smtp fresh", "api"}
    account = summary["account"]
    assert account["planned"] == account["accepted"] == account["arrived_once"] == 2 * 7 * 3
    run = open_run(program.runs[0])
    assert sorted(run.messages["send"]) == list(range(42))
    assert set(run.wire["condition"]) == {0, 1}


def test_without_a_lab_it_runs_on_loopback_and_says_so(program: Any, text: Text) -> None:
    """The device is hidden from the program, in a mount namespace of its own."""
    if shutil.which("unshare") is None or os.geteuid() != 0:
        pytest.skip("hides /dev/net/tun as root")
    program.write(lab_text(text))
    hide = 'mount --bind /dev/null /dev/net/tun && exec "$@"'
    benchkit = (sys.executable, "-m", "benchkit", "run", "scenario.toml")
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", hide, "sh", *benchkit], cwd=program.folder, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "plain loopback, not the lab" in " ".join(done.stdout.split())
    (condition,) = open_run(program.runs[0]).manifest.conditions
    assert (condition.name, condition.lab) == ("loopback", False)


@pytest.mark.parametrize("victim", ["link_process", "experiment.worker", "experiment.sink_process", "parent"])
def test_whatever_is_killed_nothing_is_left_and_what_was_measured_is_kept(
    program: Any, text: Text, victim: str
) -> None:
    program.write(lab_text(text, load="blocks = 2000\nmessages_per_block = 1"))
    with program.start("run", "scenario.toml") as process:
        children = wait_for(lambda: found if len(found := members(process.pid)) == 3 else None)
        wait_for(lambda: any(path.stat().st_size > 4096 for path in program.folder.glob("results/*/messages.arrow")))
        killed = process.pid if victim == "parent" else next(pid for pid, name in children.items() if victim in name)
        os.kill(killed, signal.SIGKILL)
        process.communicate(timeout=30)
    wait_for(lambda: not any(map(alive, children)))
    run = open_run(program.runs[0])
    assert run.recovered or run.manifest.status == "broken"
    assert len(run.messages["send"])


@pytest.mark.parametrize("wrong", WRONG_RULERS)
def test_a_wrong_ruler_is_not_certified(wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that comes in by the public door, and does something more than it should."""
    package = tmp_path / "wrong_ruler-1.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: wrong-ruler\nVersion: 1\n")
    (package / "entry_points.txt").write_text("[benchkit.transport]\nsmtp_wrong = wrong_ruler:Client\n")
    (tmp_path / "wrong_ruler.py").write_text(
        "import asyncio\n"
        "from benchkit.transports.smtp_aiosmtplib import Client as Right\n"
        "class Client(Right):\n"
        "    async def send(self, prepared, identity, trace):\n"
        "        self._smtp.trace = trace\n"
        f"        {WRONG_RULERS[wrong]}\n"
        "        return await super().send(prepared, identity, trace)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    right = next(dialogue for dialogue in DIALOGUES if dialogue.turns == 4)
    twisted = _with_client(right, "wrong")
    certificate = certify(lambda what: None, (twisted,), rtts_ms=(1.0, 4.0), blocks=6)
    assert not certificate.passed
    failed = {check.name for check in certificate.checks if not check.passed}
    assert failed >= ({"turns"} if "NOOP" in wrong else {"at no RTT"})


def _with_client(dialogue: Any, client: str) -> Any:
    from dataclasses import replace

    return replace(dialogue, arm=replace(dialogue.arm, client=client))
