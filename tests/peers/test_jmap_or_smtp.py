"""The shipped scenario between a Cyrus that takes JMAP and a Postfix that takes submissions: a valid verdict, all mail once."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.peers.jmap_or_smtp import both

ATTEMPTS = (
    3  # an A/A pair may differ by chance, or by what else the machine does: then the run says so, and is no verdict
)
DECIDED = {"FASTER", "SLOWER", "EQUIVALENT", "UNDECIDED"}


def test_it_gives_a_valid_verdict(tmp_path: Path) -> None:
    with both() as servers:
        for _ in range(ATTEMPTS):
            command = servers.command("--json")
            done = subprocess.run(
                command, cwd=tmp_path, capture_output=True, text=True, env=servers.environment, timeout=120, check=False
            )
            summary: dict[str, Any] = json.loads(done.stdout)
            account = summary["account"]
            assert account["accepted"] == account["planned"] > 0, account
            if summary["valid"]:
                break
        assert (done.returncode, summary["valid"]) == (0, True), summary["invalid_because"]
        manifest = json.loads(max(tmp_path.glob("results/*/run.json")).read_text("utf-8"))
        of_each_arm = (manifest["blocks"] + manifest["warmup_blocks"]) * manifest["messages_per_block"]
        arms = [arm["transport"] for arm in summary["arms"]]
        wanted = {transport: of_each_arm * arms.count(transport) for transport in ("api", "smtp")}
        arrived = [
            servers.jmap.relay.messages(manifest["token"], wanted["api"]),
            servers.submission.messages(manifest["token"], wanted["smtp"]),
        ]
    assert [len(mails) for mails in arrived] == [wanted["api"], wanted["smtp"]]
    assert {len(copies) for mails in arrived for copies in mails.values()} == {1}
    contrasts = [contrast for contrast in summary["contrasts"] if not contrast["aa"]]
    assert contrasts
    assert {contrast["verdict"] for contrast in contrasts} <= DECIDED
    assert [arm["turns"]["median"] for arm in summary["arms"]] == [4, 2, 1, 1, 2]
