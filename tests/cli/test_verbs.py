"""What each verb answers, and what bad input gets: one clear line a mistake, the documented exit code, nothing sent."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import jsonschema
import pytest

from tests.cli.conftest import Verb

HEAD = """\
name = "t"
[message]
from = "Shop <shop@shop.example>"
subject = "Hi"
text = "x"
to = ["b@example.com"]
[load]
blocks = 6
messages_per_block = 2
"""
ARM = """\
[[arm]]
name = "s"
transport = "smtp"
client = "aiosmtplib"
"""
TEMPLATE = """\
name = "t"
[message]
from = "Shop <shop@shop.example>"
template = "m"
recipients = "r.csv"
"""
OUTSIDE = 'allow_hosts = ["smtp.example.com"]\nallow_recipients = ["@example.com"]\nmax_messages = 1000\n'
SERVER = 'server = { host = "smtp.example.com", port = 25 }\n'
SAMPLE = Path(__file__).parents[2] / "results" / "sample"


def write(files: dict[str, str]) -> None:
    for name, text in files.items():
        Path(name).write_text(text, "utf-8")


LOGIN = 'auth = "plain"\nusername = "u"\nserver = { host = "127.0.0.1", port = 25 }\n'
MISSPELT = HEAD.replace("blocks", "bloks", 1) + ARM
REAL = OUTSIDE + HEAD + ARM + SERVER


def templated(text: str = "x", rows: str = "email\na@b.example\n") -> dict[str, str]:
    return {"s.toml": TEMPLATE + ARM, "m.txt": text, "m.subject": "s", "r.csv": rows}


class Bad(NamedTuple):
    what: str
    files: dict[str, str]
    lines: list[str]
    options: tuple[str, ...] = ()


BAD_INPUT = [
    Bad("an unknown key", {"s.toml": MISSPELT}, ['s.toml:8:1 load.bloks unknown key; did you mean "blocks"?']),
    Bad("a missing file", {}, ["s.toml cannot be read"]),
    Bad("no TOML", {"s.toml": "x = ["}, ["s.toml:1:6 is not valid TOML"]),
    Bad(
        "a literal secret",
        {"s.toml": HEAD + ARM + LOGIN + 'password = "hunter2secret"\n'},
        ["a secret is never written in a scenario"],
    ),
    Bad(
        "a secret that is not there",
        {"s.toml": HEAD + ARM + LOGIN + 'password = { env = "BENCHKIT_NO_SUCH" }\n'},
        ["BENCHKIT_NO_SUCH"],
    ),
    Bad(
        "a host that is not allowed",
        {"s.toml": REAL.replace("smtp.example.com", "other.example", 1)},
        ["not on loopback and not in allow_hosts"],
    ),
    Bad(
        "real mail without --send",
        {"s.toml": REAL},
        ["--send is missing: this run would send real mail to smtp.example.com"],
    ),
    Bad(
        "a recipient that is not allowed",
        {"s.toml": REAL.replace("@example.com", "@other.example", 1)},
        ["allow_recipients does not allow b@example.com"],
        ("--send",),
    ),
    Bad(
        "more messages than allowed",
        {"s.toml": REAL.replace("1000", "3")},
        ["max_messages is 3, and the plan has 14 deliveries"],
        ("--send",),
    ),
    Bad(
        "real mail through a server on loopback",
        {
            "s.toml": (HEAD + ARM + SERVER)
            .replace("smtp.example.com", "127.0.0.1")
            .replace("b@example.com", "b@gmail.com")
        },
        ['allow_hosts "127.0.0.1" is not allowed: it may be a relay', "allow_recipients", "max_messages"],
    ),
    Bad(
        "a variable that no column gives",
        templated("{{ nope }}"),
        ["m.txt:1:4 asks for 'nope', which no column gives; there are: email"],
    ),
    Bad(
        "a broken row",
        templated(rows="email,name\na@b.example,A\nb@b.example\n"),
        ["r.csv:3:1 has 1 fields where the header has 2"],
    ),
    Bad("an empty batch", templated(rows="email,name\n"), ["r.csv has no recipients: the batch would be empty"]),
    Bad(
        "an empty plan",
        {"s.toml": HEAD + ARM},
        ["--set load.blocks 0 would be an empty batch"],
        ("--set", "load.blocks=0"),
    ),
    Bad("a capture of no link", {"s.toml": HEAD + ARM}, ["--pcap keeps the packets of the network link"], ("--pcap",)),
    Bad("two mistakes", {"s.toml": MISSPELT}, ["load.bloks", "--set colour"], ("--set", "colour=3")),
]


@pytest.mark.parametrize("bad", BAD_INPUT, ids=lambda bad: bad.what)
def test_bad_input(bad: Bad, verb: Verb) -> None:
    write(bad.files)
    done = verb("run", "s.toml", *bad.options)
    assert done.code == 2
    assert done.out == ""
    assert len(done.err.splitlines()) == len(bad.lines), done.err
    for line, fragment in zip(done.err.splitlines(), bad.lines, strict=True):
        assert fragment in line
    assert "hunter2secret" not in done.err
    assert not Path("results").exists(), "nothing was sent, nothing was stored"


def test_a_port_that_nothing_listens_on_is_exit_4(verb: Verb) -> None:
    write({"s.toml": HEAD + ARM + 'server = { host = "127.0.0.1", port = 1 }\n'})
    done = verb("run", "s.toml")
    assert (done.code, done.out) == (4, "")
    expected = "nothing listens there: start the server, or correct host and port"
    assert done.err == f"benchkit: 127.0.0.1:1 (arm 's'): Connection refused: {expected}; nothing was sent\n"


@pytest.mark.parametrize("arguments", [("report", "nowhere"), ("report",), ("plot", "nowhere"), ("plot",)])
def test_no_run_is_bad_input(arguments: tuple[str, ...], verb: Verb) -> None:
    done = verb(*arguments)
    assert (done.code, done.out) == (2, "")
    assert "holds no run" in done.err


@pytest.mark.parametrize("verb_and_input", [("certify",), ("run", "s.toml")])
def test_a_folder_that_cannot_be_made_is_bad_input_before_anything_is_measured(
    verb_and_input: tuple[str, ...], verb: Verb
) -> None:
    write({"s.toml": HEAD + ARM, "file": ""})
    done = verb(*verb_and_input, "--out", "file/results")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("file/results no ")
    assert done.err.endswith("can be stored there: Not a directory; name another folder with --out\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("run",),
        ("run", "a.toml", "--nope"),
        ("nope",),
        ("sink", "--smtp", "sometimes"),
        ("audit", "--fail-on", "often"),
    ],
)
def test_usage(arguments: tuple[str, ...], verb: Verb) -> None:
    assert verb(*arguments).code == 2


def test_the_plan_is_printed_and_nothing_is_sent(verb: Verb) -> None:
    write({"s.toml": OUTSIDE + HEAD + ARM + SERVER})
    done = verb("run", "s.toml", "--dry-run")
    assert done.code == 0
    assert "REAL MAIL: 14 messages (14 deliveries) would leave through smtp.example.com:25" in done.out.replace(
        "\n", " "
    )
    plan = json.loads(verb("run", "s.toml", "--dry-run", "--json").out)
    assert (plan["arms"][0]["sends"], plan["arms"][0]["warmup_sends"], plan["distinct_messages"]) == (12, 2, 1)
    assert not Path("results").exists()


def test_init_writes_a_scenario_that_can_be_planned_and_never_overwrites(verb: Verb) -> None:
    assert verb("init", "mine.toml").code == 0
    written = Path("mine.toml").read_text("utf-8")
    assert verb("run", "mine.toml", "--dry-run").code == 0
    again = verb("init", "mine.toml")
    assert again.code == 2
    assert "exists already" in again.err
    assert Path("mine.toml").read_text("utf-8") == written


def test_the_schemas_are_schemas(verb: Verb) -> None:
    for arguments in (("schema",), ("schema", "--summary")):
        jsonschema.Draft202012Validator.check_schema(json.loads(verb(*arguments).out))


def test_report_and_plot_work_from_the_stored_run_alone(verb: Verb) -> None:
    shutil.copytree(SAMPLE, "results/sample")
    text = verb("report", "results/sample")
    assert text.code == 0
    assert text.out.startswith("SMTP on a new connection takes 11 round trips, ")
    assert "RTT 20" in text.out
    summary = json.loads(verb("report", "results/sample", "--json").out)
    jsonschema.validate(summary, json.loads(verb("schema", "--summary").out))
    figures = verb("plot", "results/sample", "--out", "figures").out.split()
    assert figures
    assert all(Path(figure).read_text("utf-8").startswith("<?xml") for figure in figures)


def test_a_defect_is_one_line_and_exit_1(verb: Verb, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("benchkit.scenario.load", broken)
    done = verb("run", "s.toml")
    assert done.code == 1
    assert done.err == "benchkit: a bug in benchkit: ZeroDivisionError: oh (BENCHKIT_TRACEBACK=1 shows where)\n"


def test_help_cuts_no_verb_short(verb: Verb) -> None:
    assert "..." not in verb("--help").out.partition("Commands:")[2]


def test_help_is_quick_because_nothing_heavy_is_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import benchkit.cli.main"],
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert not imported & {"numpy", "pydantic", "httpx", "pyarrow", "matplotlib", "dns", "jinja2", "scipy"}


def test_a_picture_of_the_report_needs_nothing_from_outside(verb: Verb) -> None:
    shutil.copytree(SAMPLE, "results/sample")
    assert verb("report", "results/sample", "--picture", "report.svg").code == 0
    svg = Path("report.svg").read_text("utf-8")
    assert "smtp,&#160;new&#160;connection" in svg
    assert "@font-face" not in svg
    assert "url(http" not in svg
