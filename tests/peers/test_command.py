"""`benchkit run`, as a user types it, against a Postfix: a verdict, and an account that claims no more than it knows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.peers.scenario_text import MESSAGES, scenario_text
from tests.peers.servers.peer import Peer
from tests.peers.ways import Way


@pytest.mark.parametrize(("name", "auth"), [("postfix", ""), ("dovecot", "plain")])
def test_a_run_against_a_server_of_ones_own(name: str, auth: str, start_peer: Any, tmp_path: Path) -> None:
    peer = start_peer(name)
    starttls = peer.listeners[1]
    ways = [Way(starttls, auth, "aiosmtplib", "step", connection) for connection in ("fresh", "reuse")]
    (tmp_path / "own.toml").write_text(scenario_text(peer, ways).replace("blocks = 1", "blocks = 6"), "utf-8")
    command = [sys.executable, "-m", "benchkit", "run", "own.toml", "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=_environment(peer), timeout=60)
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["valid"] is True, summary["invalid_because"]
    for arm, way in zip(summary["arms"], ways, strict=True):
        assert arm["accepted"] == arm["planned"] == 6 * MESSAGES
        assert arm["turns"]["min"] == arm["turns"]["max"] == way.turns(1)[0]
        assert arm["arrived"] is None, "a server that is not ours tells nothing"
    token = json.loads(next(tmp_path.glob("results/*/run.json")).read_text("utf-8"))["token"]
    arrived = peer.messages(token, wanted=2 * 6 * MESSAGES)
    assert [len(copies) for copies in arrived.values()] == [1] * (2 * 6 * MESSAGES)


def _environment(peer: Peer) -> dict[str, str]:
    return os.environ | {"BENCHKIT_PEER_PASSWORD": peer.account.password if peer.account else "", "NO_COLOR": "1"}
