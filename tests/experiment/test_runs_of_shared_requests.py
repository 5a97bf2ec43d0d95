"""Whole runs in which a request carries several messages: each message still has its outcome, and the account closes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from benchkit.store import load_run

Text = Callable[..., str]
JOINT = 'transport = "api"\nprovider = "mailgun"\nclient = "wire"\nsecurity = "none"\n'
PEOPLE = "name,email\n" + "".join(f"Zoë {i},user{i}@example.com\n" for i in range(12))


def people(program: Any, *arms: str, load: str) -> None:
    """A scenario in which each of twelve people gets a mail with the name in it."""
    program.write(PEOPLE, "people.csv")
    program.write("Dear {{ name }}", "letter.subject")
    program.write("Hello {{ name }}, 100 % yours: {{ token(8) }}", "letter.txt")
    message = 'template = "letter"\nrecipients = "people.csv"\nfrom = "Shop <shop@shop.example>"\ncount = 24'
    ways = "".join(f'[[arm]]\nname = "{name}"\n{body}' for name, _, body in (arm.partition("|") for arm in arms))
    program.write(f'name = "people"\n[message]\n{message}\n[load]\n{load}\n{ways}')


def assert_all_arrived_once(summary: Any, messages: int) -> None:
    """So many of each arm, unaltered."""
    for arm in summary["arms"]:
        assert arm["planned"] == arm["accepted"] == arm["arrived"] == messages
        assert (arm["missing"], arm["duplicates"], arm["altered"]) == (0, 0, 0)


def test_several_messages_a_request_are_several_messages(program: Any) -> None:
    each = "messages_per_request = 4\nconnection = { messages = 4 }\n"
    people(
        program, f"one|{JOINT}", f"joint|{JOINT}messages_per_request = 6\n", f"new connections|{JOINT}{each}",
        load='model = "throughput"\nblocks = 6\nmessages_per_block = 24\nconcurrency = 2',
    )  # fmt: skip
    code, summary = program.summary()
    assert code == 0, summary
    assert_all_arrived_once(summary, 6 * 24)
    agreements = {found["arm"]: found["turns_predicted"] for found in summary["agreements"]}
    assert {arm["name"]: arm["turns"]["mean"] for arm in summary["arms"]} == pytest.approx(agreements)
    assert agreements == {"one": 1, "joint": 1 / 6, "new connections": 1 / 4 + 1 / 4}
    messages = load_run(program.runs[0]).messages
    for arm, expected in enumerate(agreements.values()):
        turns = messages["turns"][messages["arm"] == arm]
        assert turns.sum() == expected * len(turns), "exactly, over all of them"


def test_a_request_that_breaks_leaves_all_of_its_messages_in_doubt_and_the_account_closes(program: Any) -> None:
    cut = '[[arm.fault]]\nat = "response"\ndrop = true\nprobability = 0.3\n'
    people(
        program, f"cut|{JOINT}messages_per_request = 4\n{cut}",
        load='model = "throughput"\nblocks = 6\nmessages_per_block = 24\nconcurrency = 2',
    )  # fmt: skip
    code, summary = program.summary()
    (arm,), account = summary["arms"], summary["account"]
    assert code == 0, summary
    assert arm["outcomes"]["ambiguous"] % 4 == 0
    assert arm["arrived"] == arm["accepted"] + arm["outcomes"]["ambiguous"]
    assert account["planned"] == account["accepted"] + account["failed"] == account["arrived_once"] == 7 * 24


def test_an_open_load_puts_together_what_is_due(program: Any) -> None:
    slow = '[[arm.fault]]\nat = "response"\ndelay_ms = 20\n'
    people(
        program, f"joint|{JOINT}messages_per_request = 8\n{slow}",
        load='model = "open"\nrate_per_s = 400\nblocks = 6\nmessages_per_block = 24\nconcurrency = 1',
    )  # fmt: skip
    code, summary = program.summary()
    assert code == 0, summary
    assert summary["agreements"][0]["turns_predicted"] is None
    messages = load_run(program.runs[0]).messages
    sizes = [int(count) for count in np.unique(messages["started_ns"], return_counts=True)[1]]
    assert 1 < max(sizes) <= 8
    assert (messages["started_ns"] >= messages["intended_ns"]).all(), "nothing of the future"
    assert messages["turns"].sum() == len(sizes)


def test_messages_that_cannot_share_a_request_are_an_error_before_the_first_send(program: Any, text: Text) -> None:
    load = 'model = "throughput"\nblocks = 6\nmessages_per_block = 4'
    program.write(text(f"joint|{JOINT}messages_per_request = 4\n", load=load, message="text_bytes = 60\ncount = 4"))
    for command in (["run", "scenario.toml"], ["run", "scenario.toml", "--dry-run"]):
        done = program.run(*command)
        assert done.returncode == 2
        assert "arm.0 (arm 'joint') two messages in one request would go to" in done.stderr
        assert done.stderr.strip().count("\n") == 0
    assert program.runs == []


def test_jmap_carries_the_bytes_of_smtp_one_or_several_at_a_time(program: Any) -> None:
    way = 'transport = "api"\nprovider = "jmap"\nclient = "wire"\n'
    many = "messages_per_request = 6\n"
    draft = 'options = { upload = "Blob/set", username = "u" }\n'
    people(
        program, f"one|{way}", f"joint|{way}{many}", f"draft|{way}{many}{draft}",
        load='model = "throughput"\nblocks = 6\nmessages_per_block = 12',
    )  # fmt: skip
    code, summary = program.summary()
    assert code == 0, summary
    assert_all_arrived_once(summary, 72)
    assert [arm["turns"]["mean"] for arm in summary["arms"]] == pytest.approx([1, 1 / 6, 1 / 6])
    done = program.run("run", "scenario.toml", "--set", 'arm.0.options={ upload = "Blob/sett" }')
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "upload = 'Blob/sett' is not a way to upload; there are: Blob/upload, Blob/set, uploadUrl" in done.stderr


def test_a_template_that_the_embedded_server_has_is_filled_in_for_one_mail_a_request_and_for_several(
    program: Any,
) -> None:
    stored = 'transport = "api"\nclient = "wire"\nsecurity = "none"\nrender = "stored"\n'
    people(
        program, f'one|{stored}provider = "postmark"\n', f'several|{stored}provider = "sendgrid"\nmessages_per_request = 6\n',
        f'signed|{stored}provider = "ses"\nmessages_per_request = 6\n',
        load='model = "throughput"\nblocks = 2\nmessages_per_block = 24\nconcurrency = 2',
    )  # fmt: skip
    code, summary = program.summary()
    assert code == 0, summary
    assert_all_arrived_once(summary, 2 * 24)
