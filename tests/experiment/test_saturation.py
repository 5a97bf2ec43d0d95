"""Real runs: a generator that is the limit is marked and gives no verdict; a target that is the limit gives one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Text = Callable[..., str]
SMTP = 'transport = "smtp"\nclient = "aiosmtplib"\n'
BLOCKING = 'transport = "smtp"\nclient = "blocking"\n'
SLOW = '[[arm.fault]]\nat = "content"\ndelay_ms = 20\n'
SLOWER = '[[arm.fault]]\nat = "content"\ndelay_ms = 150\n'
BUSY = 0.1  # share of the time that the generator waited for a core: other work on this machine explains the rest
CLOSED = 'model = "throughput"\nconcurrency = 3\nblocks = 6\nmessages_per_block = 9'


@pytest.fixture
def blocking_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client registered by an entry point, which blocks the loop for longer than the watchdog can miss."""
    package = tmp_path / "blocking_client-1.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: blocking-client\nVersion: 1\n")
    (package / "entry_points.txt").write_text("[benchkit.transport]\nsmtp_blocking = blocking_client:Blocking\n")
    (tmp_path / "blocking_client.py").write_text(
        "import time\n"
        "from benchkit.transports.smtp_wire import Client\n"
        "class Blocking(Client):\n"
        "    async def send(self, prepared, identity, trace):\n"
        "        time.sleep(0.03)\n"
        "        return await super().send(prepared, identity, trace)\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ['PYTHONPATH']}")


def arms_of(summary: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {arm["name"]: arm for arm in summary["arms"]}


@pytest.mark.usefixtures("blocking_client")
@pytest.mark.parametrize("load", ["blocks = 6\nmessages_per_block = 3", CLOSED], ids=["talk", "throughput"])
def test_a_blocked_loop_is_marked_and_gives_no_verdict(program: Any, text: Text, load: str) -> None:
    program.write(text(f"smtp|{SMTP}", f"blocking|{BLOCKING}", load=load))
    code, summary = program.summary()
    assert code == 0, summary
    arm = arms_of(summary)["blocking"]
    lagged, accepted = arm["generator"]["lagged"], arm["accepted"]
    assert lagged > accepted / 2 > 0, "on a busy machine a message takes so long that 30 ms are no tenth of it"
    assert (arm["generator"]["unlagged_p50_ms"] is None) is (lagged == accepted), "no message is left to take it of"
    assert any("the time of " in reason for reason in arm["saturated"])
    (contrast,) = summary["contrasts"]
    assert contrast["verdict"] == "WITHHELD"
    assert any("blocking: benchkit itself was the limit" in reason for reason in contrast["reasons"])
    output = program.run("report").stdout
    assert "saturated" in output
    assert "No verdict on “blocking”" in output


def test_a_slow_target_is_the_limit_and_gets_its_verdict(program: Any, text: Text) -> None:
    program.write(text(f"slow|{SMTP}{SLOW}", f"slower|{SMTP}{SLOWER}", load=CLOSED))
    _, summary = program.summary()
    marked = [reason for arm in summary["arms"] for reason in arm["saturated"]]
    busy = any(arm["generator"]["queued"] > BUSY for arm in summary["arms"])
    assert busy or all("stood still" in reason for reason in marked), "at most by what else runs on this machine"
    assert [contrast["verdict"] for contrast in summary["contrasts"]] == ["WITHHELD" if marked else "SLOWER"]
    for arm in summary["arms"]:
        assert 0 < arm["generator"]["cpu"] < 1


def test_an_open_load_that_waits_for_a_slow_target_is_not_the_generator_s_lateness(program: Any, text: Text) -> None:
    load = 'model = "open"\nrate_per_s = 200\nconcurrency = 2\nblocks = 6\nmessages_per_block = 20'
    program.write(text(f"slow|{SMTP}{SLOW}", load=load))
    _, summary = program.summary()
    (arm,) = summary["arms"]
    assert arm["late"] > arm["accepted"] / 2, "two connections of 20 ms take 100 messages a second, not 200"
    assert arm["generator"]["late"] < arm["late"] / 2, "and what is left is what else runs on this machine"
    assert arm["generator"]["queued"] > BUSY or not any("processor" in reason for reason in arm["saturated"])


def test_an_open_load_beyond_the_generator_s_power_is_marked(program: Any, text: Text) -> None:
    load = 'model = "open"\nrate_per_s = 20000\nconcurrency = 16\nblocks = 6\nmessages_per_block = 200'
    program.write(text(f"smtp|{SMTP}", f"slow|{SMTP}{SLOW}", load=load))
    _, summary = program.summary()
    arms = arms_of(summary)
    assert "benchkit itself needed its processor" in arms["smtp"]["saturated"][0]
    assert [contrast["verdict"] for contrast in summary["contrasts"]] == ["WITHHELD"]


def test_waiting_for_the_schedule_is_no_work(program: Any, text: Text) -> None:
    """The null arm has nothing to do but to wait, which it does by turning its loop."""
    program.write(text("null", load='model = "open"\nrate_per_s = 500\nblocks = 6\nmessages_per_block = 50'))
    _, summary = program.summary()
    (arm,) = summary["arms"]
    assert arm["generator"]["cpu"] < 0.5
    assert arm["generator"]["queued"] > BUSY or arm["saturated"] == [], "a null arm gets no verdict"
