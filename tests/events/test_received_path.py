"""Received fields as Postfix, Exim, Gmail, Microsoft, Sendmail, qmail and Dovecot write them, and fields that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.events.received_path import Hop, parse_received, received_path

FORMS: dict[str, tuple[str, tuple[object, ...]]] = {
    "postfix": (
        (
            "from mail.shop.example (mail.shop.example [192.0.2.1])\r\n "
            "(using TLSv1.3 with cipher TLS_AES_256)"
            "\r\n by mx.there.example (Postfix) with ESMTPS id 4 for <b@there.example>; Mon,  2 Nov 2026 10:00:05 +0000 (UTC)"
        ),
        ("mail.shop.example", "192.0.2.1", "mx.there.example", "ESMTPS", True, "1.3", "2026-11-02T10:00:05+00:00"),
    ),
    "postfix, without TLS": (
        (
            "from mail.shop.example (unknown [IPv6:2001:db8::1]) by mx.there.example (Postfix) with ESMTP id 4; "
            "Mon, 2 Nov 2026 11:00:05 +0100"
        ),
        ("mail.shop.example", "2001:db8::1", "mx.there.example", "ESMTP", False, "", "2026-11-02T10:00:05+00:00"),
    ),
    "postfix, submitted on the host": (
        "by mail.shop.example (Postfix, from userid 1000) id 4XYZ; Mon, 2 Nov 2026 10:00:00 +0000",
        ("", "", "mail.shop.example", "", None, "", "2026-11-02T10:00:00+00:00"),
    ),
    "exim": (
        (
            "from [192.0.2.7] (helo=mail.shop.example) by mx.there.example with esmtps (TLS1.3) tls TLS_AES_256 "
            "(Exim 4.96) (envelope-from <a@shop.example>) id 1gt8kN-0 for b@there.example; Mon, 02 Nov 2026 10:00:00 +0000"
        ),
        ("192.0.2.7", "192.0.2.7", "mx.there.example", "ESMTPS", True, "1.3", "2026-11-02T10:00:00+00:00"),
    ),
    "gmail": (
        (
            "from mail.shop.example (mail.shop.example. [192.0.2.1]) by mx.google.com with ESMTPS id x1-2 "
            "for <b@gmail.com> (version=TLS1_3 cipher=TLS_AES_256 bits=256/256); Mon, 02 Nov 2026 02:00:00 -0800 (PST)"
        ),
        ("mail.shop.example", "192.0.2.1", "mx.google.com", "ESMTPS", True, "1.3", "2026-11-02T10:00:00+00:00"),
    ),
    "microsoft": (
        (
            "from A.outlook.com (2603:10b6::1) by B.outlook.com (2603:10b6::2) with Microsoft SMTP Server "
            "(version=TLS1_2, cipher=TLS_ECDHE) id 15.20; Mon, 2 Nov 2026 10:00:00 +0000"
        ),
        ("a.outlook.com", "2603:10b6::1", "b.outlook.com", "", True, "1.2", "2026-11-02T10:00:00+00:00"),
    ),
    "dovecot": (
        (
            "from mx.there.example by imap.there.example with LMTP id abc (envelope-from <a@shop.example>); "
            "Mon, 02 Nov 2026 10:00:00 +0000"
        ),
        ("mx.there.example", "", "imap.there.example", "LMTP", False, "", "2026-11-02T10:00:00+00:00"),
    ),
    "qmail": (
        "(qmail 1234 invoked by uid 99); 2 Nov 2026 10:00:00 -0000",
        ("", "", "", "", None, "", "2026-11-02T10:00:00+00:00"),
    ),
    "no date": ("from a by b with SMTP", ("a", "", "b", "SMTP", False, "", None)),
    "a date that is none": ("from a by b with SMTP; yesterday", ("a", "", "b", "SMTP", False, "", None)),
    "nothing": ("", ("", "", "", "", None, "", None)),
}


def shown(hop: Hop) -> tuple[object, ...]:
    at = hop.at.isoformat() if hop.at else None
    return hop.sender, hop.sender_address, hop.receiver, hop.protocol, hop.tls, hop.tls_version, at


@pytest.mark.parametrize("form", FORMS)
def test_form(form: str) -> None:
    text, expected = FORMS[form]
    assert shown(parse_received(text)) == expected


def test_path_begins_at_the_first_hop_and_has_delays() -> None:
    fields = [
        "from b by c with LMTP; Mon, 2 Nov 2026 10:01:30 +0000",
        "from x by b",
        "from a by b with SMTP; Mon, 2 Nov 2026 10:00:10 +0000",
        "from me by a with SMTP; Mon, 2 Nov 2026 12:00:00 +0200",
    ]
    assert [(hop.receiver, hop.delay_s) for hop in received_path(fields)] == [
        ("a", None),
        ("b", 10),
        ("b", None),
        ("c", None),
    ]


@given(st.lists(st.text(max_size=200), max_size=5))
def test_any_text_is_read(fields: list[str]) -> None:
    assert len(received_path(fields)) == len(fields)


def test_long_fields_take_bounded_time() -> None:
    received_path(["from " * 200_000, "1." * 500_000, ":" * 1_000_000, "(" * 1_000_000] * 50)
