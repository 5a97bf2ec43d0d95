"""`benchkit events` with what it cannot use: files that hold no mail, secrets that verify no post, and other bad input."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchkit.events.webhooks import WEBHOOKS
from benchkit.events.webhooks.webhook import WebhookArrival
from benchkit.model.event import Event, EventKind
from tests.cli.conftest import Verb
from tests.cli.test_events import run, stored

__all__ = ["run", "stored"]  # fixtures

OTHER_MAIL = "no bounce or complaint in 1 mail"
NO_MAIL = "files that do not begin with a header field are left out"


FOLDER = "Give --mail a folder of mails, a Maildir or an mbox file"
MANY = {f"folder/{letter}.csv": b"a,b\n" for letter in "abcde"}


@pytest.mark.parametrize(
    ("files", "code", "expected"),
    [
        ({"one": b""}, 0, f"benchkit: one holds no mail: {NO_MAIL}"),
        ({"one": b"\r\n\r\n"}, 0, f"benchkit: one holds no mail: {NO_MAIL}"),
        ({"one": b"a,b\n1,2\n"}, 2, f"one holds no mail: {NO_MAIL}. {FOLDER}"),
        ({"folder/a.xml": b'<?xml version="1.0"?>\n<a:b/>', "folder/in/b.json": b'{"a": 1}'}, 2,
         f"folder holds 2 files without a mail (a.xml, in/b.json): {NO_MAIL}. {FOLDER}"),
        (MANY, 2, f"folder holds 5 files without a mail (a.csv, b.csv, c.csv and 2 more): {NO_MAIL}. {FOLDER}"),
        ({"folder/a": b"Subject: Hello\n\nHello", "folder/b": b"1,2"}, 0,
         f"benchkit: folder: {OTHER_MAIL}\nbenchkit: folder holds 1 file without a mail (b): {NO_MAIL}"),
        ({"one": b"\nSubject : Hello\n\nHello"}, 0, f"benchkit: one: {OTHER_MAIL}"),
        ({"one": b"From a@b Sat Nov 28 10:00:00 2026\nSubject: 1\n\nHello\n"}, 0, f"benchkit: one: {OTHER_MAIL}"),
    ],
)  # fmt: skip
def test_a_file_that_holds_no_mail_is_named_and_not_counted_as_one(
    files: dict[str, bytes], code: int, expected: str, run: Path, verb: Verb
) -> None:
    for name, octets in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(octets)
    done = verb("events", str(run), "--mail", next(iter(files)).partition("/")[0], "--json")
    assert (done.code, done.err) == (code, f"{expected}\n")
    assert bool(done.out) == (code == 0)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("none",), "none"),
        (("RUN", "--secret", "mailgun=HOOK"), "--secret has no effect without --listen"),
        (("RUN", "--listen"), "--secret is needed with --listen"),
        (("RUN", "--listen", "--secret", "moo=HOOK"), 'webhook "moo" is unknown'),
        (("RUN", "--listen", "--secret", "mailgun=NO_SUCH"), "'NO_SUCH' is not set"),
        (("RUN", "--listen", "--secret", "mandrill=PATH"), "--url is needed"),
        (
            ("RUN", "--listen", "--secret", "mailgun=PATH", "--address", "x"),
            "'x' is not HOST:PORT: write it as in 127.0.0.1:8025",
        ),
        (
            ("RUN", "--listen", "--secret", "mailgun=PATH", "--address", "192.0.2.1:1"),
            "192.0.2.1:1 cannot be listened on",
        ),
        (("RUN", "--mail", "none"), "none cannot be read"),
        (("RUN", "--listen", "--secret", "mailgun"), "'mailgun' is not PROVIDER=VARIABLE"),
        (("RUN", "--listen", "--secret", "=PATH"), "'=PATH' is not PROVIDER=VARIABLE"),
        (("RUN", "--listen", "--secret", "mailgun="), "'mailgun=' is not PROVIDER=VARIABLE"),
        (("RUN", "--listen", "--secret", "mandrill=PATH", "--url", "not a url"), "'not a url' is not a web address"),
        (("RUN", "--listen", "--secret", "mandrill=PATH", "--url", "http://[::1"), "is not a web address"),
        (("RUN", "--listen", "--secret", "mailgun=PATH", "--for", "-1"), "--for must be a number of seconds above 0"),
        (("RUN", "--listen", "--secret", "mailgun=PATH", "--for", "0"), "--for must be a number of seconds above 0"),
        (("RUN", "--listen", "--secret", "mailgun=PATH", "--for", "nan"), "--for must be a finite number"),
        (("RUN", "--listen", "--secret", "mailgun=PATH", "--for", "inf"), "--for must be a finite number"),
    ],
)
def test_bad_input_is_one_line(run: Path, verb: Verb, words: tuple[str, ...], expected: str) -> None:
    done = verb("events", *(str(run) if word == "RUN" else word for word in words))
    assert done.code == 2
    assert expected in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("name", WEBHOOKS.names())
def test_a_secret_that_could_verify_no_post_is_refused(
    name: str, run: Path, verb: Verb, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what the webhook itself does with it: where `verify` blames the secret, or can never succeed, `events` refuses it."""
    monkeypatch.setenv("HOOK", "abc")
    if not WEBHOOKS[name].secret_fault("abc"):
        (request,) = WEBHOOKS[name].compose([Event(EventKind.DELIVERED, name, recipient="b@example.com", event_id="1")])
        arrival = WebhookArrival(url="https://hooks.example/x", nonce="n", now_s=1)
        WEBHOOKS[name].verify(WEBHOOKS[name].sign(request, "abc", arrival), "abc", arrival)  # it can verify
        return
    done = verb("events", str(run), "--listen", "--secret", f"{name}=HOOK", "--for", "0.01")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert f"{name}: the secret in HOOK cannot verify webhooks. It must be " in done.err
    assert "abc" not in done.err


def test_an_ipv6_address_is_shown_as_a_url(run: Path, verb: Verb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", "key")
    done = verb(
        "events", str(run), "--listen", "--secret", "mailgun=HOOK", "--address", "[::1]:0", "--for", "0.01", "--json"
    )
    assert done.code == 0 or "cannot be listened on" in done.err  # a machine without IPv6
    assert "http://::1" not in done.err
