"""`benchkit sink` as a user has it: ports of their choice, what arrived as lines, limits and faults of the options."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

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


WRONG = {
    ("--fault", 'at="nowhere", status=503'): '"nowhere" is no point of api',
    ("--limit", "rate_per_s=-1"): "limit.rate_per_s",
    ("--profile", "acme"): "acme",
    ("--domain", "x.example", "--api", "ses"): "unknown option of ses",
    ("--fault", "at="): "options",
}


@pytest.mark.parametrize(("options", "expected"), WRONG.items())
def test_a_wrong_option_has_one_line(verb: Verb, options: tuple[str, ...], expected: str) -> None:
    done = verb("sink", *options)
    assert done.code == 2
    assert expected in done.err
    assert done.err.count("\n") == 1
    assert "Traceback" not in done.err


def test_a_port_that_is_taken(verb: Verb) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = verb("sink", "--port", str(taken.getsockname()[1]))
    assert (done.code, done.out) == (2, "")
    assert "cannot listen" in done.err
