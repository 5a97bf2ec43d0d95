"""Two ways, one the other's fallback: each message is accounted once, nothing in doubt is sent again unless asked."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import psutil
import pyarrow.parquet as pq
import pytest

from benchkit.model.outcome import OutcomeKind
from benchkit.model.trace import Phase
from tests.experiment.conftest import Program, scenario_text, wait_for
from tests.experiment.test_retries import API, API_FAULTS, SAFE, SMTP, SMTP_FAULTS, faults

TO_API, TO_SMTP = 'failover = "api"\n', 'failover = "smtp"\n'
ALWAYS_BUSY = '[[arm.fault]]\nat = "mail"\nreply = "450 4.2.1 busy"\n'
LOST_ANSWER = '[[arm.fault]]\nat = "content"\ndrop = true\n'
FEW = "blocks = 6\nmessages_per_block = 4\nwarmup_blocks = 0"
SMTP_ARM = SMTP.format(client="wire", connection="reuse")
API_ARM = API.format(client="wire", connection="reuse")


def table(program: Program, name: str) -> Any:
    return pq.read_table(program.runs[-1] / f"{name}.parquet").to_pydict()


@pytest.mark.parametrize("attempts", [1, 3])
def test_a_thousand_messages_with_two_in_a_hundred_of_each_fault(attempts: int, program: Program) -> None:
    retry = f"[retry]\nattempts = {attempts}\nfirst_s = 0.01\nmost_s = 0.05\n" if attempts > 1 else ""
    program.write(
        scenario_text(
            SMTP_ARM + TO_API + faults(SMTP_FAULTS, 0.02), API_ARM + TO_SMTP + faults(API_FAULTS, 0.02),
            load="blocks = 10\nmessages_per_block = 50\nwarmup_blocks = 0",
        ) + retry
    )  # fmt: skip
    code, summary = program.summary()
    assert code == 0, summary["invalid_because"]
    rows, arrived = table(program, "messages"), Counter(table(program, "arrivals")["send"])
    assert len(set(rows["send"])) == len(rows["send"]) == 1000
    kinds = [OutcomeKind(kind) for kind in rows["outcome"]]
    for send, kind, over in zip(rows["send"], kinds, rows["failed_over"], strict=True):
        assert arrived[send] == (kind is OutcomeKind.ACCEPTED) or (kind.may_have_arrived and arrived[send] == 1)
        assert over or kind.label not in SAFE, "whatever may go the other way goes"
    account, counted = summary["account"], Counter(kind.label for kind in kinds)
    assert (account["accepted"] + account["failed"], account["unsent"]) == (1000, 0)
    assert (account["missing"], account["duplicates"], account["unaccounted"], account["altered"]) == (0, 0, 0, 0)
    assert account["failed_over"] == sum(rows["failed_over"])
    if attempts == 1:
        assert account["failed_over"] > 40
        assert sum(arm["failed_over_accepted"] for arm in summary["arms"]) > 30
    assert sum(counted[kind] for kind in SAFE) < 25
    assert counted["ambiguous"] > 4, "what may have arrived is not sent again"


@pytest.mark.parametrize("connection", ["fresh", "reuse"])
def test_its_time_phases_and_round_trips_are_those_of_both_ways(connection: str, program: Program) -> None:
    smtp = SMTP.format(client="aiosmtplib", connection=connection) + TO_API + ALWAYS_BUSY
    program.write(scenario_text(smtp, API.format(client="httpx2", connection=connection), load=FEW))
    code, summary = program.summary()
    arm = summary["arms"][0]
    assert (code, arm["failover"], arm["failed_over"], arm["failed_over_accepted"]) == (0, "api", 24, 24)
    assert (arm["accepted"], arm["attempts"], arm["retried"], summary["account"]["arrived_once"]) == (24, 48, 0, 48)
    rows, phases = table(program, "messages"), table(program, "phases")
    spent: Counter[int] = Counter()
    seen: dict[int, set[int]] = {}
    first: dict[int, int] = {}
    for send, phase, started, ended in zip(
        *(phases[key] for key in ("send", "phase", "started_ns", "ended_ns")), strict=True
    ):
        assert ended >= started
        spent[send] += 0 if phase == Phase.CLOSE else ended - started
        seen.setdefault(send, set()).add(phase)
        first[send] = min(started, first.get(send, started))
    numbers = [n for n, number in zip(rows["connection"], rows["arm"], strict=True) if number == 0]
    assert len(set(numbers)) == (24 if connection == "fresh" else 1)
    for send, over, started, ended, turns in zip(
        *(rows[key] for key in ("send", "failed_over", "started_ns", "ended_ns", "turns")), strict=True
    ):
        assert started <= first[send]
        assert spent[send] == ended - first[send], "its phases follow each other without a gap"
        assert ({Phase.MAIL, Phase.REQUEST} <= seen[send]) is over
        assert turns >= (2 if over else 1)
    output = program.run("report", str(program.runs[0])).stdout
    assert "smtp: 24 messages failed over to api, 24 accepted there" in output


@pytest.mark.parametrize(("asked", "failed_over", "arrived"), [("false", 0, 24), ("true", 24, 48)])
def test_what_may_have_arrived_is_sent_again_only_when_asked(
    asked: str, failed_over: int, arrived: int, program: Program
) -> None:
    keys = f'failover = {{ arm = "api", ambiguous = {asked} }}\n'
    program.write(scenario_text(SMTP_ARM + keys + LOST_ANSWER, API_ARM, load=FEW))
    _, summary = program.summary()
    account = summary["account"]
    assert account["failed_over"] == failed_over
    assert account["duplicates"] == failed_over, "sent twice is counted as such"
    rows = Counter(table(program, "arrivals")["send"])
    assert sum(rows[send] for send, arm in zip(*_sends(program), strict=True) if arm == 0) == arrived
    assert summary["arms"][0]["outcomes"].get("ambiguous", 0) == 24 - failed_over


def _sends(program: Program) -> tuple[list[int], list[int]]:
    rows = table(program, "messages")
    return rows["send"], rows["arm"]


def test_a_doubt_stays_where_the_other_way_refuses(program: Program) -> None:
    keys = 'failover = { arm = "api", ambiguous = true }\n'
    refuses = '[[arm.fault]]\nat = "request"\nstatus = 400\n'
    program.write(scenario_text(SMTP_ARM + keys + LOST_ANSWER, API_ARM + refuses, load=FEW))
    _, summary = program.summary()
    assert summary["arms"][0]["outcomes"] == {"ambiguous": 24}
    assert (summary["account"]["unaccounted"], summary["account"]["duplicates"]) == (0, 0)


def test_a_server_that_is_gone_and_one_that_refuses_for_good(program: Program) -> None:
    gone = '[[arm.fault]]\nat = "connect"\ndrop = true\n'
    refuses = '[[arm.fault]]\nat = "rcpt"\nreply = "550 5.1.1 no such user"\n'
    final = SMTP.format(client="wire", connection="fresh").replace("smtp|", "final|", 1)
    fresh = SMTP.format(client="wire", connection="fresh")
    program.write(scenario_text(fresh + TO_API + gone, final + TO_API + refuses, API_ARM, load=FEW))
    _, summary = program.summary()
    first, second, _ = summary["arms"]
    assert (first["accepted"], first["failed_over"]) == (24, 24)
    assert (second["outcomes"], second["failed_over"]) == ({"rejected": 24}, 0)


def test_a_worker_that_is_killed_leaves_an_account_that_closes(program: Program) -> None:
    slow = '[[arm.fault]]\nat = "response"\ndelay_ms = 20\n'
    load = "blocks = 200\nmessages_per_block = 10\nwarmup_blocks = 0"
    program.write(scenario_text(SMTP_ARM + TO_API + ALWAYS_BUSY, API_ARM + slow, load=load))
    process = program.start("run", "scenario.toml", "--json")
    wait_for(lambda: list(program.folder.glob("results/*/messages*.arrow")))
    children = psutil.Process(process.pid).children()
    next(child for child in children if "worker_process" in " ".join(child.cmdline())).kill()
    out, _ = process.communicate(timeout=60)
    account = json.loads(out)["account"]
    assert account["planned"] == account["accepted"] + account["failed"] + account["in_doubt"] + account["unsent"]
    assert (account["missing"], account["duplicates"], account["unaccounted"]) == (0, 0, 0)


def test_the_plan_names_both_ways(program: Program) -> None:
    program.write(scenario_text(SMTP_ARM + TO_API, API_ARM, load=FEW))
    shown = " ".join(program.run("run", "scenario.toml", "--dry-run").stdout.split())
    assert "embedded smtp, else" in shown


def test_a_lab_counts_the_packets_of_both_ways_for_the_arm(program: Program) -> None:
    program.write(scenario_text(SMTP_ARM + TO_API + ALWAYS_BUSY, API_ARM, load=FEW) + "[network]\nrtt_ms = 2\n")
    _, summary = program.summary()
    assert summary["account"]["failed_over"] == 24
    if not (program.runs[0] / "wire.parquet").exists():
        pytest.skip("no lab on this machine")
    wire = table(program, "wire")
    assert len({port for port, arm in zip(wire["server_port"], wire["arm"], strict=True) if arm == 0}) == 2
    assert summary["valid"]
