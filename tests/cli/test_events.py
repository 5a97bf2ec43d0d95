"""`benchkit events`: a stored run, a receiver in a process of its own, and what is left of it after kill -9."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator

from benchkit.events.webhooks import WEBHOOKS
from benchkit.events.webhooks.webhook import WebhookArrival
from benchkit.model.event import Bounce, Event, EventKind
from benchkit.model.identity import token_of
from benchkit.store import load_run, read_manifest
from tests.cli.conftest import Verb

SCENARIO = """name = "events"
[message]
from = "a@shop.example"
to = ["b@example.com"]
subject = "Hello"
text_bytes = 100
[load]
blocks = 2
messages_per_block = 10
warmup_blocks = 0
[[arm]]
name = "api"
transport = "api"
provider = "mailgun"
client = "wire"
security = "none"
"""
SECRET = {"HOOK": "a-long-secret"}


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    (folder / "s.toml").write_text(SCENARIO, "utf-8")
    subprocess.run([sys.executable, "-m", "benchkit", "run", "s.toml"], cwd=folder, check=True, capture_output=True)
    (run,) = (folder / "results").glob("*/run.json")
    return run.parent


@pytest.fixture
def run(stored: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "copied"
    copy.mkdir()
    for path in stored.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    return copy


def delivered(run: Path, sends: Sequence[int], kind: EventKind = EventKind.DELIVERED, **more: object) -> list[Event]:
    """By the server's id alone for even sends, by benchkit's identity alone for odd ones."""
    loaded = load_run(run)
    ids = dict(zip(loaded.messages["send"].tolist(), loaded.messages["server_id"].tolist(), strict=True))
    found = []
    for send in sends:
        by_id = send % 2 == 0
        names = {"message_id": ids[send]} if by_id else {"identity": token_of(loaded.manifest.token, send).decode()}
        at_ms, event_id = 1_800_000_000_000 + send, f"{kind}-{send}"
        found.append(
            Event(kind, "mailgun", at_ms=at_ms, recipient="b@example.com", event_id=event_id, **names, **more)  # type: ignore[arg-type]
        )
    return found


def post(port: int, events: Sequence[Event], secret: str = SECRET["HOOK"]) -> list[int]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    statuses = []
    for number, request in enumerate(WEBHOOKS["mailgun"].compose(events)):
        signed = WEBHOOKS["mailgun"].sign(request, secret, WebhookArrival(nonce=str(number), now_s=1))
        connection.request("POST", "/mailgun", signed.body, dict(signed.headers))
        response = connection.getresponse()
        response.read()
        statuses.append(response.status)
    connection.close()
    return statuses


class Listening:
    """`benchkit events RUN --listen` as a process."""

    def __init__(self, run: Path) -> None:
        words = [sys.executable, "-m", "benchkit", "events", str(run), "--listen", "--address", "127.0.0.1:0"]
        self.process = subprocess.Popen(
            [*words, "--secret", "mailgun=HOOK", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=os.environ | SECRET,
        )  # fmt: skip
        assert self.process.stderr is not None
        found = re.search(r":(\d+)/mailgun", self.process.stderr.readline())
        assert found
        self.port = int(found[1])

    def end(self, by: signal.Signals) -> str:
        self.process.send_signal(by)
        out, _ = self.process.communicate(timeout=30)
        return out


def test_events_are_collected_until_ctrl_c(run: Path) -> None:
    listening = Listening(run)
    assert set(post(listening.port, delivered(run, range(19)) * 2)) == {200}
    assert post(listening.port, delivered(run, [19], EventKind.BOUNCED, bounce=Bounce.HARD, reason="550 5.1.1 no")) == [
        200
    ]
    assert post(listening.port, delivered(run, [3]), secret="wrong") == [401]
    document = json.loads(listening.end(signal.SIGINT))
    (arm,) = document["arms"]
    assert (arm["accepted"], arm["counts"]["delivered"], arm["counts"]["bounced"], arm["unheard"]) == (20, 19, 1, 0)
    assert arm["reasons"] == [["5.1.1", 1]]
    assert arm["delivered_ms"] > 0
    assert document["unverified"] == {"mailgun: the signature is wrong": 1}
    assert document["receivers_killed_ms"] == []
    assert pq.read_table(run / "events.parquet").num_rows == 20
    assert not list(run.glob("*.journal"))
    assert (run / "events.parquet").stat().st_mode & 0o077 == 0


def test_kill_9_loses_nothing_that_was_acknowledged_and_says_so(run: Path, verb: Verb) -> None:
    listening = Listening(run)
    assert post(listening.port, delivered(run, range(12))) == [200] * 12
    listening.end(signal.SIGKILL)
    document = json.loads(verb("events", str(run), "--json").out)
    assert document["arms"][0]["counts"]["delivered"] == 12
    assert len(document["receivers_killed_ms"]) == 1
    again = verb("events", str(run))
    assert re.search(r"delivered +60 %\s+\[38\.7 %, 78\.1 %\]", again.out)
    assert json.loads(verb("events", str(run), "--json").out)["arms"][0]["counts"]["delivered"] == 12


def test_a_run_without_an_event_says_so_in_both_forms(run: Path, verb: Verb) -> None:
    assert "There are no events of this run" in verb("events", str(run)).out
    document = json.loads(verb("events", str(run), "--json").out)
    Draft202012Validator(json.loads(verb("schema", "--events").out)).validate(document)
    assert (document["run"], document["arms"], document["placements"], document["unverified"]) == (
        read_manifest(run).run, [], [], {},
    )  # fmt: skip


def test_json_holds_to_its_schema(run: Path, verb: Verb) -> None:
    listening = Listening(run)
    post(listening.port, delivered(run, range(9)))
    document = json.loads(listening.end(signal.SIGTERM))
    Draft202012Validator(json.loads(verb("schema", "--events").out)).validate(document)
    assert json.loads(verb("report", str(run), "--json").out)["deliverability"]["arms"] == document["arms"]


def test_the_kept_summary_says_what_report_says_after_events_were_added(run: Path, verb: Verb) -> None:
    before = (run / "summary.json").read_text("utf-8")
    verb("events", str(run))
    assert (run / "summary.json").read_text("utf-8") == before
    listening = Listening(run)
    post(listening.port, delivered(run, range(9)))
    listening.end(signal.SIGTERM)
    kept = (run / "summary.json").read_text("utf-8")
    assert kept == verb("report", str(run), "--json").out != before
    assert json.loads(kept)["deliverability"]["arms"][0]["counts"]["delivered"] == 9
    assert (run / "summary.json").stat().st_mode & 0o077 == 0
    assert not list(run.glob("*.unfinished"))


def test_of_a_run_without_a_kept_summary_none_is_made(run: Path, verb: Verb) -> None:
    """As of one that was killed."""
    (run / "summary.json").unlink()
    listening = Listening(run)
    post(listening.port, delivered(run, range(9)))
    listening.end(signal.SIGTERM)
    assert json.loads(verb("events", str(run), "--json").out)["arms"][0]["counts"]["delivered"] == 9
    assert not (run / "summary.json").exists()


def test_a_torn_journal_is_read_up_to_its_last_whole_line(run: Path, verb: Verb) -> None:
    listening = Listening(run)
    post(listening.port, delivered(run, range(5)))
    listening.end(signal.SIGKILL)
    (journal,) = run.glob("*.journal")
    journal.write_bytes(journal.read_bytes()[:-40] + b'\n{"event": 5}\n\xff\n[]\n{"ev')
    assert json.loads(verb("events", str(run), "--json").out)["arms"][0]["counts"]["delivered"] == 4


def test_bounces_of_a_maildir_are_joined_and_suppress(run: Path, verb: Verb, tmp_path: Path) -> None:
    token = load_run(run).manifest.token
    mail = f"""From: MAILER-DAEMON@mx.example
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Original-Envelope-Id: {token_of(token, 4).decode()}

Final-Recipient: rfc822; b@example.com
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <b@example.com> unknown
--b--
"""
    (tmp_path / "Maildir" / "new").mkdir(parents=True)
    (tmp_path / "Maildir" / "new" / "1").write_text(mail, "utf-8")
    (tmp_path / "Maildir" / "new" / "2").write_text("From: a@b\n\nHello", "utf-8")
    done = verb("events", str(run), "--mail", "Maildir", "--json")
    assert "Maildir: no bounce or complaint in 1 mail" in done.err
    assert json.loads(done.out)["arms"][0]["hard_bounces"] == 1
    (tmp_path / "list.csv").write_text("email\nB@Example.com\nb@example.com\nc@example.com\n", "utf-8")
    (tmp_path / "z.zone").write_text(
        "$ORIGIN example.com.\n$TTL 60\n@ IN SOA n h 1 2 3 4 5\n@ IN NS n\nn IN A 192.0.2.1\n@ IN MX 1 n\n"
    )
    listed = json.loads(verb("audit", "--list", "list.csv", "--suppressed", str(run), "--zone", "z.zone", "--json").out)
    assert (listed["kept"], listed["rejected"]) == (1, {"suppressed": 2})
