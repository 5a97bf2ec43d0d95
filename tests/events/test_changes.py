"""Eight seeded rewrites of a mail are each named, and with their cause; what every server does to a mail is no change."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.events.changes import ChangeKind, changes
from benchkit.events.path_verdict import path_differences
from benchkit.events.placement import MailboxMail, Placement, place_of, read_placement
from benchkit.events.spam_headers import read_spam_headers

C = ChangeKind
HTML = '<html><body><p>Hello {n}</p><a href="https://shop.example/{n}">Order</a><a href="https://shop.example/u">Leave</a></body></html>'
SENT = """From: Shop <a@shop.example>
To: b@there.example
Subject: Order {n}
Date: Mon, 2 Nov 2026 10:00:00 +0000
Message-ID: <{n}@shop.example>
List-Unsubscribe: <https://shop.example/u>
X-Benchkit-Id: bk0123abcd-{n:010}
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Hello {n}, your order is here.
--b
Content-Type: text/html; charset=utf-8

{html}
--b--
"""
TRACE = """Return-Path: <{sender}>
Delivered-To: b@there.example
Received: from m.shop.example (m.shop.example [192.0.2.1]) by mx.there.example with ESMTPS; Mon, 2 Nov 2026 10:00:01 +0000
Authentication-Results: mx.there.example; dkim={dkim} header.d=shop.example; spf=pass smtp.mailfrom={sender}; dmarc={dmarc}
X-Spamd-Result: default: False [{score} / 15.00]; R_DKIM_ALLOW(-0.20)[x]; MIME_GOOD(-0.10)[y]
DKIM-Signature: v=1; a=rsa-sha256; d=shop.example; s=s1; b=x
"""


def sent(n: int) -> bytes:
    return SENT.format(n=n, html=HTML.format(n=n)).replace("\n", "\r\n").encode()


def received(mail: bytes, dkim: str = "pass", dmarc: str = "pass", sender: str = "bounce@shop.example") -> bytes:
    head = TRACE.format(dkim=dkim, dmarc=dmarc, sender=sender, score="-0.30").replace("\n", "\r\n").encode()
    return head + mail


def encoded(mail: bytes) -> bytes:
    """Both parts in base64, as an API that composes does."""

    def wrap(match: re.Match[bytes]) -> bytes:
        body = base64.encodebytes(match[2].rstrip(b"\r\n")).replace(b"\n", b"\r\n")
        return match[1] + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body

    return re.sub(rb"(Content-Type: text/[^\r]*)\r\n\r\n(.*?)(?=\r\n--b)", wrap, mail, flags=re.DOTALL)


def without_text(mail: bytes) -> bytes:
    return re.sub(rb"--b\r\nContent-Type: text/plain.*?(?=--b\r\n)", b"", mail, flags=re.DOTALL)


def footer(mail: bytes) -> bytes:
    return mail.replace(b"</body>", b"<p>Sent with Acme</p></body>").replace(
        b"is here.", b"is here.\r\n--\r\nSent with Acme"
    )


REWRITES: dict[str, tuple[Callable[[bytes], bytes], set[C], str, str]] = {
    "pixel": (
        lambda mail: mail.replace(b"</body>", b'<img src="https://t.esp.example/o" width=1 height=1></body>'),
        {C.PIXEL_ADDED}, "fail", "the tracking pixel changed the body after signing",
    ),
    "links": (
        lambda mail: mail.replace(b'href="https://shop.example/', b'href="https://click.esp.example/'),
        {C.LINK_REWRITTEN}, "fail", "rewritten links changed the body after signing",
    ),
    "footer": (footer, {C.FOOTER_ADDED}, "fail", "the added footer changed the body after signing"),
    "dropped text part": (without_text, {C.PART_LOST}, "fail", "the lost part changed the body after signing"),
    "base64": (encoded, {C.RE_ENCODED}, "fail", "the new encoding changed the body after signing"),
    "no List-Unsubscribe": (
        lambda mail: mail.replace(b"List-Unsubscribe: <https://shop.example/u>\r\n", b""),
        {C.HEADER_REMOVED}, "pass", "",
    ),
    "foreign envelope sender": (lambda mail: mail, set(), "pass", ""),
    "broken signature": (lambda mail: mail, set(), "fail", "the signature was broken"),
}  # fmt: skip


def placed(n: int, name: str = "") -> Placement:
    rewrite, _, dkim, _ = REWRITES[name] if name else (lambda mail: mail, set(), "pass", "")
    sender = "b@esp.example" if name == "foreign envelope sender" else "bounce@shop.example"
    mail = received(rewrite(sent(n)), dkim, "pass" if dkim == "pass" else "fail", sender)
    return read_placement(MailboxMail("INBOX", mail), sent(n))


@pytest.mark.parametrize("n", random.Random(7).sample(range(10_000), 25))
def test_where_the_bytes_are_equal_nothing_differs(n: int) -> None:
    assert placed(n).changes == ()
    assert path_differences(placed(n), placed(n)) == ()
    assert changes(sent(n), sent(n).replace(b"\r\n", b"\n")) == ()  # as a Maildir has it


@pytest.mark.parametrize("name", REWRITES)
@pytest.mark.parametrize("n", [1, 4711])
def test_each_rewrite_is_named_with_its_cause(name: str, n: int) -> None:
    _, kinds, dkim, cause = REWRITES[name]
    assert {change.kind for change in placed(n, name).changes} == kinds
    found = {difference.what: difference for difference in path_differences(placed(n), placed(n, name))}
    expected = {kind.value for kind in kinds} | ({"dkim", "dmarc"} if dkim == "fail" else set())
    assert set(found) == expected | ({"envelope_sender"} if name == "foreign envelope sender" else set())
    if cause:
        assert found["dkim"].cause == cause
        assert found["dmarc"].cause == "DKIM differs"


def test_symbols_and_scores_differ_by_name() -> None:
    one = placed(1)
    other = replace(
        one, spam=replace(one.spam, score=1.5, symbols={"MIME_GOOD": -0.1, "URI_COUNT_ODD": 1.0}), place="junk"
    )
    assert [(each.what, each.first, each.second) for each in path_differences(one, other)] == [
        ("place", "inbox", "junk"),
        ("symbol R_DKIM_ALLOW", "-0.2", "–"),
        ("symbol URI_COUNT_ODD", "–", "+1"),
        ("score", "-0.3", "1.5"),
    ]


def test_what_a_mail_says_of_itself() -> None:
    found = placed(3)
    assert (found.identity, found.results) == (
        "bk0123abcd-0000000003",
        {"dkim": "pass", "spf": "pass", "dmarc": "pass"},
    )
    assert (found.return_path, len(found.path), found.path[0].tls) == ("bounce@shop.example", 1, True)
    assert (found.spam.filter, found.spam.score, found.spam.is_spam) == ("rspamd", -0.3, False)


@pytest.mark.parametrize(
    ("folder", "junk", "place"),
    [
        ("INBOX", None, "inbox"), ("Junk", None, "junk"), ("INBOX.Spam", None, "junk"), ("[Gmail]/Spam", None, "junk"),
        ("Werbung", True, "junk"), ("Archive", None, "other"), ("INBOX/Receipts", None, "other"),
    ],
)  # fmt: skip
def test_place(folder: str, junk: bool | None, place: str) -> None:
    assert place_of(MailboxMail(folder, b"", is_junk=junk)) == place


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"x-spam-status": "Yes, score=7.2 required=5.0 tests=[HTML_ONLY=0.5, BAYES_99=3.5]"},
            ("SpamAssassin", True, 7.2, {"HTML_ONLY": 0.5, "BAYES_99": 3.5}),
        ),
        (
            {"x-spam-status": "No, score=-1.9 required=5.0 tests=BAYES_00,DKIM_VALID autolearn=ham"},
            ("SpamAssassin", False, -1.9, {"BAYES_00": 0.0}),
        ),
        (
            {"x-forefront-antispam-report": "CIP:192.0.2.1;CTRY:;SCL:5;SFV:SPM;", "x-microsoft-antispam": "BCL:7;"},
            ("Microsoft", True, 5.0, {"BCL": 7.0}),
        ),
        ({"x-spam": "Yes"}, ("", True, None, None)),
        ({}, ("", None, None, None)),
    ],
)  # fmt: skip
def test_spam_headers(
    fields: dict[str, str], expected: tuple[str, bool | None, float | None, dict[str, float] | None]
) -> None:
    found = read_spam_headers(fields)
    assert (found.filter, found.is_spam, found.score) == expected[:3]
    assert (expected[3] or {}).items() <= (found.symbols or {}).items()


@given(st.binary(max_size=200), st.integers(0, 900))
def test_any_octets_are_compared(noise: bytes, at: int) -> None:
    mail = received(sent(1))
    read_placement(MailboxMail("INBOX", mail[:at] + noise + mail[at:]), sent(1))
    changes(noise, mail)
