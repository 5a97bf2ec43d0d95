"""The server's side of SMTP as a table: what a client says, the codes it hears, and that the cuts of reads never show."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.protocol.server_session import MAX_RECIPIENTS, ServerSession
from benchkit.protocol.service import Service

OPEN = Service(max_size=200)
GUARDED = Service(username="user", password="pass", auth_required=True)
STARTTLS = Service(username="user", password="pass", starttls=True)

EHLO = b"EHLO c.example\r\n"
MAIL = b"MAIL FROM:<a@b.example>\r\n"
RCPT = b"RCPT TO:<c@d.example>\r\n"
SEND = MAIL + RCPT + b"DATA\r\nhello\r\n.\r\n"
PLAIN = b64encode(b"\0user\0pass")
WRONG = b64encode(b"\0user\0no")
USER, PASS = b64encode(b"user"), b64encode(b"pass")

TABLE: dict[str, tuple[Service, bytes, str]] = {
    "a whole mail": (OPEN, EHLO + SEND + b"QUIT\r\n", "250 250 250 354 250 221"),
    "HELO": (OPEN, b"HELO c\r\n" + SEND, "250 250 250 354 250"),
    "lower case": (OPEN, EHLO.lower() + SEND.lower(), "250 250 250 354 250"),
    "two mails": (OPEN, EHLO + SEND + SEND, "250 250 250 354 250 250 250 354 250"),
    "the null reverse-path": (OPEN, EHLO + b"MAIL FROM:<>\r\n", "250 250"),
    "before EHLO": (OPEN, SEND[: len(MAIL + RCPT)] + b"DATA\r\n", "503 503 503"),
    "EHLO without a name": (OPEN, b"EHLO\r\n", "501"),
    "nested MAIL": (OPEN, EHLO + MAIL + MAIL, "250 250 503"),
    "RSET ends a transaction": (OPEN, EHLO + MAIL + b"RSET\r\n" + RCPT + MAIL, "250 250 250 503 250"),
    "EHLO ends a transaction": (OPEN, EHLO + MAIL + EHLO + MAIL, "250 250 250 250"),
    "DATA without a recipient": (OPEN, EHLO + MAIL + b"DATA\r\n", "250 250 503"),
    "DATA after every RCPT failed": (OPEN, EHLO + MAIL + b"RCPT TO:<x>\r\nDATA\r\n", "250 250 501 503"),
    "DATA with an argument": (OPEN, EHLO + MAIL + RCPT + b"DATA x\r\n", "250 250 250 501"),
    "an empty message": (OPEN, EHLO + MAIL + RCPT + b"DATA\r\n.\r\n", "250 250 250 354 250"),
    "a lone dot with bare LF is content": (
        OPEN,
        EHLO + MAIL + RCPT + b"DATA\r\na\n.\nQUIT\n.\r\n\r\n.\r\n",
        "250 250 250 354 250",
    ),
    "too big as declared": (OPEN, EHLO + b"MAIL FROM:<a@b.example> SIZE=201\r\n", "250 552"),
    "too big as it is": (
        OPEN,
        EHLO + MAIL + RCPT + b"DATA\r\n" + b"x" * 300 + b"\r\n.\r\n" + MAIL,
        "250 250 250 354 552 250",
    ),
    "the rest": (OPEN, b"NOOP\r\nNOOP x\r\nVRFY a\r\nVRFY\r\nHELP\r\nRSET\r\n", "250 250 252 501 214 250"),
    "not offered": (OPEN, b"EXPN x\r\nSTARTTLS\r\nAUTH PLAIN x\r\n", "502 502 502"),
    "BDAT": (OPEN, EHLO + MAIL + RCPT + b"BDAT 5\r\n.\r\n.\rBDAT 2 LAST\r\n\nx" + MAIL, "250 250 250 250 250 250"),
    "BDAT without a transaction swallows its octets": (OPEN, b"BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n", "503 250"),
    "BDAT and DATA do not mix": (OPEN, EHLO + MAIL + RCPT + b"BDAT 0\r\nDATA\r\n", "250 250 250 250 503"),
    "BDAT that is too big in the end": (
        OPEN,
        EHLO + MAIL + RCPT + (b"BDAT 150\r\n" + b"x" * 150) * 2 + MAIL,
        "250 250 250 250 552 250",
    ),
    "BDAT of more than a message ends it": (OPEN, EHLO + b"BDAT 999 LAST\r\nNOOP\r\n", "250 552"),
    "BDAT syntax": (OPEN, b"BDAT\r\nBDAT x\r\nBDAT 1 2\r\n", "501 501 501"),
    "binary content needs BDAT": (
        OPEN,
        EHLO + b"MAIL FROM:<a@b.example> BODY=BINARYMIME\r\n" + RCPT + b"DATA\r\nBDAT 3 LAST\r\n\0\xff\n",
        "250 250 250 503 250",
    ),
    "unknown": (OPEN, b"FOO\r\n\r\n \r\nEHLOX c\r\n\0\xff\r\n", "500 500 500 500 500"),
    "bare LF": (OPEN, b"NOOP\nNOOP\r\n", "500 250"),
    "bare CR": (OPEN, b"NOOP\rNOOP\r\nNOOP\r\n", "500 250"),
    "nothing after QUIT": (OPEN, b"QUIT\r\nNOOP\r\n", "221"),
    "too many recipients": (
        OPEN,
        EHLO + MAIL + RCPT * (MAX_RECIPIENTS + 1),
        "250 250 " + "250 " * MAX_RECIPIENTS + "452",
    ),
    "authentication required": (GUARDED, EHLO + MAIL, "250 530"),
    "AUTH PLAIN": (GUARDED, EHLO + b"AUTH PLAIN " + PLAIN + b"\r\n" + MAIL, "250 235 250"),
    "AUTH PLAIN in two": (GUARDED, EHLO + b"auth plain\r\n" + PLAIN + b"\r\n", "250 334 235"),
    "AUTH LOGIN": (GUARDED, EHLO + b"AUTH LOGIN\r\n" + USER + b"\r\n" + PASS + b"\r\n" + MAIL, "250 334 334 235 250"),
    "AUTH LOGIN in two": (GUARDED, EHLO + b"AUTH LOGIN " + USER + b"\r\n" + PASS + b"\r\n", "250 334 235"),
    "AUTH wrong": (GUARDED, EHLO + b"AUTH PLAIN " + WRONG + b"\r\n" + MAIL, "250 535 530"),
    "AUTH wrong, then right": (
        GUARDED,
        EHLO + b"AUTH PLAIN " + WRONG + b"\r\nAUTH PLAIN " + PLAIN + b"\r\n",
        "250 535 235",
    ),
    "AUTH cancelled": (GUARDED, EHLO + b"AUTH LOGIN\r\n*\r\nNOOP\r\n", "250 334 501 250"),
    "AUTH not base64": (GUARDED, EHLO + b"AUTH PLAIN !\r\nAUTH LOGIN\r\n\xff\r\nNOOP\r\n", "250 501 334 501 250"),
    "AUTH of two fields": (GUARDED, EHLO + b"AUTH PLAIN " + USER + b"\r\n", "250 501"),
    "AUTH empty response": (GUARDED, EHLO + b"AUTH PLAIN =\r\n", "250 501"),
    "AUTH unknown": (GUARDED, EHLO + b"AUTH GSSAPI\r\nAUTH\r\n", "250 504 501"),
    "AUTH twice": (GUARDED, EHLO + (b"AUTH PLAIN " + PLAIN + b"\r\n") * 2, "250 235 503"),
    "AUTH before EHLO": (GUARDED, b"AUTH PLAIN " + PLAIN + b"\r\n", "503"),
    "before TLS": (STARTTLS, EHLO + b"AUTH PLAIN x\r\n" + MAIL + RCPT + b"DATA\r\nNOOP\r\n", "250 538 530 530 530 250"),
    "BDAT before TLS swallows its octets": (STARTTLS, EHLO + b"BDAT 6 LAST\r\nNOOP\r\nNOOP\r\n", "250 503 250"),
    "plaintext behind STARTTLS": (STARTTLS, EHLO + b"STARTTLS\r\nNOOP\r\n", "250 220"),
    "STARTTLS with an argument": (STARTTLS, EHLO + b"STARTTLS x\r\n", "250 501"),
}


def hold(service: Service, reads: list[bytes]) -> tuple[bytes, list[tuple[bytes, list[bytes], bytes]], ServerSession]:
    """What a server replies to these reads, what it was given, and the state it is left in."""
    given_: list[tuple[bytes, list[bytes], bytes]] = []
    dialogue = ServerSession(service, lambda *message: given_.append(message))
    replies = b""
    for read in reads:
        dialogue.feed(read)
        while (reply := dialogue.step()) is not None:
            replies += reply
    return replies, given_, dialogue


def codes(replies: bytes) -> str:
    lines = replies.decode().split("\r\n")
    assert lines.pop() == ""
    return " ".join(line[:3] for line in lines if line[3] == " ")


@pytest.mark.parametrize(("service", "said", "heard"), TABLE.values(), ids=TABLE)
def test_dialogue(service: Service, said: bytes, heard: str) -> None:
    assert codes(hold(service, [said])[0]) == heard


@pytest.mark.parametrize(("service", "said", "heard"), TABLE.values(), ids=TABLE)
def test_byte_by_byte(service: Service, said: bytes, heard: str) -> None:
    replies = hold(service, [said[i : i + 1] for i in range(len(said))])[0]
    assert codes(replies) == heard


UNITS = [
    EHLO,
    MAIL,
    RCPT,
    b"DATA\r\n",
    b"hi\r\n.\r\n",
    b".\r\n",
    SEND,
    b"RSET\r\n",
    b"x" * 13_000,
    b"\r\n",
    b"AUTH PLAIN\r\n",
]
conversations = st.lists(st.sampled_from(UNITS), max_size=10).map(b"".join)


@given(st.sampled_from([OPEN, GUARDED]), conversations, st.lists(st.integers(0, 30_000), max_size=9).map(sorted))
def test_no_cut_of_the_reads_shows(service: Service, said: bytes, places: list[int]) -> None:
    reads = [said[start:end] for start, end in zip([0, *places], [*places, len(said)], strict=True)]
    whole, cut = hold(service, [said]), hold(service, reads)
    assert whole[:2] == cut[:2]


@given(st.lists(st.binary(max_size=40) | st.sampled_from([EHLO, SEND, b"\r\n", b"AUTH LOGIN\r\n"]), max_size=8))
def test_no_bytes_raise(reads: list[bytes]) -> None:
    for service in (OPEN, GUARDED, STARTTLS):
        replies, _, dialogue = hold(service, reads)
        assert replies == b"" or codes(replies)
        assert len(dialogue.last_unit) <= 13_000


@given(conversations)
def test_looking_at_the_next_unit_tells_whether_it_is_there(said: bytes) -> None:
    dialogue = ServerSession(OPEN, lambda *_: None)
    for i in range(0, len(said), 7):
        dialogue.feed(said[i : i + 7])
        while (point := dialogue.point()) is not None:
            assert dialogue.step() is not None, point
        assert dialogue.step() is None


def test_the_message_is_handed_over_as_it_was_said() -> None:
    said = EHLO + MAIL + RCPT + b"RCPT TO:<e@d.example>\r\nDATA\r\n..a\r\nb\xff\0\n\r\n.\r\n"
    _, given_, dialogue = hold(OPEN, [said])
    assert given_ == [(b"a@b.example", [b"c@d.example", b"e@d.example"], b".a\r\nb\xff\0\n\r\n")]
    assert dialogue.messages == 1


def test_what_is_offered() -> None:
    def offered(service: Service, secure: bool) -> list[str]:
        dialogue = ServerSession(service, lambda *_: None, secure=secure)
        dialogue.feed(EHLO)
        return [line[4:] for line in (dialogue.step() or b"").decode().split("\r\n")[1:-1]]

    always = [
        "PIPELINING",
        "SIZE 50000000",
        "8BITMIME",
        "SMTPUTF8",
        "CHUNKING",
        "BINARYMIME",
        "DSN",
        "ENHANCEDSTATUSCODES",
    ]
    assert offered(Service(), False) == always
    assert offered(GUARDED, False) == [*always, "AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2"]
    assert offered(STARTTLS, False) == [*always, "STARTTLS"]
    assert offered(STARTTLS, True) == [*always, "AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2"]
    few = replace(STARTTLS, extensions=("8BITMIME",), extensions_before_tls=("SIZE",), mechanisms=("LOGIN",))
    assert offered(few, False) == ["SIZE 50000000", "STARTTLS"]
    assert offered(few, True) == ["8BITMIME", "AUTH LOGIN"]


@pytest.mark.parametrize(("said", "reply"), [(b"AUTH PLAIN AHUAcA==\r\n", b"504 "), (b"BDAT 2 LAST\r\n", b"502 ")])
def test_what_is_not_offered_is_refused(said: bytes, reply: bytes) -> None:
    few = Service(username="u", password="p", extensions=("8BITMIME",), mechanisms=("LOGIN",))
    replies, _, _ = hold(few, [EHLO, said])
    assert replies.split(b"\r\n")[-2].startswith(reply)


def test_all_is_forgotten_once_tls_stands() -> None:
    """RFC 3207 §4.2: what was learnt in plaintext, and what an attacker put behind STARTTLS."""
    _, _, dialogue = hold(STARTTLS, [EHLO + b"STARTTLS\r\nEHLO evil\r\n", b"MAIL FROM:<evil@evil.example>\r\n"])
    assert dialogue.tls_requested
    dialogue.secured()
    assert dialogue.step() is None
    dialogue.feed(MAIL)
    assert (dialogue.step() or b"").startswith(b"503 5.5.1 EHLO first")


POINTS = {
    EHLO: "ehlo",
    b"HELO x\r\n": "ehlo",
    b"mail from:<x>\r\n": "mail",
    RCPT: "rcpt",
    b"DATA\r\n": "data",
    b"AUTH LOGIN\r\n": "auth",
    b"STARTTLS\r\n": "starttls",
    b"QUIT\r\n": "quit",
    b"NOOP\r\n": "",
    b"\r\n": "",
    b"MAIL": None,
    b"": None,
}


@pytest.mark.parametrize(("said", "point"), POINTS.items())
def test_points(said: bytes, point: str | None) -> None:
    dialogue = ServerSession(OPEN, lambda *_: None)
    dialogue.feed(said)
    assert dialogue.point() == point


def test_a_refused_unit_has_no_effect() -> None:
    given_: list[object] = []
    dialogue = ServerSession(OPEN, lambda *message: given_.append(message))
    dialogue.feed(EHLO + MAIL + SEND)
    dialogue.step()
    assert dialogue.refuse("450 4.2.1 busy") == b"450 4.2.1 busy\r\n"
    assert [dialogue.step() for _ in range(3)] == [
        b"250 2.1.0 OK\r\n",
        b"250 2.1.5 OK\r\n",
        b"354 End with CRLF.CRLF\r\n",
    ]
    assert dialogue.point() == "content"
    assert dialogue.refuse("451 4.3.0 no") == b"451 4.3.0 no\r\n"
    assert given_ == []
    dialogue.feed(SEND)
    assert dialogue.refuse("421 4.3.2 bye") == b"421 4.3.2 bye\r\n"
    assert dialogue.ended


@pytest.mark.parametrize(
    ("said", "last_unit"),
    [
        (b"AUTH PLAIN " + PLAIN + b"\r\n", [b"AUTH PLAIN ****"]),
        (b"auth LOGIN\r\n" + USER + b"\r\n" + PASS + b"\r\n", [b"auth LOGIN", b"****", b"****"]),
        (MAIL, [MAIL[:-2]]),
    ],
)
def test_no_secret_is_shown(said: bytes, last_unit: list[bytes]) -> None:
    dialogue = ServerSession(GUARDED, lambda *_: None)
    dialogue.feed(EHLO + said)
    dialogue.step()
    shown = []
    while dialogue.step() is not None:
        shown.append(dialogue.last_unit)
    assert shown == last_unit
