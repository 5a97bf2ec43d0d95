"""What an embedded API server sends on to a receiver of mail that came several messages to a request: each message, once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path

import pytest

from benchkit.batch import compose
from benchkit.cli.names import known_names
from benchkit.experiment.parent import relayed_arrivals
from benchkit.experiment.parent.run_experiment import run_experiment
from benchkit.experiment.parent.stopping import signals_given_back
from benchkit.model.identity import find_identity
from benchkit.model.receiving import RelaySpec, RelayTarget
from benchkit.scenario import load
from benchkit.sink.relayed_mail import RelayedMail
from benchkit.store import load_run
from tests.experiment.test_runs_of_shared_requests import JOINT, PEOPLE

MESSAGES = 24
SCENARIO = f"""name = "people"
[message]
template = "letter"
recipients = "people.csv"
from = "Shop <shop@shop.example>"
count = {MESSAGES}
[load]
model = "throughput"
blocks = 2
messages_per_block = {MESSAGES}
warmup_blocks = 0
concurrency = 2
[[arm]]
name = "api"
{JOINT}"""


@pytest.mark.parametrize("together", [1, 6])
def test_each_message_is_sent_on_once_to_its_own_recipient(
    together: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mails: list[RelayedMail] = []

    def keep(_relay: relayed_arrivals.Relay, all_mails: list[RelayedMail]) -> Counter[str]:
        mails.extend(all_mails)
        return Counter()

    monkeypatch.setattr(relayed_arrivals, "send_all", keep)
    for name, text in (
        ("people.csv", PEOPLE),
        ("letter.subject", "Dear {{ name }}"),
        ("letter.txt", "Hello {{ name }}"),
    ):
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "s.toml").write_text(f"{SCENARIO}messages_per_request = {together}\n", "utf-8")
    plan = load(tmp_path / "s.toml", known_names(), ())
    plan = replace(plan, arms=tuple(replace(arm, relay=RelaySpec()) for arm in plan.arms))
    batch, target = compose(plan.message), RelayTarget("127.0.0.1", 1, "127.0.0.1", "lab", {}, {})
    with signals_given_back():
        ended = run_experiment(plan, batch, {}, tmp_path / "results", lambda _sent, _planned: None, relay=target)
    messages = load_run(ended.folder).messages
    message_of = dict(zip(messages["send"].tolist(), messages["message"].tolist(), strict=True))
    sends = []
    for mail in mails:
        identity = find_identity(mail.octets)
        assert identity is not None
        sends.append(identity[2])
        planned = batch.messages[message_of[identity[2]]]
        assert mail.recipients == tuple(planned.recipients)
        assert message_from_bytes(mail.octets)["Subject"] == message_from_bytes(planned.mime)["Subject"]
    assert sorted(sends) == list(range(2 * MESSAGES))
