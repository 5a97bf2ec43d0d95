"""Worked examples of the rules about receivers' requirements, a message, a scenario's arms, and receivers' reports."""

from __future__ import annotations

from collections.abc import Mapping

from benchkit.audit.examples.example import Example, ExampleKind
from benchkit.audit.examples.keys import ED25519_KEY, KEY

_SPF = '@ IN TXT "v=spf1 ip4:192.0.2.25 -all"'
_DMARC = '_dmarc IN TXT "v=DMARC1; p=none; rua=mailto:d@shop.example"'
_S1 = f"s1._domainkey IN TXT {KEY}"
_SIGNED = f"s1._domainkey IN TXT {ED25519_KEY}"
_POINTER = "25.2.0.192.in-addr.arpa. IN PTR mail.shop.example."
_NEWS = """From: Shop <news@shop.example>
To: ann@there.example
Subject: News
Date: Fri, 27 Nov 2026 10:00:00 +0000
Message-ID: <1@shop.example>
List-Unsubscribe: <https://shop.example/u/1>
List-Unsubscribe-Post: List-Unsubscribe=One-Click

Hello"""
_SIGNATURE = """DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=shop.example;
 i=@shop.example; q=dns/txt; s=s1; t=1795773600; h=from : to : subject
 : date : message-id : list-unsubscribe : list-unsubscribe-post;
 bh=Ba3gj8+xBPQLJTahTfzW6RbWQ/XPgESxkCi2B66PSQg=;
 b=H1wg1cyjdW6oHQJFVk0gIkW169+eORnS0hngMZkiZRDowV2KM37i6tUbX6B/0UN4Tj10Z
 bCigo9YPoWP/k8AAg==
"""
_ARC = "ARC-Authentication-Results: i=1; list.example; spf=pass\n"
_HTML = "From: news@shop.example\nMIME-Version: 1.0\nContent-Type: text/html\n\n{}"
_BODY = "x" * 20
MESSAGE, REPORTS, ARM = ExampleKind.MESSAGE, ExampleKind.REPORTS, ExampleKind.ARM

RECEIVERS: Mapping[str, Example] = {
    "gmail_rules": Example(
        "everyone",
        _DMARC,
        "Gmail wants SPF or DKIM of every sender.",
        f"{_SPF}\n{_DMARC}",
        around=_POINTER,
    ),
    "yahoo_rules": Example(
        "everyone",
        _DMARC,
        "Yahoo wants SPF or DKIM of every sender.",
        f"{_SPF}\n{_DMARC}",
        around=_POINTER,
    ),
    "microsoft_rules": Example(
        "bulk",
        f"{_SPF}\n{_S1}",
        "Microsoft wants SPF, DKIM and DMARC of those who send more than 5,000 mails a day.",
        f"{_SPF}\n{_S1}\n{_DMARC}",
        around=_POINTER,
    ),
}
MAIL: Mapping[str, Example] = {
    "message_signatures": Example(
        "none",
        _NEWS,
        "The message has no signature, so nothing but SPF can pass for it, and SPF breaks when mail is forwarded.",
        _SIGNATURE + _NEWS,
        MESSAGE,
        around=_SIGNED,
    ),
    "message_alignment": Example(
        "authors",
        _NEWS.replace("<news@shop.example>", "<news@shop.example>, partner@other.example"),
        "DMARC needs one author domain; receivers may refuse a message with two.",
        _NEWS,
        MESSAGE,
    ),
    "message_unsubscribe": Example(
        "unsigned",
        _NEWS,
        "A signature must cover both fields; without it Gmail and Yahoo do not offer the button.",
        _SIGNATURE + _NEWS,
        MESSAGE,
        around=_SIGNED,
    ),
    "message_arc": Example(
        "broken",
        _ARC + _NEWS,
        "A set has three fields; the seal and the signature are missing, so receivers ignore the chain.",
        _NEWS,
        MESSAGE,
    ),
    "message_results": Example(
        "failed",
        "Authentication-Results: mx.there.example; spf=fail smtp.mailfrom=shop.example\n" + _NEWS,
        "The receiver has already judged the message: SPF failed. Add the address that sent it to the SPF record.",
        "Authentication-Results: mx.there.example; spf=pass smtp.mailfrom=shop.example\n" + _NEWS,
        MESSAGE,
    ),
    "message_mime": Example(
        "date",
        _NEWS.replace("Date: Fri, 27 Nov 2026 10:00:00 +0000\n", ""),
        "A message without Date is not complete (RFC 5322 §3.6), and filters count it as a sign of spam.",
        _NEWS,
        MESSAGE,
    ),
    "message_size": Example(
        "clipped",
        _HTML.format(f"<p>{_BODY}</p>\n" * 4500),
        "Gmail shows about the first 102 kB of HTML; what comes after, often the unsubscribe link, is cut off.",
        _HTML.format(f"<p>{_BODY}</p>"),
        MESSAGE,
    ),
    "message_html": Example(
        "other_host",
        _HTML.format('<a href="https://track.other.example/1">https://shop.example/sale</a>'),
        "The link shows one host and leads to another, which is how phishing looks.",
        _HTML.format('<a href="https://track.shop.example/1">https://shop.example/sale</a>'),
        MESSAGE,
    ),
    "message_path": Example(
        "plain",
        "Received: from out.shop.example (out.shop.example [8.8.8.8])\n by mx.there.example with ESMTP; "
        "Fri, 27 Nov 2026 10:00:01 +0000\n" + _NEWS,
        "The message went from host to host without TLS: `with ESMTP`, not `with ESMTPS`.",
        "Received: from out.shop.example (out.shop.example [8.8.8.8])\n by mx.there.example with ESMTPS; "
        "Fri, 27 Nov 2026 10:00:01 +0000\n" + _NEWS,
        MESSAGE,
    ),
    "arm_alignment": Example(
        "not_aligned",
        "from shop.example, envelope bounce.provider.example, signed by provider.example",
        "Neither the envelope nor the signature is of the author's domain, so DMARC fails for each message.",
        "from shop.example, envelope bounce.shop.example, signed by shop.example",
        ARM,
        around=f"{_DMARC}\nprovider.example. IN A 192.0.2.99",
    ),
}
REPORTED: Mapping[str, Example] = {
    "reported_sources": Example(
        "breaks",
        "192.0.2.25: 60 messages with DKIM pass, 40 with DKIM fail and SPF fail",
        "A part of the mail of your own host is not signed with your domain.",
        "192.0.2.25: 100 messages with DKIM pass, 0 with DKIM fail and SPF fail",
        REPORTS,
        around=_SPF,
    ),
    "reported_spf": Example(
        "not_in_record",
        '@ IN TXT "v=spf1 ip4:192.0.2.7 -all"',
        "Receivers report mail from 192.0.2.25 that is signed with your domain, and the SPF record does not hold the address.",
        '@ IN TXT "v=spf1 ip4:192.0.2.7 ip4:192.0.2.25 -all"',
    ),
    "reported_dkim": Example(
        "no_key",
        "; nothing at s1._domainkey",
        "Receivers report signatures with selector s1, which all fail: no key is published there.",
        _S1,
        around=_SPF,
    ),
    "reported_tls": Example(
        "failures",
        "5,326 sessions succeeded, 303 failed",
        "Senders report that TLS with your mail hosts fails; each reason is a line of the finding.",
        "5,326 sessions succeeded, 0 failed",
        REPORTS,
    ),
}
