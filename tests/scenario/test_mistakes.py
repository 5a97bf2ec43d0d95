"""Every kind of mistake, a row each: at the top, in the message, the load, the network, the verdict and the thresholds."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchkit.errors import InputError
from benchkit.scenario import Vocabulary, load
from benchkit.scenario.toml_text import document_of
from tests.scenario.conftest import Expect, Row, Write, ids_of

ROWS: list[Row] = [
    # the top of the file
    (1, "", "1:1 name", "is missing"),
    (1, "name = 5", "1:1 name", "must be a string, not an integer"),
    (1, 'name = ""', "1:1 name", "must not be empty"),
    (1, 'name = "a\\nb"', "1:1 name", "control characters"),
    (1, 'name = "b"\nqestion = "why?"', "2:1 qestion", 'did you mean "question"?'),
    (1, 'name = "b"\nlaod = {}', "2:1 laod", 'did you mean "load"?'),
    (1, 'name = "b"\nzzz = 1', "2:1 zzz", "unknown key; there are:"),
    (1, 'name = "b"\n"<plain>" = 1', '2:1 "<plain>"', "unknown key"),
    (1, 'name = "b"\nmax_messages = -1', "2:1 max_messages", "at least 0"),
    (1, 'name = "b"\nallow_hosts = "mx"', "2:1 allow_hosts", "must be an array, not a string"),
    (1, 'name = "b"\nallow_recipients = [1]', "2:21 allow_recipients.0", "must be a string"),
    (1, 'name = "b"\nverdict = 3', "2:1 verdict", "must be a table, not an integer"),
    (1, "name = ", "1:8 ", "is not valid TOML: Invalid value"),
    (1, 'name = "b"\nname = "c"', "2:11 ", "is not valid TOML: Cannot overwrite a value"),
    (
        24,
        '"api.response.p95" = 250',
        '24:1 thresholds."api.response.p95"',
        'must be a string, a comparison and a limit: "< 250 ms"',
    ),
    # the message
    (4, "", "3:2 message.from", "is missing"),
    (4, 'from = "nobody"', "4:1 message.from", "must be an address"),
    (4, 'from = "Shop <a@b@c>"', "4:1 message.from", "must be an address"),
    (4, 'from = "a@shop.example"\nform = 1', "5:1 message.form", 'did you mean "from"?'),
    (5, "", "3:2 message.to", "an inline message needs it"),
    (5, "to = []", "5:1 message.to", "at least 1 of them"),
    (5, 'to = ["b@example.com",\n  "c"]', "6:3 message.to.1", "must be an address"),
    (6, "", "3:2 message.subject", "an inline message needs it"),
    (7, "", "3:2 message.text", "give text, text_bytes or html"),
    (7, 'text = ""', "7:1 message.text", "must not be empty"),
    (7, 'text = "a"\ntext_bytes = 9', "8:1 message.text_bytes", "cannot be used together"),
    (7, "text_bytes = 0", "7:1 message.text_bytes", "at least 1"),
    (7, 'text = "a"\ncount = 0', "8:1 message.count", "empty batch"),
    (7, 'text = "a"\ncount = 1_000_001', "8:1 message.count", "at most 1,000,000"),
    (7, 'text = "a"\nseed = 0.5', "8:1 message.seed", "must be an integer, not a float"),
    (7, 'text = "a"\nattachments = ["no.pdf"]', "8:16 message.attachments.0", "no such file: {folder}/no.pdf"),
    (7, 'text = "a"\nattachments = ["' + "n" * 300 + '"]', "8:16 message.attachments.0", "no such file"),
    # the load
    (10, "blocks = 0", "10:1 load.blocks", "empty batch"),
    (10, "blocks = 0x" + "f" * 5000, "10:1 load.blocks", "at most 1,000,000"),
    (10, "blocks = true", "10:1 load.blocks", "must be an integer, not a boolean"),
    (10, "messages_per_block = 0", "10:1 load.messages_per_block", "empty batch"),
    (10, "warmup_blocks = -1", "10:1 load.warmup_blocks", "at least 0"),
    (10, 'model = "opn"', "10:1 load.model", 'did you mean "open"?'),
    (10, 'model = "open"', "9:2 load.rate_per_s", 'model = "open" needs a rate'),
    (10, 'model = "open"\nrate_per_s = 0', "11:1 load.rate_per_s", "more than 0"),
    (10, 'model = "open"\nrate_per_s = inf', "11:1 load.rate_per_s", "finite"),
    (10, "rate_per_s = 5.0", "10:1 load.rate_per_s", 'for model = "open" only'),
    (10, 'arrivals = "constant"', "10:1 load.arrivals", 'for model = "open" only'),
    (10, "concurrency = 4", "10:1 load.concurrency", 'for model = "throughput" or "open" only'),
    (10, "blocks = 3\nrestarts = 4", "11:1 load.restarts", "for 3 blocks: each start needs a block of its own"),
    (10, "max_blocks = 90", "10:1 load.max_blocks", 'for until = "decided" only'),
    (10, 'until = "decided"', "9:2 load.max_blocks", "is missing"),
    (10, 'blocks = 9\nuntil = "decided"\nmax_blocks = 9', "12:1 load.max_blocks", "more than the 9 blocks"),
    (10, 'blocks = 9\nrestarts = 2\nuntil = "decided"\nmax_blocks = 90', "10:1 load.blocks", "give a multiple of 2"),
    (10, "workers = 1", "10:1 load.workers", 'for model = "throughput" or "open" only'),
    (10, 'model = "open"\nrate_per_s = 1\nworkers = 0', "12:1 load.workers", "at least 1"),
    (10, 'model = "open"\nrate_per_s = 1\nworkers = 5', "12:1 load.workers", "for 4 cores on this machine: at most 4"),
    (10, 'model = "throughput"\nworkers = 2', "11:1 load.workers", "for 1 senders (concurrency): at most 1"),
    (
        10,
        'model = "open"\nrate_per_s = 1\nmessages_per_block = 2\nworkers = 3',
        "13:1 load.workers",
        "for 2 messages_per_block: at most 2",
    ),
    # the network
    (8, "[network]\nrtt_ms = -1", "9:1 network.rtt_ms", "at least 0"),
    (8, '[network]\nrtt_ms = [1, "2"]', "9:14 network.rtt_ms.1", "must be a number, not a string"),
    (8, "[network]\nrtt_ms = []", "9:1 network.rtt_ms", "at least 1 of them"),
    (8, "[network]\nloss_percent = 101", "9:1 network.loss_percent", "at most 100"),
    (8, "[network]\nqueue_kb = 64", "9:1 network.queue_kb", "needs bandwidth_mbit"),
    (8, "[network]\nrtt_ms = [5, 10, 5]", "9:1 network.rtt_ms", "each value once"),
    (8, "[network]\nrtt = 1", "9:1 network.rtt", 'did you mean "rtt_ms"?'),
    # the verdict and the thresholds
    (22, "[verdict]\nrope = [1.1, 1.2]", "23:1 verdict.rope", "must include 1"),
    (22, "[verdict]\nrope = [0.9]", "23:1 verdict.rope", "at least 2"),
    (22, "[verdict]\nconfidence = 1", "23:1 verdict.confidence", "less than 1"),
    (24, '"api.p95" = "< 250 ms"', '24:1 thresholds."api.p95"', "must be arm.metric"),
    (24, '"api.respones.p95" = "< 250 ms"', '24:1 thresholds."api.respones.p95"', 'did you mean "response"?'),
    (24, '"api.response.p97" = "< 250 ms"', '24:1 thresholds."api.response.p97"', 'unknown statistic "p97"'),
    (24, '"api.response" = "< 250 ms"', '24:1 thresholds."api.response"', "response needs a statistic"),
    (24, '"*.turns.p95" = "< 9"', '24:1 thresholds."*.turns.p95"', "is a single number"),
    (24, '"*.failure_rate" = "under 1 %"', '24:1 thresholds."*.failure_rate"', "must be a comparison and a limit"),
    (24, '"*.failure_rate" = "< 1 ms"', '24:1 thresholds."*.failure_rate"', 'use "%" or a plain number'),
    (24, '"*.throughput" = 5', '24:1 thresholds."*.throughput"', "must be a string"),
    (22, "[cost]\ncpu_per_hour = -1", "23:1 cost.cpu_per_hour", "must be at least 0"),
    (
        22,
        '[cost]\nper_thousand = {"apj" = 1}',
        "23:17 cost.per_thousand.apj",
        'no arm matches "apj"; there are: "smtp", "api"',
    ),
    (22, '[cost]\nper_thousand = {"api" = "1"}', "23:17 cost.per_thousand.api", "must be a number"),
    (24, '"apj.turns" = "< 9"', '24:1 thresholds."apj.turns"', 'no arm matches "apj"; there are: "smtp", "api"'),
]


@pytest.mark.parametrize("row", ROWS, ids=ids_of(ROWS))
def test_mistake(row: Row, expect_mistake: Expect) -> None:
    expect_mistake(row)


def test_all_at_once_in_the_order_of_the_file(base: str, vocabulary: Vocabulary, write: Write) -> None:
    text = (
        base.replace("blocks = 2", "blocks = 0")
        .replace('"smtp"', '"smpt"')
        .replace("p95", "p97")
        .replace("from", "form")
    )
    with pytest.raises(InputError) as caught:
        load(write(text), vocabulary)
    assert [f"{m.line}:{m.column} {m.key}" for m in caught.value.mistakes] == [
        "3:2 message.from",
        "4:1 message.form",
        "10:1 load.blocks",
        "14:1 arm.0.transport",
        '24:1 thresholds."api.response.p97"',
    ]


def test_no_file_and_no_text(tmp_path: Path, vocabulary: Vocabulary) -> None:
    with pytest.raises(InputError, match=r"none\.toml cannot be read: No such file"):
        load(tmp_path / "none.toml", vocabulary)
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"')
    with pytest.raises(InputError, match=r"latin\.toml is not UTF-8 text"):
        load(tmp_path / "latin.toml", vocabulary)
    (tmp_path / "deep.toml").write_text("a = " + "[" * 5000)
    with pytest.raises(InputError, match=r"deep\.toml is nested too deeply"):
        load(tmp_path / "deep.toml", vocabulary)


@pytest.mark.parametrize(
    "text",
    [
        "a." * 200_000 + "b = 1",
        "[" + "a . " * 200_000 + "b]",
        "name = { " + '"a".' * 100_000 + "b = 1 }",
        "name = 'x'\n" + "'a' ." * 100_000,
    ],
)
def test_a_key_of_many_parts_is_refused_at_once(text: str, tmp_path: Path, vocabulary: Vocabulary) -> None:
    """Python's parser would take the square of their number: hours for a file within the bounds."""
    (tmp_path / "deep.toml").write_text(text)
    with pytest.raises(InputError, match=r"deep\.toml is nested too deeply"):
        load(tmp_path / "deep.toml", vocabulary)


def test_text_with_many_dots_is_text() -> None:
    text = "a." * 200
    assert document_of(f'"{text}" = "{text}"\nb = """\n{"one. " * 90}\n"""') == {text: text, "b": "one. " * 90 + "\n"}
