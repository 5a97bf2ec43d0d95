"""JMAP to a Cyrus: one message a request or several, each accepted for itself, and there once, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchkit.batch import compose
from benchkit.cli.names import known_names
from benchkit.experiment.parent.run_experiment import run_experiment
from benchkit.experiment.parent.stopping import signals_given_back
from benchkit.model.identity import split_at_identity, token_of
from benchkit.model.message import Batch
from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import Run, RunStatus
from benchkit.model.secret import Secret
from benchkit.scenario import load
from benchkit.store import load_run
from tests.peers.scenario_text import TEXT
from tests.peers.servers import cyrus
from tests.peers.servers.cyrus import ACCOUNT, Cyrus
from tests.peers.servers.peer import DOMAIN, HOST, new_yard
from tests.peers.stored_bytes import without_trace

BLOCKS, TOGETHER = 1, 4
ARMS = {"wire": 1, "httpx": 1, "aiohttp": TOGETHER, "wire together": TOGETHER}


@pytest.fixture(scope="module")
def server() -> Iterator[Cyrus]:
    with new_yard() as yard, cyrus.start(yard) as found:
        yield found


def send(
    server: Cyrus, folder: Path, people: list[str], arms: dict[str, int], secret: str
) -> tuple[Run, Batch, RunStatus]:
    """A message to each of them, by every arm."""
    (folder / "people.csv").write_text("email\n" + "".join(f"{one}@{DOMAIN}\n" for one in people), "utf-8")
    (folder / "letter.subject").write_text("Grüße № {{ index }}", "utf-8")
    (folder / "letter.txt").write_text(TEXT, "utf-8")
    (folder / "scenario.toml").write_text(
        f"""name = "jmap"
[message]
template = "letter"
recipients = "people.csv"
from = "Größe & Söhne <shop@{DOMAIN}>"
[load]
model = "throughput"
blocks = {BLOCKS}
messages_per_block = {len(people)}
warmup_blocks = 0
"""
        + "".join(_arm(server, name, together) for name, together in arms.items()),
        "utf-8",
    )
    scenario = load(folder / "scenario.toml", known_names(), ())
    batch = compose(scenario.message)
    secrets = {number: Secret(secret) for number in range(len(arms))}
    with signals_given_back():
        ended = run_experiment(scenario, batch, secrets, folder / "results", lambda sent, planned: None)
    return load_run(ended.folder), batch, ended.status


def _arm(server: Cyrus, name: str, together: int) -> str:
    return f'''[[arm]]
name = "{name}"
transport = "api"
provider = "jmap"
client = "{name.partition(" ")[0].removesuffix(",")}"
security = "none"
messages_per_request = {together}
server = {{ host = "{HOST}", port = {server.port} }}
api_key = {{ env = "BENCHKIT_PEER_PASSWORD" }}
options = {{ username = "{ACCOUNT.username}", {_told(server, name)} }}
'''


def _told(server: Cyrus, name: str) -> str:
    """All that the arm must know, or where to ask for it."""
    if "session" in name:
        return 'session = "/.well-known/jmap"'
    return f'mailbox = "{server.mailbox}", upload = "Blob/set"'


def test_every_message_is_accepted_and_arrives_once_and_byte_for_byte(server: Cyrus, tmp_path: Path) -> None:
    people = [f"one{number}" for number in range(2 * TOGETHER)]
    run, batch, status = send(server, tmp_path, people, ARMS, ACCOUNT.password)
    rows = run.messages
    assert [text for text in rows["text"] if text] == []
    assert status is RunStatus.COMPLETE
    for arm, together in enumerate(ARMS.values()):
        turns = rows["turns"][rows["arm"] == arm]
        assert turns.sum() == BLOCKS * len(people) / together
    wanted = BLOCKS * len(people) * len(ARMS)
    arrived = server.relay.messages(run.manifest.token, wanted)
    assert [len(copies) for copies in arrived.values()] == [1] * wanted
    for number, index in zip(rows["send"].tolist(), rows["message"].tolist(), strict=True):
        left = token_of(run.manifest.token, number).join(split_at_identity(batch.messages[index].mime))
        assert without_trace(arrived[number][0]) == left


def test_the_session_tells_where_mail_goes_and_the_blob_is_uploaded_by_its_url(server: Cyrus, tmp_path: Path) -> None:
    """RFC 8620 §2, §6.1: nothing is configured but the user. The upload takes a round trip of its own."""
    people, arms = ["one1", "one2"], {f"{client}, session": 1 for client in ("wire", "httpx2", "aiohttp")}
    run, batch, status = send(server, tmp_path, people, arms, ACCOUNT.password)
    rows = run.messages
    assert [text for text in rows["text"] if text] == []
    assert status is RunStatus.COMPLETE
    assert rows["turns"].sum() == 2 * len(rows["turns"])
    wanted = len(people) * len(arms)
    arrived = server.relay.messages(run.manifest.token, wanted)
    assert [len(copies) for copies in arrived.values()] == [1] * wanted
    for number, index in zip(rows["send"].tolist(), rows["message"].tolist(), strict=True):
        left = token_of(run.manifest.token, number).join(split_at_identity(batch.messages[index].mime))
        assert without_trace(arrived[number][0]) == left


def test_of_a_request_only_what_is_refused_fails(server: Cyrus, tmp_path: Path) -> None:
    # Who is refused comes last: Cyrus 3.6.1 says no RSET after it, and what follows meets "nested MAIL command" at its relay.
    people = ["one1", "one2", "one3", "reject"]
    run, _, _ = send(server, tmp_path, people, {"wire": TOGETHER}, ACCOUNT.password)
    kinds = [OutcomeKind(kind) for kind in run.messages["outcome"]]
    assert kinds == [OutcomeKind.ACCEPTED] * 3 + [OutcomeKind.REJECTED]
    assert run.messages["text"][3].startswith("invalidRecipients")
    assert sorted(server.relay.messages(run.manifest.token, 3)) == [0, 1, 2]


def test_a_wrong_key_is_a_refusal_of_every_message(server: Cyrus, tmp_path: Path) -> None:
    run, _, _ = send(server, tmp_path, ["one1", "one2"], {"wire": 2}, "guessed")
    rows: Any = run.messages
    assert [OutcomeKind(kind) for kind in rows["outcome"]] == [OutcomeKind.REJECTED] * 2
    assert rows["code"].tolist() == [401] * 2
