"""Mail about mail that real servers make, here and now: each is read as what it is, and is about the mail that was sent."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchkit.events.bounce_mail import read_bounce
from benchkit.model.event import Bounce, Event, EventKind
from tests.peers.requirements import need
from tests.peers.servers import cyrus, dovecot_lmtp, opensmtpd, postfix
from tests.peers.servers.peer import HOST, Peer, free_ports, serving

SENDER = "sender@peer.test"
IDENTITY = "bk0123abcd-0000000042"
MAIL = f"""From: Shop <{SENDER}>
To: <{{to}}>
Subject: Order 42
Message-ID: <{IDENTITY}@peer.test>
X-Benchkit-Id: {IDENTITY}

Hello
""".replace("\n", "\r\n")
DEADLINE_S = 60.0


def told_of(peer: Peer, to: str, options: tuple[str, ...] = ()) -> Event:
    """The one event about a mail to that recipient, of what came back to the sender's mailbox."""
    (listener, *_) = peer.listeners
    with smtplib.SMTP(HOST, listener.port, local_hostname="client.peer.test", timeout=30) as client:
        client.sendmail(SENDER, [to], MAIL.format(to=to).encode(), rcpt_options=list(options))
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        for path in peer.mailbox.glob(peer.stored):
            for event in read_bounce(path.read_bytes()):
                if event.recipient.startswith(to.partition("@")[0]):
                    return event
        time.sleep(0.02)
    raise AssertionError(f"nothing came back about {to}")


def assert_refused(event: Event, code: int, enhanced: str, bounce: Bounce = Bounce.HARD) -> None:
    assert (event.kind, event.bounce, event.code, event.enhanced) == (EventKind.BOUNCED, bounce, code, enhanced)
    assert event.identity == IDENTITY
    assert event.at_ms > 0


def test_postfix(yard: Path) -> None:
    with (
        refusing(yard / "refusing", "-L") as port,
        postfix.relay(made(yard / "postfix"), transport_maps=to_lmtp(port, "bounce")) as peer,
    ):
        event = told_of(peer, "bounce@peer.test")
    assert_refused(event, 500, "5.3.0")
    assert "command failed" in event.reason


def test_postfix_tells_of_success(start_peer: Any) -> None:
    event = told_of(start_peer("postfix"), "near@peer.test", ("NOTIFY=SUCCESS",))
    assert (event.kind, event.enhanced, event.identity) == (EventKind.DELIVERED, "2.0.0", IDENTITY)


def test_exim(start_peer: Any) -> None:
    event = told_of(start_peer("exim"), "bounce@peer.test")
    assert_refused(event, 550, "5.1.1")
    assert "no such mailbox" in event.reason


def test_opensmtpd(yard: Path) -> None:
    with refusing(yard / "refusing") as port:
        more = (
            f'action "elsewhere" relay host "smtp://{HOST}:{port}"\n'
            'match from any for rcpt-to "bounce@peer.test" action "elsewhere"\n'
        )
        with opensmtpd.serve(made(yard / "opensmtpd"), more) as peer:
            event = told_of(peer, "bounce@peer.test")
    assert_refused(event, 500, "5.3.0")
    assert event.reason == "500 5.3.0 Error: command failed"


def test_dovecot_does_not_know_one_user_and_another_refuses_by_sieve(yard: Path) -> None:
    (port,) = free_ports(1)
    with (
        postfix.relay(made(yard / "postfix"), transport_maps=to_lmtp(port, "ghost", "picky")) as peer,
        dovecot_lmtp.serve_lmtp(yard / "dovecot", port, peer.listeners[0].port),
    ):
        event = told_of(peer, "ghost@peer.test")
        assert_refused(event, 550, "5.1.1")
        assert "User doesn't exist" in event.reason
        event = told_of(peer, "picky@peer.test")
        assert (event.kind, event.source, event.bounce, event.code) == (EventKind.BOUNCED, "mdn", Bounce.HARD, 550)
        assert "no such offers, please" in event.reason
        assert event.message_id == f"{IDENTITY}@peer.test"


def test_cyrus_does_not_know_the_user(yard: Path) -> None:
    with (
        cyrus.start(made(yard / "cyrus")) as server,
        postfix.relay(made(yard / "postfix"), transport_maps=to_lmtp(server.lmtp, "ghost")) as peer,
    ):
        event = told_of(peer, "ghost@peer.test")
    assert_refused(event, 550, "5.1.1")
    assert "Mailbox unknown" in event.reason


@contextmanager
def refusing(folder: Path, *options: str) -> Iterator[int]:
    """smtp-sink, which answers every RCPT with 500."""
    (port,) = free_ports(1)
    command: list[str | Path] = [need("smtp-sink"), *options, "-u", "nobody", "-f", "rcpt", f"{HOST}:{port}", "10"]
    with serving(command, made(folder), [port]):
        yield port


def made(folder: Path) -> Path:
    folder.mkdir(mode=0o755)
    return folder


def to_lmtp(port: int, *users: str) -> str:
    """Postfix's transport_maps: mail to these goes to an LMTP server, everything else into the maildir."""
    return "inline:{" + ", ".join(f"{{{user}@peer.test = lmtp:inet:{HOST}:{port}}}" for user in users) + "}"
