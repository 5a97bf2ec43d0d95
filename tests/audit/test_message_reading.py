"""What the audit says of the make, the links, the path and the receiver's results of one mail: a table of mails and cases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchkit.audit.message.parser import read_mail
from benchkit.model.audit import AuditReport

HEAD = (
    b"From: a@shop.example\r\nTo: b@there.example\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\n"
    b"Message-ID: <1@shop.example>\r\nSubject: x\r\n"
)
TEXT = HEAD + b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nHello\r\n"
BOTH = HEAD + (
    b"MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n"
    b"--b\r\nContent-Type: text/html\r\n\r\n%s\r\n--b--\r\n"
)
HTML_ONLY = HEAD + b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>\r\n"
HOP = (
    b"Received: from m.shop.example (m.shop.example [8.8.8.8]) by mx.there.example with %s; "
    b"Mon, 2 Nov 2026 10:0%d:00 +0000\r\n"
)
RESULTS = b"Authentication-Results: mx.there.example; %s\r\n"
ABOUT = ("message_mime", "message_size", "message_html", "message_path", "message_results")
CASES: dict[str, tuple[bytes, set[str]]] = {
    "in order": (TEXT, {"message_mime", "message_size", "message_results.none"}),
    "with LF alone, as a file on disk": (
        TEXT.replace(b"\r\n", b"\n"),
        {"message_mime", "message_size", "message_results.none"},
    ),
    "a long line": (TEXT + b"x" * 999, {"message_mime.long_line", "message_size", "message_results.none"}),
    "the longest line": (TEXT + b"x" * 998, {"message_mime", "message_size", "message_results.none"}),
    "mixed line ends": (TEXT + b"x\ny\r\n", {"message_mime.line_end", "message_size", "message_results.none"}),
    "a bare CR": (TEXT + b"x\ry\r\n", {"message_mime.line_end", "message_size", "message_results.none"}),
    "a NUL": (TEXT + b"x\0", {"message_mime.nul", "message_size", "message_results.none"}),
    "two dates": (b"Date: x\r\n" + TEXT, {"message_mime.date", "message_size", "message_results.none"}),
    "no Message-ID": (
        TEXT.replace(b"Message-ID: <1@shop.example>\r\n", b""),
        {"message_mime.message_id", "message_size", "message_results.none"},
    ),
    "two subjects": (b"Subject: y\r\n" + TEXT, {"message_mime.twice", "message_size", "message_results.none"}),
    "no MIME-Version": (
        TEXT.replace(b"MIME-Version: 1.0\r\n", b""),
        {"message_mime.version", "message_size", "message_results.none"},
    ),
    "8 bits in the head": (
        TEXT.replace(b"Subject: x", b"Subject: \xc3\xa9"),
        {"message_mime.eight_bit", "message_size", "message_results.none"},
    ),
    "HTML only": (HTML_ONLY, {"message_mime.no_text", "message_size", "message_html", "message_results.none"}),
    "HTML with text": (BOTH % b"<p>Hi</p>", {"message_mime", "message_size", "message_html", "message_results.none"}),
    "HTML that Gmail cuts": (
        BOTH % (b"<p>Hi</p>\r\n" * 12_000),
        {"message_mime", "message_size.clipped", "message_html", "message_results.none"},
    ),
    "a link that lies": (
        BOTH % b'<a href="https://x.test/">https://shop.example/</a>',
        {"message_mime", "message_size", "message_html.other_host", "message_results.none"},
    ),
    "a link to a subdomain": (
        BOTH % b'<a href="https://click.shop.example/">shop.example</a>',
        {"message_mime", "message_size", "message_html", "message_results.none"},
    ),
    "an image without alt, and http": (
        BOTH % b'<img src=a><a href="http://shop.example">x</a>',
        {"message_mime", "message_size", "message_html.no_alt", "message_html.plain_http", "message_results.none"},
    ),
    "a slow hop": (
        HOP % (b"ESMTPS", 5) + HOP % (b"ESMTPS", 1) + TEXT,
        {"message_mime", "message_size", "message_path.slow", "message_results.none"},
    ),
    "a clock that is wrong": (
        HOP % (b"ESMTPS", 1) + HOP % (b"ESMTPS", 2) + TEXT,
        {"message_mime", "message_size", "message_path.clock", "message_results.none"},
    ),
    "a hop without TLS": (
        HOP % (b"ESMTP", 1) + TEXT,
        {"message_mime", "message_size", "message_path.plain", "message_results.none"},
    ),
    "a quick path": (
        HOP % (b"ESMTPS", 1) + HOP % (b"ESMTPS", 1) + TEXT,
        {"message_mime", "message_size", "message_path", "message_results.none"},
    ),
    "a receiver that is content": (
        RESULTS % b"spf=pass smtp.mailfrom=shop.example; dmarc=pass header.from=shop.example" + TEXT,
        {"message_mime", "message_size", "message_results"},
    ),
    "a receiver that is not": (
        RESULTS % b"spf=fail smtp.mailfrom=shop.example; dmarc=fail header.from=shop.example" + TEXT,
        {"message_mime", "message_size", "message_results.failed"},
    ),
    "only the uppermost field counts": (
        RESULTS % b"spf=pass" + RESULTS % b"spf=fail" + TEXT,
        {"message_mime", "message_size", "message_results"},
    ),
    "a signature that was good there and is not here": (
        RESULTS
        % b"dkim=pass header.d=shop.example header.s=s1"
        + b"DKIM-Signature: v=1; a=rsa-sha256; d=shop.example; s=s1; "
        b"h=from; bh=AAAA; b=AAAA\r\n" + TEXT,
        {"message_mime", "message_size", "message_results.differs"},
    ),
    "a signature that both refuse": (
        RESULTS
        % b"dkim=fail header.i=@shop.example header.s=s1"
        + b"DKIM-Signature: v=1; a=rsa-sha256; d=shop.example; s=s1; "
        b"h=from; bh=AAAA; b=AAAA\r\n" + TEXT,
        {"message_mime", "message_size", "message_results.failed"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_case(case: str, audit: Callable[..., AuditReport]) -> None:
    octets, expected = CASES[case]
    found = audit("", mail=read_mail(octets))
    assert {finding.rule for finding in found.findings if finding.rule.startswith(ABOUT)} == expected


def test_summary_of_the_message(audit: Callable[..., AuditReport]) -> None:
    octets = RESULTS % b"spf=pass" + HOP % (b"ESMTPS", 5) + HOP % (b"ESMTP", 1) + BOTH % b"<p>"
    found = audit("", mail=read_mail(octets)).message
    assert found is not None
    assert (found.bytes, found.receiver, found.received) == (len(octets), "mx.there.example", (("spf", "pass"),))
    assert found.parts == (("text/plain", 5), ("text/html", 3))
    assert [(hop.tls, hop.delay_s) for hop in found.hops] == [(False, None), (True, 240.0)]
