"""`run --dry-run`: what else is planned, and everything that would stop the run; and a run that is stopped leaves nothing."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.cli.conftest import Verb
from tests.cli.test_verbs import ARM, HEAD, OUTSIDE, SERVER, write

KEYLESS = 'dkim = { domain = "shop.example", selector = "k", key = { file = "key.pem" } }\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD.replace("@example.com", "@real.org") + ARM + 'server = { host = "127.0.0.1", port = 25 }\n',
         ("allow_hosts", "allow_recipients", "max_messages")),
        (OUTSIDE + HEAD + ARM + SERVER + KEYLESS, ("arm.0.dkim",)),
        (OUTSIDE + HEAD + ARM + SERVER + 'auth = "plain"\nusername = "u"\npassword = { env = "ABSENT" }\n'
         'security = "starttls"\n', ("env ABSENT",)),
    ],
)  # fmt: skip
def test_a_dry_run_names_everything_that_would_stop_the_run(text: str, expected: tuple[str, ...], verb: Verb) -> None:
    write({"s.toml": text, "key.pem": "no key"})
    done = verb("run", "s.toml", "--dry-run")
    lines = done.err.splitlines()
    assert (done.code, len(lines)) == (2, len(expected))
    assert all(word in line for word, line in zip(expected, lines, strict=True)), lines
    assert "Batch:" in done.out, "the plan is shown all the same"
    assert not Path("results").exists()


def test_a_dry_run_tells_what_else_is_planned(verb: Verb) -> None:
    more = 'profile = "ses"\nfault = [{ at = "content", delay_ms = 400, probability = 0.5 }]\n[retry]\nattempts = 3\n'
    write({"s.toml": HEAD + ARM + more})
    shown = " ".join(verb("run", "s.toml", "--dry-run").out.split())
    assert (
        "the server behaves as the profile ses; fault at content: a wait of 400 ms on average in 50 % of all cases"
        in shown
    )
    assert "Retries: at most 3 attempts for a message, after a wait of 1 s, doubled up to 60 s" in shown


def test_a_dry_run_tells_a_named_answer_and_that_mail_bears_a_key(verb: Verb) -> None:
    api = '[[arm]]\nname = "api"\ntransport = "api"\nprovider = "resend"\nclient = "wire"\n'
    fault = '[[arm.fault]]\nat = "request"\nanswer = "rate_limit"\nretry_after_s = 2\n'
    write({"s.toml": HEAD + ARM + api + fault + "[retry]\nattempts = 3\n"})
    shown = " ".join(verb("run", "s.toml", "--dry-run").out.split())
    assert "fault at request: the provider's answer rate_limit, Retry-After 2 s" in shown
    assert shown.count("each mail has an idempotency key") == 1


def test_a_run_that_reaches_no_server_leaves_no_folder(verb: Verb) -> None:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
        write({"s.toml": HEAD + ARM + f'server = {{ host = "127.0.0.1", port = {port} }}\n'})
        done = verb("run", "s.toml", "--out", "made/for/it")
    assert (done.code, done.out) == (4, "")
    assert [path.name for path in Path().iterdir()] == ["s.toml"]
