"""TCP congestion control: named for every arm before anything is sent, refused in one line, in force at both ends."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import replace
from errno import ENOENT, EPERM
from typing import Any

import pytest

from benchkit.cli.names import known_names
from benchkit.errors import InputError
from benchkit.experiment.parent.congestion import DEFAULT, with_congestion
from benchkit.model.scenario import Scenario
from benchkit.scenario import load

Text = Callable[..., str]
EVERYWHERE = "reno"  # the one that no Linux is without, and that everyone may set


@pytest.fixture
def scenario(program: Any, text: Text) -> Scenario:
    return load(program.write(text("smtp", "api")), known_names())


@pytest.fixture
def kernel_refuses(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    def refuse(name: str, number: int) -> None:
        real = socket.socket.setsockopt

        def setsockopt(self: socket.socket, level: int, option: int, value: Any) -> None:
            if option == socket.TCP_CONGESTION and value == name.encode():
                raise OSError(number, "no")
            real(self, level, option, value)

        monkeypatch.setattr(socket.socket, "setsockopt", setsockopt)

    return refuse


def asking(scenario: Scenario, name: str) -> Scenario:
    first, *others = scenario.arms
    return replace(scenario, arms=(replace(first, congestion=name), *others))


@pytest.mark.parametrize(("refusal", "default"), [(0, DEFAULT), (EPERM, ""), (ENOENT, "")])
def test_the_default_is_the_same_on_every_host_that_allows_it(
    scenario: Scenario, kernel_refuses: Any, refusal: int, default: str
) -> None:
    kernel_refuses(DEFAULT if refusal else "nothing", refusal)
    named = with_congestion(asking(scenario, EVERYWHERE))
    assert [arm.congestion for arm in named.arms] == [EVERYWHERE, default]


def test_a_null_arm_has_no_connection_to_name_it_for(scenario: Scenario) -> None:
    null = replace(scenario, arms=(replace(scenario.arms[0], transport="null", client="null"),))
    assert with_congestion(null).arms[0].congestion == ""


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (ENOENT, 'this kernel has no "vegas"; it has: '),
        (EPERM, '"vegas" needs root here; without root these are available: '),
    ],
)
def test_what_cannot_be_had_is_one_line(scenario: Scenario, kernel_refuses: Any, number: int, why: str) -> None:
    kernel_refuses("vegas", number)
    with pytest.raises(InputError) as caught:
        with_congestion(asking(scenario, "vegas"))
    (mistake,) = caught.value.mistakes
    assert mistake.key == "arm.0.congestion"
    assert mistake.message.startswith(why)
    assert "reno" in mistake.message


def test_an_unknown_name_ends_the_run_before_the_first_send(program: Any, text: Text) -> None:
    program.write(text("smtp", load="blocks = 1"))
    done = program.run("run", "scenario.toml", "--set", "arm.0.congestion=nonsense")
    assert done.returncode == 2
    assert 'arm.0.congestion this kernel has no "nonsense"; it has: ' in done.stderr
    assert not program.runs


def test_what_was_in_force_at_both_ends_is_recorded_and_shown(program: Any, text: Text) -> None:
    program.write(text("smtp", "api", "smtp fresh", load="blocks = 6\nmessages_per_block = 2"))
    done = program.run("run", "scenario.toml", "--json", "--set", f"arm.1.congestion={EVERYWHERE}")
    assert done.returncode == 0, done.stderr
    arms = json.loads(done.stdout)["arms"]
    assert (arms[1]["client_congestion"], arms[1]["server_congestion"]) == (EVERYWHERE, EVERYWHERE)
    assert arms[0]["client_congestion"] == arms[0]["server_congestion"] == arms[2]["client_congestion"]
    assert [(arm["nodelay"], arm["retransmitted"]) for arm in arms] == [(True, 0)] * 3
    (folder,) = program.runs
    recorded = json.loads((folder / "run.json").read_text("utf-8"))["arms"]
    assert [arm["client_congestion"] for arm in recorded] == [arm["client_congestion"] for arm in arms]
    assert f"{EVERYWHERE} at both ends, TCP_NODELAY" in program.run("report").stdout
