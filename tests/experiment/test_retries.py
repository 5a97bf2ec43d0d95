"""Messages that are tried again: accepted once or given up, never twice, never lost; what the server asks for is kept."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from benchkit.model.outcome import OutcomeKind
from benchkit.model.trace import Phase
from tests.experiment.conftest import LIMIT_S, Program, scenario_text, wait_for

RETRY = "[retry]\nattempts = {attempts}\nfirst_s = 0.01\nmost_s = {most_s}\n"
SMTP = 'smtp|transport = "smtp"\nclient = "{client}"\nsecurity = "none"\nconnection = "{connection}"\n'
API = (
    'api|transport = "api"\nprovider = "mailgun"\nclient = "{client}"\nsecurity = "none"\nconnection = "{connection}"\n'
)
BUSY = (
    'at = "mail"\nreply = "450 4.2.1 busy"',
    'at = "rcpt"\nreply = "451 4.7.1 greylisted"',
    'at = "data"\nreply = "421 4.3.2 leaving"',
    'at = "content"\nreply = "452 4.3.1 no room"',
)
SMTP_FAULTS = (
    *BUSY,
    'at = "mail"\nreply = "550 5.7.1 no"',
    'at = "connect"\ndrop = true',
    'at = "content"\ndrop = true',
    'at = "mail"\ndrop = true',
)
THROTTLED = ('at = "request"\nstatus = 503', 'at = "request"\nstatus = 429')
API_FAULTS = (
    *THROTTLED,
    'at = "request"\nstatus = 400',
    'at = "connect"\ndrop = true',
    'at = "response"\ndrop = true',
    'at = "request"\ndrop = true',
)
FEW = "blocks = 6\nmessages_per_block = 4\nwarmup_blocks = 0"
SAFE = ("deferred", "throttled", "unreachable", "timed_out")


def faults(all_of: tuple[str, ...], probability: float) -> str:
    return "".join(f"[[arm.fault]]\n{fault}\nprobability = {probability}\n" for fault in all_of)


def write(program: Program, *arms: str, attempts: int = 4, most_s: float = 5, load: str = FEW) -> None:
    text = scenario_text(*arms, load=load)
    program.write(text + RETRY.format(attempts=attempts, most_s=most_s) if attempts > 1 else text)


def table(program: Program, name: str) -> Any:
    return pq.read_table(program.runs[-1] / f"{name}.parquet").to_pydict()


def check_account(program: Program, attempts: int) -> list[int]:
    """Each accepted message arrived once and no other did, but ambiguous ones; gives the number of attempts of each."""
    rows, arrived = table(program, "messages"), Counter(table(program, "arrivals")["send"])
    assert len(set(rows["send"])) == len(rows["send"])
    for send, outcome, tried in zip(rows["send"], rows["outcome"], rows["attempts"], strict=True):
        kind = OutcomeKind(outcome)
        assert arrived[send] == (kind is OutcomeKind.ACCEPTED) or (kind.may_have_arrived and arrived[send] == 1)
        assert 1 <= tried <= attempts
        if kind.label in SAFE:
            assert tried == attempts, "whatever may be tried again is"
    return list(rows["attempts"])


@pytest.mark.parametrize("attempts", [1, 4])
def test_a_thousand_messages_with_two_in_a_hundred_of_each_fault(attempts: int, program: Program) -> None:
    """Accepted once, refused, given up or ambiguous: none lost, none double."""
    write(
        program,
        SMTP.format(client="wire", connection="reuse") + faults(SMTP_FAULTS, 0.02),
        API.format(client="wire", connection="reuse") + faults(API_FAULTS, 0.02),
        attempts=attempts, load="blocks = 10\nmessages_per_block = 100\nwarmup_blocks = 0",
    )  # fmt: skip
    code, summary = program.summary()
    assert code == 0, summary["invalid_because"]
    tried = check_account(program, attempts)
    account = summary["account"]
    assert (len(tried), account["accepted"] + account["failed"], account["unsent"]) == (2000, 2000, 0)
    assert (account["missing"], account["duplicates"], account["altered"]) == (0, 0, 0)
    outcomes = Counter(OutcomeKind(kind).label for kind in table(program, "messages")["outcome"])
    left = sum(outcomes[kind] for kind in SAFE)
    assert left > 80 if attempts == 1 else left < 10
    assert outcomes["rejected"] > 10
    assert outcomes["ambiguous"] > 10
    assert sum(arm["given_up"] for arm in summary["arms"]) <= left
    assert sum(each > 1 for each in tried) > 80 if attempts > 1 else set(tried) == {1}


def named(arm: str, client: str, connection: str) -> str:
    return f"{client} {connection}|" + arm.format(client=client, connection=connection).partition("|")[2]


def test_every_smtp_client(program: Program) -> None:
    clients, connections = ("aiosmtplib", "smtplib", "wire"), ("fresh", "reuse")
    arms = [named(SMTP, *each) + faults(BUSY, 0.1) for each in product(clients, connections)]
    write(program, *arms, attempts=10)
    rows = every_message_is_accepted(program, len(arms))
    for arm in range(len(arms)):
        mine = [row for row in range(len(rows["send"])) if rows["arm"][row] == arm]
        numbers = [rows["connection"][row] for row in sorted(mine, key=lambda row: rows["started_ns"][row])]
        assert numbers == sorted(numbers), "connections are numbered in their order"


@pytest.mark.parametrize("provider", ["resend", "brevo"])
def test_with_idempotency_keys_a_lost_answer_leaves_no_doubt(provider: str, program: Program) -> None:
    """Each lost answer is asked for again, and no mail arrives twice; without a key the doubt stays."""
    lost = faults(('at = "response"\ndrop = true',), 0.3)
    arms = [API.format(client="wire", connection="reuse").replace("mailgun", name) for name in (provider, "mailgun")]
    write(program, *(f"{number}{arm}{lost}" for number, arm in enumerate(arms)), attempts=10)
    code, summary = program.summary()
    assert code == 0, summary["invalid_because"]
    rows, arrived = table(program, "messages"), Counter(table(program, "arrivals")["send"])
    kinds = [
        {OutcomeKind(kind) for kind, of in zip(rows["outcome"], rows["arm"], strict=True) if of == arm}
        for arm in (0, 1)
    ]
    assert kinds == [{OutcomeKind.ACCEPTED}, {OutcomeKind.ACCEPTED, OutcomeKind.AMBIGUOUS}]
    assert set(arrived.values()) == {1}
    assert max(tried for tried, of in zip(rows["attempts"], rows["arm"], strict=True) if of == 0) > 1
    assert {tried for tried, of in zip(rows["attempts"], rows["arm"], strict=True) if of == 1} == {1}


def test_every_api_client(program: Program) -> None:
    arms = [named(API, client, "reuse") + faults(THROTTLED, 0.2) for client in ("httpx", "httpx2", "aiohttp", "wire")]
    write(program, *arms, attempts=10)
    every_message_is_accepted(program, len(arms))


def every_message_is_accepted(program: Program, arms: int) -> Any:
    """Some of each arm only after another attempt."""
    code, summary = program.summary()
    assert code == 0, summary["invalid_because"]
    tried = check_account(program, 10)
    rows = table(program, "messages")
    assert set(rows["outcome"]) == {OutcomeKind.ACCEPTED}
    for arm in range(arms):
        assert max(each for each, of in zip(tried, rows["arm"], strict=True) if of == arm) > 1
    return rows


def test_phases_add_up_to_the_service_time(program: Program) -> None:
    write(program, SMTP.format(client="wire", connection="fresh") + faults(BUSY, 0.2), attempts=10)
    assert program.summary()[0] == 0
    spent: Counter[int] = Counter()
    rows, phases = table(program, "messages"), table(program, "phases")
    for send, phase, started, ended in zip(
        *(phases[key] for key in ("send", "phase", "started_ns", "ended_ns")), strict=True
    ):
        assert ended >= started
        spent[send] += 0 if phase == Phase.CLOSE else ended - started
    for send, started, ended in zip(rows["send"], rows["started_ns"], rows["ended_ns"], strict=True):
        assert ended - started >= spent[send] >= 0.5 * (ended - started) - 20_000_000


def test_retry_after_is_kept_to_the_second(program: Program) -> None:
    fault = '[[arm.fault]]\nat = "request"\nstatus = 429\nretry_after_s = 1\nprobability = 0.4\n'
    few = "blocks = 1\nmessages_per_block = 4\nwarmup_blocks = 0"
    write(program, API.format(client="wire", connection="reuse") + fault, load=few)
    program.summary()
    phases = table(program, "phases")
    waits = [
        (ended - started) / 1e9
        for phase, started, ended in zip(phases["phase"], phases["started_ns"], phases["ended_ns"], strict=True)
        if phase == Phase.BACKOFF
    ]
    assert waits
    assert min(waits) >= 1.0
    assert len(waits) == sum(table(program, "messages")["attempts"]) - 4


def test_longer_than_the_longest_wait_is_given_up_at_once(program: Program) -> None:
    fault = '[[arm.fault]]\nat = "request"\nstatus = 429\nretry_after_s = 60\n'
    write(program, API.format(client="wire", connection="reuse") + fault)
    program.summary()
    rows = table(program, "messages")
    assert set(zip(rows["outcome"], rows["attempts"], strict=True)) == {(OutcomeKind.THROTTLED, 1)}


def test_ctrl_c_ends_a_long_wait_and_the_account_closes(program: Program) -> None:
    fault = '[[arm.fault]]\nat = "mail"\nreply = "450 4.2.1 busy"\n'
    program.write(
        scenario_text(SMTP.format(client="wire", connection="reuse") + fault, load="blocks = 6\nmessages_per_block = 4")
        + "[retry]\nattempts = 5\nfirst_s = 300\nmost_s = 300\njitter = false\n"
    )
    process = program.start("run", "scenario.toml", "--json")
    wait_for(lambda: list(program.folder.glob("results/*/started.bin")) and _started(program.folder))
    os.kill(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=LIMIT_S)
    summary = json.loads(out)
    account = summary["account"]
    assert process.returncode == 130
    assert account["planned"] == account["accepted"] + account["failed"] + account["in_doubt"] + account["unsent"]
    assert (account["accepted"], account["failed"]) == (0, 1)


def _started(folder: Path) -> bool:
    return any(any(path.read_bytes()) for path in folder.glob("results/*/started.bin"))


@pytest.mark.parametrize(
    ("arm", "more", "expected"),
    [
        (SMTP, "first_s = 9\nmost_s = 5\n", "retry.first_s is longer than most_s"),
        (
            SMTP.replace("{connection}", 'reuse"\ndialogue = "overlapped'),
            "",
            "choose another dialogue, or remove [retry]",
        ),
    ],
)
def test_mistakes(arm: str, more: str, expected: str, program: Program) -> None:
    program.write(scenario_text(arm.format(client="wire", connection="reuse")) + f"[retry]\nattempts = 2\n{more}")
    done = program.run("run", "scenario.toml", "--dry-run")
    assert done.returncode == 2
    assert expected in done.stderr
