"""The SMTP side over real sockets, with smtplib as the client that no one here wrote."""

from __future__ import annotations

import smtplib
import socket
import ssl
from email.message import EmailMessage
from typing import Any

import pytest

from benchkit.model.endpoint import ListenerConfig
from benchkit.model.identity import PLACEHOLDER, token_of
from benchkit.model.message import Address
from benchkit.model.scenario import Security
from benchkit.sink import parse_body

OPEN = ListenerConfig(0, "smtp", Security.NONE)
STARTTLS = ListenerConfig(1, "smtp", Security.STARTTLS, username="user", password="pass", auth_required=True)
IMPLICIT = ListenerConfig(2, "smtp", Security.IMPLICIT, username="user", password="pass", auth_required=True)

MAIL = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: Hi\r\n\r\n.dotted\r\n"
ENVELOPE = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nRCPT TO:<e@d.example>\r\nDATA\r\n"
CONVERSATIONS = {
    "a mail": (b"EHLO c\r\n" + ENVELOPE + b"hi\r\n.\r\nQUIT\r\n", "220 250 250 250 250 354 250 221"),
    "errors": (b"FOO\r\nMAIL FROM:<a@b.example>\r\nNOOP\r\n", "220 500 503 250"),
    "nothing": (b"", "220"),
    "half a command": (b"NOO", "220"),
    "half a message": (b"EHLO c\r\n" + ENVELOPE + b"hi\r\n", "220 250 250 250 250 354"),
}


def codes(replies: bytes) -> str:
    return " ".join(line[:3] for line in replies.decode().split("\r\n") if line[3:4] == " ")


