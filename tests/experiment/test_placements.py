"""`[[mailbox]]`: a run whose mail lies in a Maildir, rewritten on one way, is read back into the table of placements."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchkit.batch import compose
from benchkit.cli.names import known_names
from benchkit.experiment.parent.placements_of_run import collect_placements
from benchkit.model.identity import IdentitySlots, token_of
from benchkit.model.tables import PLACEMENTS
from benchkit.scenario import load
from benchkit.stats.placements import placements_by_arm
from benchkit.store import load_run
from benchkit.store.events import read_rows

LOAD = "blocks = 2\nmessages_per_block = 5\nwarmup_blocks = 0"
MAILBOX = '\n[[mailbox]]\nname = "b@example.com"\nmaildir = "box"\nwait_s = 0\n'
TRACE = (
    b"Return-Path: <bounce@%s>\r\nReceived: from m by mx with ESMTPS; Mon, 2 Nov 2026 10:00:01 +0000\r\n"
    b"Authentication-Results: mx; spf=pass; dkim=%s; dmarc=%s\r\n"
)


def test_placements(program: Any, text: Callable[..., str], tmp_path: Path) -> None:
    path = program.write(text("smtp", "api", load=LOAD, message='html = "<p>Hello</p>"\ntext = "Hello"') + MAILBOX)
    for name in ("new", "cur", "tmp", ".Junk/new"):
        (tmp_path / "box" / name).mkdir(parents=True)
    done = program.run("run", "scenario.toml")
    assert done.returncode == 0, done.stderr
    (folder,) = program.runs
    scenario = load(path, known_names(), ())
    batch = compose(scenario.message)
    run = load_run(folder)
    columns = ("send", "arm", "message")
    for send, arm, message in zip(*(run.messages[name].tolist() for name in columns), strict=True):
        mime = IdentitySlots.of(batch.messages[message].mime).filled(token_of(run.manifest.token, send))
        if arm == 1:
            mime = mime.replace(b"</p>", b'</p><img src="https://t.example/o" width=1 height=1>')
        head = TRACE % ((b"shop.example", b"pass", b"pass") if arm == 0 else (b"esp.example", b"fail", b"fail"))
        place = "new" if arm == 0 else ".Junk/new"
        (tmp_path / "box" / place / f"1793613605.M{send}P1.host").write_bytes(head + mime)
    collect_placements(folder, scenario.mailboxes, batch, {})
    smtp, api = placements_by_arm(load_run(folder))
    assert (smtp.found, smtp.places, dict(smtp.changes)) == (10, {"inbox": 10}, {})
    assert (api.found, api.places, dict(api.changes)) == (10, {"junk": 10}, {"pixel_added text/html": 10})
    assert (smtp.results["dkim=pass"], api.results["dkim=fail"]) == (10, 10)
    assert smtp.resolution_ms == 1
    assert {row["return_path"] for row in read_rows(folder, PLACEMENTS)} == {"shop.example", "esp.example"}
    document = json.loads(program.run("events", str(folder), "--json").stdout)
    assert [arm["found"] for arm in document["placements"]] == [10, 10]
    shown = program.run("events", str(folder)).stdout
    assert "pixel added text/html" in shown
    assert "depends on your reputation" in shown
