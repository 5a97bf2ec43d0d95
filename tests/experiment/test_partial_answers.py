"""Answers of providers that refuse a part: the account closes, by recipient and by message, with and without retries."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyarrow.parquet as pq
import pytest

from benchkit.model.outcome import OutcomeKind
from tests.experiment.conftest import Program, scenario_text

# An arm: its provider, the messages of a request, and the answers that it meets, each with 15 %.
ARMS = {
    "postmark": ("postmark", 1, ("some_inactive", "inactive_recipient", "rate_limit", "maintenance")),
    "mandrill": ("mandrill", 1, ("some_rejected", "all_rejected", "unavailable")),
    "mailersend": ("mailersend", 1, ("some_suppressed", "all_suppressed", "rate_limit")),
    "cloudflare": ("cloudflare", 1, ("some_bounced", "not_sent", "throttled")),
    "postmark, four": ("postmark", 4, ("some_inactive", "rate_limit")),
    "mailjet, four": ("mailjet", 4, ("some_refused", "wrong_key")),
    "ses, four": ("ses", 4, ("entry_message_rejected", "entry_account_throttled", "entry_transient_failure")),
    "jmap, four": ("jmap", 4, ("forbidden_from", "over_rate", "server_unavailable")),
}
MESSAGES = 40


def arm(name: str) -> str:
    provider, together, answers = ARMS[name]
    text = (
        f'{name}|transport = "api"\nprovider = "{provider}"\nclient = "wire"\nsecurity = "none"\nconnection = "reuse"\n'
    )
    text += f"messages_per_request = {together}\n"
    return text + "".join(f'[[arm.fault]]\nat = "request"\nanswer = "{one}"\nprobability = 0.15\n' for one in answers)


def table(program: Program, name: str) -> Any:
    return pq.read_table(program.runs[-1] / f"{name}.parquet").to_pydict()


@pytest.mark.parametrize("attempts", [1, 6])
def test_what_is_refused_did_not_arrive_and_what_is_accepted_arrived_once(attempts: int, program: Program) -> None:
    load = f'model = "throughput"\nblocks = 2\nmessages_per_block = {MESSAGES // 2}\nwarmup_blocks = 0'
    names = [
        name for name, (_, together, _) in ARMS.items() if attempts == 1 or together == 1
    ]  # a batch is not retried
    text = scenario_text(*map(arm, names), load=load).replace('["b@example.com"]', '["a@example.com", "b@example.com"]')
    retry = f"[retry]\nattempts = {attempts}\nfirst_s = 0.005\nmost_s = 0.1\njitter = false\n"
    program.write(text + (retry if attempts > 1 else ""))
    code, summary = program.summary()
    assert code == 0, summary["invalid_because"]
    account = summary["account"]
    assert (account["missing"], account["duplicates"], account["altered"], account["unsent"]) == (0, 0, 0, 0)
    rows, arrivals = table(program, "messages"), table(program, "arrivals")
    arrived, recipients = Counter(arrivals["send"]), dict(zip(arrivals["send"], arrivals["recipients"], strict=True))
    assert len(rows["send"]) == MESSAGES * len(names)
    kinds: Counter[str] = Counter()
    for send, outcome, refused in zip(rows["send"], rows["outcome"], rows["refused"], strict=True):
        kind = OutcomeKind(outcome)
        kinds[kind.label] += 1
        assert arrived[send] == (kind is OutcomeKind.ACCEPTED)
        if kind is OutcomeKind.ACCEPTED:
            assert recipients[send] == 2 - refused
    assert kinds["accepted"] > 12 * len(names)
    assert kinds["rejected"] > 2 * len(names)
    assert sum(refused > 0 for refused in rows["refused"]) > 5
