"""Disposition notifications (RFC 8098): opened, or refused by the recipient's rule (RFC 5429), or nothing."""

from __future__ import annotations

import pytest

from benchkit.events.bounce_mail import read_bounce
from benchkit.model.event import Bounce, EventKind

MDN = """Date: Mon, 2 Nov 2026 10:00:00 +0000
From: Joe Recipient <joe@example.com>
Message-ID: <199509200019.12345@example.com>
Subject: Disposition notification
To: Jane Sender <jane@example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="RAA14128"

--RAA14128

{text}

--RAA14128
Content-Type: message/{kind}

Reporting-UA: joes-pc.cs.example.com; Foomail 97.1
Original-Recipient: rfc822;joe@example.com
Final-Recipient: rfc822;joe+mail@example.com
Original-Message-ID: <199509192301.23456@example.org>
Disposition: {disposition}

--RAA14128
Content-Type: text/rfc822-headers

Message-ID: <199509192301.23456@example.org>
X-Benchkit-Id: bk0123abcd-0000000042

--RAA14128--
"""


def mdn(disposition: str, text: str = "Read.", kind: str = "disposition-notification") -> bytes:
    return MDN.format(disposition=disposition, text=text, kind=kind).encode()


@pytest.mark.parametrize(
    ("disposition", "machine"),
    [
        ("manual-action/MDN-sent-manually; displayed", False),  # RFC 8098 §9
        ("Manual-Action/MDN-Sent-Automatically;DISPLAYED/error", False),
        ("automatic-action/MDN-sent-automatically; displayed", True),
    ],
)
@pytest.mark.parametrize("kind", ["disposition-notification", "global-disposition-notification"])
def test_displayed_is_opened(disposition: str, machine: bool, kind: str) -> None:
    (found,) = read_bounce(mdn(disposition, kind=kind))
    assert (found.kind, found.source, found.machine, found.bounce) == (EventKind.OPENED, "mdn", machine, Bounce.NONE)
    assert (found.recipient, found.identity) == ("joe@example.com", "bk0123abcd-0000000042")
    assert (found.message_id, found.event_id) == ("199509192301.23456@example.org", "199509200019.12345@example.com")
    assert (found.at_ms, found.agent) == (1_793_613_600_000, "joes-pc.cs.example.com; Foomail 97.1")


@pytest.mark.parametrize(
    ("text", "bounce", "code", "enhanced"),
    [
        ("Your message was automatically rejected.", Bounce.SOFT, 0, ""),
        ("Rejected: 550 5.7.1 not wanted", Bounce.HARD, 550, "5.7.1"),
    ],
)
def test_deleted_by_a_rule_is_refused(text: str, bounce: Bounce, code: int, enhanced: str) -> None:
    (found,) = read_bounce(mdn("automatic-action/MDN-sent-automatically; deleted", text))
    assert (found.kind, found.bounce, found.code, found.enhanced) == (EventKind.BOUNCED, bounce, code, enhanced)
    assert (found.reason, found.machine) == (text, None)


@pytest.mark.parametrize(
    "disposition",
    [
        "manual-action/MDN-sent-manually; deleted",
        "automatic-action/MDN-sent-automatically; dispatched",
        "automatic-action/MDN-sent-automatically; processed",
        "manual-action/MDN-sent-manually; denied",
        "displayed",
        "",
    ],
)
def test_other_dispositions_say_nothing(disposition: str) -> None:
    assert read_bounce(mdn(disposition)) == ()