@pytest.mark.parametrize("transcript", [False, True], ids=["quick", "careful"])
@pytest.mark.parametrize(("said", "codes_heard"), CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_conversations(running: Any, said: bytes, codes_heard: str, transcript: bool) -> None:
    sink = running(OPEN, transcript=transcript)
    assert codes(sink.talk(said)) == codes_heard
    sink.wait_until_empty()


def test_a_pipelined_group_is_answered_in_one_write(running: Any) -> None:
    sink = running(OPEN)
    with sink.connect() as client:
        client.recv(1000)
        client.sendall(b"EHLO c\r\n")
        client.recv(1000)
        client.sendall(ENVELOPE)
        assert codes(client.recv(1000)) == "250 250 250 354"
        client.sendall(b"hi\r\n.\r\n" + ENVELOPE)
        assert codes(client.recv(1000)) == "250 250 250 250 354"


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_smtplib_with_tls_and_auth(running: Any, mechanism: str, version: ssl.TLSVersion, loop: str) -> None:
    sink = running(STARTTLS, IMPLICIT, loop=loop, maximum_tls=version)
    starttls = smtplib.SMTP("127.0.0.1", sink.ports[0])
    implicit = smtplib.SMTP_SSL("127.0.0.1", sink.ports[1], context=sink.tls)
    with starttls, implicit:
        starttls.starttls(context=sink.tls)
        for client in (starttls, implicit):
            assert isinstance(client.sock, ssl.SSLSocket)
            assert client.sock.version() == version.name.replace("_", ".")
            client.user, client.password = "user", "pass"
            client.ehlo()
            client.auth(mechanism, getattr(client, f"auth_{mechanism.lower()}"))
            assert client.sendmail("a@b.example", ["c@d.example"], MAIL) == {}
    assert [arrival.arm for arrival in sink.ledger.arrivals] == [1, 2]
    sink.wait_until_empty()


def test_smtplib_is_told_what_is_wrong(running: Any) -> None:
    sink = running(STARTTLS)
    with smtplib.SMTP("127.0.0.1", sink.port) as client:
        with pytest.raises(smtplib.SMTPSenderRefused, match="STARTTLS"):
            client.sendmail("a@b.example", ["c@d.example"], MAIL)
        client.starttls(context=sink.tls)
        with pytest.raises(smtplib.SMTPAuthenticationError, match=r"5\.7\.8"):
            client.login("user", "wrong")
        with pytest.raises(smtplib.SMTPSenderRefused, match="Authentication required"):
            client.sendmail("a@b.example", ["c@d.example"], MAIL)
    assert sink.ledger.arrivals == []


def test_a_certificate_of_another_authority_is_not_trusted(running: Any) -> None:
    sink, other = running(STARTTLS), running(STARTTLS)
    client = smtplib.SMTP("127.0.0.1", sink.port)
    with pytest.raises(ssl.SSLCertVerificationError):
        client.starttls(context=other.tls)
    client.close()
    sink.wait_until_empty()


def test_plaintext_behind_starttls_is_never_answered(running: Any) -> None:
    """CVE-2011-0411: what an attacker put behind STARTTLS must not be taken for the client's."""
    sink = running(STARTTLS)
    with sink.connect() as plain:
        plain.recv(1000)
        plain.sendall(b"EHLO c\r\nSTARTTLS\r\nNOOP\r\nHELP\r\n")
        received = b""
        while b"\r\n220 " not in received:
            received += plain.recv(1000)
        assert codes(received) == "250 220"
        with sink.tls.wrap_socket(plain, server_hostname="127.0.0.1") as secured:
            secured.sendall(b"QUIT\r\n")
            assert codes(secured.recv(1000)) == "221"


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
def test_a_command_in_the_same_segment_as_the_end_of_the_handshake(running: Any, loop: str) -> None:
    """It is decrypted before the sink's own task learns that TLS stands, and must not be taken for plaintext."""
    sink = running(STARTTLS, loop=loop)
    inward, outward = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = sink.tls.wrap_bio(inward, outward, server_hostname="localhost")
    with sink.connect() as client:
        client.recv(1000)
        client.sendall(b"STARTTLS\r\n")
        client.recv(1000)
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                client.sendall(outward.read())
                inward.write(client.recv(65536))
        tls.write(b"EHLO c\r\nQUIT\r\n")
        client.sendall(outward.read())  # Finished and the commands together
        replies = b""
        while not replies.endswith(b"Bye\r\n"):
            try:
                replies += tls.read(1000)
            except ssl.SSLWantReadError:
                inward.write(client.recv(65536))
        assert codes(replies) == "250 221"


def test_smtputf8(running: Any) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "müller@b.example", "ü@d.example", "Grüße"
    message.set_content("hällo")
    sink = running(OPEN)
    with smtplib.SMTP("127.0.0.1", sink.port) as client:
        client.send_message(message)
    ((head, body),) = sink.ledger.bodies.values()
    content = parse_body("smtp", "", head, body)[0].content
    assert (content.sender, content.subject, content.text) == (Address("", "müller@b.example"), "Grüße", "hällo")


def test_the_ledger_has_it_before_the_reply(running: Any) -> None:
    sink = running(OPEN, run_token="0badcafe")
    mail = b"X-Benchkit-Id: %s\r\n" % PLACEHOLDER + MAIL
    recipients = ["c@d.example", "e@d.example"]
    with smtplib.SMTP("127.0.0.1", sink.port) as client:
        for send in (7, 8):
            client.sendmail("a@b.example", recipients, mail.replace(PLACEHOLDER, token_of("0badcafe", send)))
            assert sink.ledger.arrivals[-1].send == send
    first, second = sink.ledger.arrivals
    assert (first.size, first.recipients, first.key) == (len(mail), 2, second.key)
    assert first.arrived_ns < second.arrived_ns
    ((head, body),) = sink.ledger.bodies.values()
    assert body == mail
    (parsed,) = parse_body("smtp", "", head, body)
    assert (len(parsed.recipients), parsed.content.text) == (2, ".dotted")


@pytest.mark.parametrize(
    ("listener", "version", "bursts"),
    [(OPEN, None, 6), (STARTTLS, "TLSv1_3", 9), (IMPLICIT, "TLSv1_3", 7)],
    ids=["none", "starttls", "implicit"],
)
def test_turns_in_the_transcript(running: Any, listener: ListenerConfig, version: str | None, bursts: int) -> None:
    """method.md §2 less TCP and TLS: 7 − 1, 11 − 2, 9 − 2 to "accepted"."""
    sink = running(listener, transcript=True)
    implicit = listener is IMPLICIT
    client = (
        smtplib.SMTP_SSL("127.0.0.1", sink.port, context=sink.tls) if implicit else smtplib.SMTP("127.0.0.1", sink.port)
    )
    with client:
        if listener is STARTTLS:
            client.starttls(context=sink.tls)
        if listener.username:
            client.user, client.password = "user", "pass"
            client.ehlo()
            client.auth("PLAIN", client.auth_plain)
        client.sendmail("a@b.example", ["c@d.example"], MAIL)
        assert sink.transcript.bursts(0) == bursts
    assert sink.transcript.texts(0, "in")[-2:] == ["<content>", "QUIT"]
    assert not any("dXNlcg" in line.text or "pass" in line.text for line in sink.transcript.lines)


def test_nodelay_on_both_kinds_of_loop(running: Any) -> None:
    """The assertion itself is in sink/connection.py; this shows that it holds and that it can fail."""
    for loop in ("uvloop", "asyncio"):
        sink = running(OPEN, loop=loop)
        assert codes(sink.talk(b"QUIT\r\n")) == "220 221"
    with socket.socket() as idle:
        assert idle.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 0


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
def test_connections_have_the_congestion_control_of_their_listener(running: Any, loop: str) -> None:
    sink = running(ListenerConfig(0, "smtp", Security.NONE, congestion="reno"), loop=loop)
    with sink.connect() as client:
        assert client.recv(3) == b"220"
        (accepted,) = sink.call(
            lambda: [
                one.transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16)
                for one in sink.sink._connections.live
            ]
        )
    assert accepted.rstrip(b"\0") == b"reno"
    assert sink.sink.congestion == ("reno",)
