"""from_mime on everyone else's MIME: other charsets, 8-bit bytes, missing parts, broken ones; and a second opinion."""

from __future__ import annotations

from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchkit.batch import from_mime, to_mime
from benchkit.model.message import Address, Attachment, Content

HEAD = b"From: a@x.example\r\nTo: b@x.example\r\nSubject: s\r\n"
RICH = Content(
    subject="Grüße — 日本語 🌱, with a long tail that has to be folded over more than one line of the header",
    sender=Address("Müller, Jörg", "j@x.example"),
    to=(Address("Ann", "a@x.example"), Address("", "b@x.example")),
    text="Hello\n.\nFrom here on\ntrailing space \n日本語",
    html="<p>Hello</p>",
    attachments=(
        Attachment("logo.png", "image/png", b"\x89PNG", "logo.png"),
        Attachment("Rechnung März.pdf", "application/pdf", b"%PDF \x00\xff"),
    ),
)


@pytest.mark.parametrize(
    ("tail", "text"),
    [
        (b"\r\nplain", "plain"),
        (b"\n\nbare line feeds\n\n\n", "\nbare line feeds"),
        (b"\r\n", ""),
        (b"", ""),
        (b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\ngr\xfc\xdfe", "grüße"),
        (
            b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\ngr\xc3\xbc\xc3\x9fe",
            "grüße",
        ),
        (b"\r\nno charset: gr\xc3\xbc\xc3\x9fe", "no charset: grüße"),
        (b"\r\nneither: \xfc", "neither: ü"),
        (b"Content-Type: text/plain; charset=klingon\r\n\r\nx", "x"),
        (b"Content-Type: text/plain; charset=zlib\r\n\r\nx", "x"),
        (b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA-", "?"),
        (b"Content-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\nxOO6ww==", "你好"),
        (b"Content-Transfer-Encoding: quoted-printable\r\n\r\n=E2=82=AC =\r\nsoft", "€ soft"),
    ],
)
def test_texts_of_any_kind(tail: bytes, text: str) -> None:
    content = from_mime(HEAD + tail)
    assert len(content.digest) == 16
    assert content.text == text


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        (b"Subject: =?iso-8859-1?Q?gr=FC=DFe?=", "grüße"),
        (b"Subject: =?utf-8?b?w7w=?= =?utf-8?b?w58=?=", "üß"),
        (b"Subject: Re: =?utf-8?q?=C3=BC?= and more", "Re: ü and more"),
        (b"Subject: =?utf-8?b?w?= broken", "=?utf-8?b?w?= broken"),
        (b"Subject: gr\xc3\xbc\xc3\x9fe", "grüße"),
        (b"Subject: gr\xfc\xdfe", "grüße"),
        (b"Subject:\r\n folded\r\n\tonce", "folded\tonce"),
        (b"X-Nothing: at all", ""),
    ],
)
def test_subjects_of_any_kind(header: bytes, subject: str) -> None:
    assert from_mime(b"From: a@x.example\r\n" + header + b"\r\n\r\nx").subject == subject


@pytest.mark.parametrize(
    ("header", "addresses"),
    [
        (b"To: a@x.example, Bea <b@X.example>", [("", "a@x.example"), ("Bea", "b@X.example")]),
        (b'To: "M\xc3\xbcller, J." <m@x.example>', [("Müller, J.", "m@x.example")]),
        (b"To: =?utf-8?q?M=C3=BCller=2C_J=2E?= <m@x.example>", [("Müller, J.", "m@x.example")]),
        ("To: j@bücher.example".encode(), [("", "j@xn--bcher-kva.example")]),
        (b"To: undisclosed-recipients:;", []),
        (b"Bcc: hidden@x.example", []),
    ],
)
def test_addresses_of_any_kind(header: bytes, addresses: list[tuple[str, str]]) -> None:
    content = from_mime(b"From: a@x.example\r\n" + header + b"\r\n\r\nx")
    assert [(address.name, address.addr) for address in content.to] == addresses


def test_what_was_added_on_the_way_is_seen() -> None:
    parts = (b"Content-Type: text/plain\r\n\r\nbody", b"Content-Type: text/plain\r\n\r\nfooter of a list")
    raw = (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + b"".join(b"--b\r\n%s\r\n" % p for p in parts)
        + b"--b--"
    )
    content = from_mime(raw)
    assert content.text == "body"
    assert content.attachments == (Attachment("", "text/plain", b"footer of a list"),)


def test_a_forwarded_message_is_an_attachment() -> None:
    head = b"Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=x.eml\r\n\r\n"
    inner = head + b"From: c@x.example\r\n\r\nhi"
    content = from_mime(HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + inner + b"\r\n--b--\r\n")
    (forwarded,) = content.attachments
    assert (forwarded.name, forwarded.content_type) == ("x.eml", "message/rfc822")
    assert forwarded.data.endswith(b"hi")


@pytest.mark.parametrize("raw", [b"", b"\r\n", b"no header at all", b"Subject: s\r\n\r\nno From", b"\x00\xff" * 40])
def test_what_is_no_message_is_a_value_error(raw: bytes) -> None:
    with pytest.raises(ValueError, match="not a message"):
        from_mime(raw)


def test_containers_nested_beyond_reason_are_a_value_error() -> None:
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(5_000))
    with pytest.raises(ValueError, match="not a readable message"):
        from_mime(HEAD + nested)


@settings(max_examples=300)
@given(st.data())
def test_a_spoilt_message_is_read_or_refused_with_a_value_error(data: st.DataObject) -> None:
    raw = bytearray(to_mime(RICH))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=8))
        if not raw:
            return
    with suppress(ValueError):
        assert len(from_mime(bytes(raw)).digest) == 16


def test_the_stdlib_reads_what_we_write_as_the_same_mail() -> None:
    message = message_from_bytes(to_mime(RICH), policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert message["Subject"] == RICH.subject
    assert [(a.display_name, a.addr_spec) for a in message["To"].addresses] == [(a.name, a.addr) for a in RICH.to]
    assert message["From"].addresses[0].display_name == RICH.sender.name
    text, html = message.get_body(["plain"]), message.get_body(["html"])
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n").rstrip("\n") == RICH.text
    assert html.get_content().rstrip("\n") == RICH.html
    named = [part for part in message.walk() if part.get_filename()]
    assert [(p.get_filename(), p.get_content()) for p in named] == [(a.name, a.data) for a in RICH.attachments]
    assert not any(part.defects for part in message.walk())


def test_we_read_what_the_stdlib_writes_as_the_same_mail() -> None:
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = "Grüße"
    message["From"] = '"Müller, Jörg" <j@x.example>'
    message["To"] = "a@x.example, Bea <b@x.example>"
    message.set_content(RICH.text)
    message.add_alternative(RICH.html, subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="März.pdf")
    assert from_mime(message.as_bytes()) == Content(
        subject="Grüße",
        sender=Address("Müller, Jörg", "j@x.example"),
        to=(Address("", "a@x.example"), Address("Bea", "b@x.example")),
        text=RICH.text,
        html=RICH.html,
        attachments=(Attachment("März.pdf", "application/pdf", b"%PDF"),),
    )
