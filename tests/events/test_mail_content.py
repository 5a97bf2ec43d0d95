"""Parts and their defects as a table; HTML as a reader meets it; and octets that are no mail at all."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.events.html_reading import Image, read_html
from benchkit.events.mail_content import read_content

ALTERNATIVE = (
    b"MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\nSMOpbGxv\r\n--b\r\nContent-Type: text/html; charset=iso-8859-1\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\n<b>H=E9</b>\r\n--b--\r\n"
)
DEFECTS: dict[str, tuple[bytes, list[str]]] = {
    "none": (ALTERNATIVE, []),
    "no head at all": (b"\r\nHello", []),
    "base64 that is cut off": (
        ALTERNATIVE.replace(b"SMOpbGxv", b"SMOpbGx"),
        ["text/plain: its base64 is cut off"],
    ),
    "base64 with other characters": (
        ALTERNATIVE.replace(b"SMOpbGxv", b"SM!OpbGxv"),
        ["text/plain: its base64 has characters that belong to no base64"],
    ),
    "an encoding that is none": (
        ALTERNATIVE.replace(b"base64", b"base65"),
        ["text/plain: its encoding 'base65' is none that MIME knows"],
    ),
    "a charset that is none": (
        ALTERNATIVE.replace(b"utf-8", b"utf-9"),
        ["text/plain: its charset 'utf-9' is unknown"],
    ),
    "a charset that lies": (
        ALTERNATIVE.replace(b"utf-8", b"us-ascii"),
        ["text/plain: its text is not us-ascii, as it says"],
    ),
    "8 bits unsaid": (
        b"Content-Type: text/plain; charset=utf-8\r\n\r\nH\xc3\xa9",
        ["text/plain: it has 8-bit octets and does not say so (Content-Transfer-Encoding)"],
    ),
    "no last boundary": (
        ALTERNATIVE.replace(b"--b--\r\n", b""),
        ["multipart/alternative: its last boundary is missing"],
    ),
    "another boundary": (
        ALTERNATIVE.replace(b"boundary=b", b"boundary=c"),
        [
            "multipart/alternative: its boundary never comes",
            "multipart/alternative: it says multipart and has no parts",
        ],
    ),
    "no boundary": (
        ALTERNATIVE.replace(b"; boundary=b", b""),
        [
            "multipart/alternative: it is multipart and names no boundary",
            "multipart/alternative: it says multipart and has no parts",
        ],
    ),
    "a thousand levels": (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" * 1000,
        ["more than 200 multipart parts"],
    ),
}


@pytest.mark.parametrize("case", DEFECTS)
def test_defects(case: str) -> None:
    octets, expected = DEFECTS[case]
    assert list(read_content(octets).defects) == expected


def test_parts_are_decoded() -> None:
    found = read_content(ALTERNATIVE)
    assert [(part.content_type, part.text) for part in found.parts] == [
        ("text/plain", "Héllo"),
        ("text/html", "<b>Hé</b>"),
    ]
    assert found.html == "<b>Hé</b>"


@given(st.binary(max_size=400))
def test_any_octets_are_read(octets: bytes) -> None:
    read_content(octets)
    read_content(ALTERNATIVE[:120] + octets + ALTERNATIVE[140:])


@pytest.mark.parametrize(
    ("html", "links"),
    [
        ('<a href="https://a.example/x">https://b.example/y</a>', [("a.example", "b.example")]),
        ('<A HREF="HTTP://A.Example./">  www.a.example  </A>', [("a.example", "www.a.example")]),
        ('<a href="https://a.example"><b>Click</b> here</a>', [("a.example", "")]),
        ('<a href="mailto:x@a.example">x@a.example</a>', [("", "")]),
        ('<a href="https://a.example">version 1.2.3</a>', [("a.example", "")]),
        ('<a href="https://[bad">b.example</a>', [("", "b.example")]),
        (
            '<a href="https://a.example">b.example<a href="https://c.example">d.example',
            [("a.example", "b.example"), ("c.example", "d.example")],
        ),
        ("<a name=x>b.example</a>", []),
        ('<a href="https://a.example">b.ex&#97;mple</a>', [("a.example", "b.example")]),
    ],
)
def test_links(html: str, links: list[tuple[str, str]]) -> None:
    assert [(link.host, link.shown_host) for link in read_html(html).links] == links


@pytest.mark.parametrize(
    ("html", "image"),
    [
        ("<img src=a.png>", Image("a.png", None)),
        ('<img src=a.png alt="">', Image("a.png", "")),
        ('<img src="a.png" alt="A dog"/>', Image("a.png", "A dog")),
        ("<img src=p width=1 height=1>", Image("p", None, is_pixel=True)),
        ('<img src=p style="display: none">', Image("p", None, is_pixel=True)),
        ("<img src=p width=1>", Image("p", None)),
    ],
)
def test_images(html: str, image: Image) -> None:
    assert read_html(html).images == (image,)


def test_text_is_what_is_seen() -> None:
    assert read_html("<title>t</title><style>x</style>One <b>two</b><script>3</script>").text == "One two"


@given(st.text(max_size=300))
def test_any_html_is_read(html: str) -> None:
    read_html(html)
    read_html(f"<a href='{html}'>{html}<img {html}><![{html}")


@pytest.mark.parametrize(
    "html",
    [
        "<a href=x>",
        "<!--",
        "<![",
        "<",
        "<a x='",
        '<a x="',
        "</",
        "<a ",
        "<a x=y ",
        "<style>",
        "&#",
        "&",
        "<img src=",
        "<!--a-->",
    ],
)
def test_time_grows_with_the_length_only(html: str) -> None:
    """Four times the text, and Python's own parser takes sixteen times as long."""
    times = []
    for characters in (200_000, 800_000):
        started = time.process_time()
        read_html(html * (characters // len(html)))
        times.append(time.process_time() - started)
    assert times[1] < 10 * times[0] + 0.5
