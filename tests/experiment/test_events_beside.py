"""`[events]` beside a run: embedded servers post their fates, and order and repetition change nothing in the table."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from benchkit.store.events import read_events

LOAD = "blocks = 2\nmessages_per_block = 20\nwarmup_blocks = 0"
API = 'transport = "api"\nprovider = "{}"\nclient = "wire"\nsecurity = "none"\n[[arm.fate]]\nbounced = 0.3\nopened = 0.5\n'


@pytest.mark.parametrize("disorder", ["", "repeated = 0.5\nshuffled = true\n"])
def test_fates_become_the_table(program: Any, text: Callable[..., str], disorder: str) -> None:
    arms = [f"{name}|{API.format(name)}" for name in ("mailgun", "postmark")]
    program.write(text(*arms, load=LOAD) + f"\n[events]\n{disorder}")
    done = program.run("run", "scenario.toml")
    assert done.returncode == 0, done.stderr
    assert "benchkit events results/" in done.stderr
    (run,) = program.runs
    rows = read_events(run)
    document = json.loads(program.run("events", str(run), "--json").stdout)
    for arm in document["arms"]:
        delivered, bounced = arm["counts"]["delivered"], arm["counts"]["bounced"]
        assert (arm["accepted"], delivered + bounced, arm["unheard"]) == (40, 40, 0)
        assert 4 <= bounced <= 22
        assert arm["delivered_ms"] == pytest.approx(1_000, abs=20)
    assert document["events_of_no_message"] == 0
    assert document["unverified"] == document["foreign"] == {}
    assert (max(row["times"] for row in rows) > 1) == bool(disorder)
    if not disorder:
        assert len(rows) == sum(row["times"] for row in rows)


def test_a_port_that_is_taken_is_one_line_and_nothing_is_sent(program: Any, text: Callable[..., str]) -> None:
    program.write(text("api", load=LOAD) + '\n[events]\nlisten = "192.0.2.1:1"\n')
    done = program.run("run", "scenario.toml")
    assert done.returncode == 2
    assert "events.listen the receiver of webhooks cannot listen on 192.0.2.1:1" in done.stderr
    assert program.runs == []
