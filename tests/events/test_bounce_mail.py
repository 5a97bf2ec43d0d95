"""Bounces and complaints of many servers (43 files of sisimai's public set, BSD-2), and forms that the RFCs give."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchkit.events.bounce_mail import read_bounce
from benchkit.model.event import Bounce, EventKind

SAMPLES = Path(__file__).with_name("bounces")
EXPECTED = json.loads((SAMPLES / "expected.json").read_text("utf-8"))
REPORT = """From: MAILER-DAEMON@mx.example
Message-ID: <dsn-1@mx.example>
Date: Mon, 2 Nov 2026 10:00:00 +0000
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

It failed.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Original-Envelope-Id: {envid}
Arrival-Date: Mon, 2 Nov 2026 09:59:00 +0000

{groups}
--b
Content-Type: text/rfc822-headers

Message-ID: <m-1@shop.example>
To: b@there.example
{returned}
--b--
"""
GROUP = "Final-Recipient: rfc822; {to}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {reply}\n"
IDENTITY = "bk0123abcd-0000000042"


def report(*groups: str, envid: str = "", returned: str = "") -> bytes:
    return REPORT.format(groups="\n".join(groups), envid=envid, returned=returned).encode()


def group(
    to: str = "b@there.example", action: str = "failed", status: str = "5.1.1", reply: str = "550 5.1.1 no"
) -> str:
    return GROUP.format(to=to, action=action, status=status, reply=reply)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_public_sample(name: str) -> None:
    found = read_bounce((SAMPLES / name).read_bytes())
    assert [[each.kind, each.recipient, each.enhanced, each.code, each.bounce] for each in found] == EXPECTED[name]


def test_there_are_samples_of_many_servers() -> None:
    assert len(EXPECTED) >= 40
    assert len({name.rpartition("-")[0] for name in EXPECTED}) >= 10


@pytest.mark.parametrize(
    ("action", "status", "kind", "bounce"),
    [
        ("failed", "5.1.1", EventKind.BOUNCED, Bounce.HARD),
        ("failed", "4.4.7", EventKind.BOUNCED, Bounce.SOFT),
        ("Failed (bad)", "5.0.0", EventKind.BOUNCED, Bounce.HARD),
        ("delayed", "4.4.1", EventKind.DEFERRED, Bounce.NONE),
        ("delivered", "2.0.0", EventKind.DELIVERED, Bounce.NONE),
        ("relayed", "2.0.0", EventKind.ACCEPTED, Bounce.NONE),  # by a server that says no more
        ("expanded", "2.0.0", EventKind.ACCEPTED, Bounce.NONE),
    ],
)
def test_action(action: str, status: str, kind: EventKind, bounce: Bounce) -> None:
    (found,) = read_bounce(report(group(action=action, status=status, reply=f"{status[0]}50 {status} x")))
    assert (found.kind, found.bounce, found.enhanced) == (kind, bounce, status)
    assert (found.recipient, found.message_id, found.event_id) == (
        "b@there.example",
        "m-1@shop.example",
        "dsn-1@mx.example",
    )
    assert found.at_ms == 1_793_613_540_000


@pytest.mark.parametrize("action", ["deliverable", "moo"])
def test_an_action_that_is_none_is_no_event(action: str) -> None:
    assert read_bounce(report(group(action=action))) == ()


@pytest.mark.parametrize(
    ("envid", "returned"),
    [
        (IDENTITY, ""),
        (IDENTITY.replace("-", "+2D"), ""),
        ("", f"X-Benchkit-Id: {IDENTITY}"),
        ("other", f"X-Benchkit-Id: {IDENTITY}"),
    ],
)
def test_identity_comes_back(envid: str, returned: str) -> None:
    (found,) = read_bounce(report(group(), envid=envid, returned=returned))
    assert found.identity == IDENTITY


def test_each_recipient_is_an_event() -> None:
    found = read_bounce(report(group("a@x.example"), group("b@x.example", "delivered", "2.0.0", "250 2.0.0 ok")))
    assert [(each.recipient, each.kind) for each in found] == [
        ("a@x.example", EventKind.BOUNCED),
        ("b@x.example", EventKind.DELIVERED),
    ]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("abuse", EventKind.COMPLAINED),
        ("fraud", EventKind.COMPLAINED),
        ("opt-out", EventKind.UNSUBSCRIBED),
        ("not-spam", None),
        ("auth-failure", None),
    ],
)
def test_feedback_report(kind: str, expected: EventKind | None) -> None:
    """The example of RFC 5965, appendix B.2, with the type changed."""
    mail = f"""From: <abusedesk@example.com>
Date: Thu, 8 Mar 2005 17:40:36 EDT
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part1_13d.2e68ed54_boundary"

--part1_13d.2e68ed54_boundary
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.

--part1_13d.2e68ed54_boundary
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <somespammer@example.net>
Original-Rcpt-To: <user@example.com>
Arrival-Date: Thu, 8 Mar 2005 14:00:00 EDT
Reporting-MTA: dns; mail.example.com

--part1_13d.2e68ed54_boundary
Content-Type: message/rfc822

From: <somespammer@example.net>
Message-ID: <8787KJKJ3K4J3K4J3K4J3.mail@example.net>
X-Benchkit-Id: {IDENTITY}

Spam Spam Spam
--part1_13d.2e68ed54_boundary--
"""
    found = read_bounce(mail.encode())
    assert [each.kind for each in found] == ([expected] if expected else [])
    if expected:
        assert (found[0].recipient, found[0].identity) == ("user@example.com", IDENTITY)
        assert found[0].message_id == "8787KJKJ3K4J3K4J3K4J3.mail@example.net"


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"From: a@b\n\nHello",
        b"From: MAILER-DAEMON@x\n\na@b.example: no reply code here",
        b"From: friend@x.example\n\nb@there.example: 550 5.1.1 said they",
        b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n\n--b--",
        b"Content-Type: multipart/mixed; boundary=b\n\n"
        + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 2_000,
    ],
)
def test_other_mail_is_no_event(mail: bytes) -> None:
    assert read_bounce(mail) == ()


@settings(max_examples=100)
@given(st.binary(max_size=80), st.integers(0, 900))
def test_damaged_reports_never_raise(noise: bytes, at: int) -> None:
    data = report(group(), returned=f"X-Benchkit-Id: {IDENTITY}")
    read_bounce(data[:at] + noise + data[at + len(noise) :])
