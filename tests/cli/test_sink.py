"""`benchkit sink` as a user has it: ports of their choice, what arrived as lines, limits and faults of the options."""

from __future__ import annotations

import http.client
import inspect
import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from benchkit.cli.main import app
from benchkit.cli.sink import sink as sink_verb
from tests.cli.conftest import Verb

MAIL = json.dumps({"from": "Shop <s@x.example>", "to": ["a@b.example"], "subject": "Hé", "text": "hi"})


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def test_what_arrives_is_printed(tmp_path: Path) -> None:
    port = free_port()
    options = ["--api", "resend", "--port", str(port), "--limit", "rate_per_s=0.01, burst=2"]
    command = [sys.executable, "-m", "benchkit", "sink", *options]
    secret = {"BENCHKIT_SINK_SECRET": "key"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=secret, cwd=tmp_path, text=True) as sink:
        assert sink.stdout is not None
        listening = ""
        while not listening.endswith("]\n"):
            listening += sink.stdout.readline()
        assert [server["port"] for server in json.loads(listening)][1] == port
        client = http.client.HTTPConnection("127.0.0.1", port)
        answers = []
        for key in ("key", "wrong", "key"):
            client.request("POST", "/emails", MAIL.encode(), {"Authorization": f"Bearer {key}", "User-Agent": "x"})
            answer = client.getresponse()
            answers.append((answer.status, answer.headers.get("ratelimit-remaining"), answer.read()))
        client.close()
        line = json.loads(sink.stdout.readline())
        sink.send_signal(signal.SIGTERM)
        assert sink.wait(10) == 0
    assert [(status, left) for status, left, _ in answers] == [(200, "1"), (403, "0"), (429, "0")]
    assert b"Too many requests" in answers[2][2]
    (mail,) = line["mails"]
    assert (line["server"], mail["subject"], mail["recipients"]) == ("resend", "Hé", ["a@b.example"])


WRONG: dict[str, tuple[tuple[str, str], ...]] = {  # option → wrong values, each with what is said of it
    "--api": (
        ("acme", '"acme" is not a provider; there are: "azure"'),
        ("Mailgun", 'did you mean "mailgun"?'),
        ("smtp", '"smtp" is not a provider'),
    ),
    "--domain": (("a..b", "is not a domain name"), ("x y", "is not a domain name"), ("me@shop.example", "before @")),
    "--fault": (
        ('at="nowhere", status=503', 'at "nowhere" is not a point of api; there are: "connect"'),
        ("at=", "'at=' is not valid TOML (invalid value): write it as in 'at=\"request\", status=503'"),
        ('at="request", statsu=503', 'statsu unknown key; did you mean "status"?'),
        ("status=503", "at is missing"),
        ('at="request" } ]\nprovider = "ses"\nx = [ {', "is not valid TOML"),
    ),
    "--limit": (
        ("rate_per_s=-1", "rate_per_s must be at least 0"),
        ("rate_per_s=", "'rate_per_s=' is not valid TOML (invalid value): write it as in 'rate_per_s=5, burst=5'"),
        ("rate=5", 'rate unknown key; did you mean "rate_per_s"?'),
        ("}, 0] #", "is not valid TOML"),
    ),
    "--smtp-fault": (
        ('at="nowhere", reply="450 4.2.1 busy"', "is not a point of smtp"),
        ("at", "'at' is not valid TOML"),
        ('at="rcpt", status=503', "status does not exist for smtp"),
    ),
    "--smtp-limit": (
        ("rate_per_s=-1", "rate_per_s must be at least 0"),
        ("5", "'5' is not valid TOML"),
        ("burst=1", "burst needs rate_per_s"),
    ),
    "--profile": (
        ("acme", 'unknown profile "acme"'),
        ("Gmail", 'did you mean "gmail"?'),
        ("gmail.com", 'did you mean "gmail"?'),
    ),
    "--scenario": ((".", ""), ("none.toml", ""), ("\u00e9.toml", "")),
}  # fmt: skip
CHOICES = {"--smtp": "tls", "--api-security": "starttls", "--port": "65536", "--smtp-port": "x"}
CASES = [(option, value, expected) for option, values in WRONG.items() for value, expected in values]


@pytest.mark.parametrize(("option", "value", "expected"), CASES)
def test_an_error_names_the_option_that_the_user_wrote(verb: Verb, option: str, value: str, expected: str) -> None:
    done = verb("sink", option, value)
    assert (done.code, done.out) == (2, "")
    assert expected in done.err
    lines = done.err.splitlines()
    assert lines
    assert all(line.startswith(value if option == "--scenario" else f"{option} ") for line in lines)
    assert "Traceback" not in done.err
    assert "arm." not in done.err


@pytest.mark.parametrize(("option", "value"), CHOICES.items())
def test_a_wrong_choice_names_its_option(verb: Verb, option: str, value: str) -> None:
    done = verb("sink", option, value)
    assert done.code == 2
    assert f"'{option}'" in done.err


def test_every_option_of_the_sink_has_wrong_values_here() -> None:
    (sink,) = (command for command in app.registered_commands if command.callback is sink_verb)
    options = {f"--{name.replace('_', '-')}" for name in inspect.signature(sink.callback or sink_verb).parameters}
    assert options - {"--auth", "--secret", "--ca-file"} == {*WRONG, *CHOICES}  # any text is a secret, or a file's name


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--domain", "x.example", "--api", "ses"), "--domain has no effect with --api ses: leave it out"),
        (("--fault", 'at="connect", drop=true', "--fault", 'at="x", status=503'), "--fault 'at=\"x\", status=503': at"),
    ],
)
def test_of_several_options_the_wrong_one_is_named(verb: Verb, options: tuple[str, ...], expected: str) -> None:
    done = verb("sink", *options)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert done.err.startswith(expected)


def test_a_port_that_is_taken(verb: Verb) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = verb("sink", "--port", str(taken.getsockname()[1]))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("--port or --smtp-port cannot listen on that port")
