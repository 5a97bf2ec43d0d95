"""Replies: whole from any cut of the bytes, strict about everything that could be mistaken for an acceptance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.protocol.replies import MAX_LINE, MAX_LINES, Garbled, Reply, ReplyStream, capabilities_of

WHOLE = [
    (b"250 ok\r\n", [Reply(250, ("ok",))]),
    (b"250\r\n", [Reply(250)]),
    (b"250 \r\n", [Reply(250)]),
    (b"250-a\r\n250-b\r\n250 c\r\n", [Reply(250, ("a", "b", "c"))]),
    (b"250 a\r\n354 b\r\n", [Reply(250, ("a",)), Reply(354, ("b",))]),
    ("250 grüße\r\n".encode(), [Reply(250, ("grüße",))]),
]
GARBLED = [
    b"\r\n", b"hello\r\n", b"25 ok\r\n", b"2500 ok\r\n", b"150 ok\r\n", b"650 ok\r\n", b"290 ok\r\n", b"250_ok\r\n",
    b" 250 ok\r\n",
    b"250 ok\nx\r\n", b"250 ok\rx\r\n", b"250 ok\0\r\n", b"250 \x1b[2J\r\n", b"250-a\r\n251 b\r\n", b"x" * (MAX_LINE + 2),
    b"250 " + b"x" * MAX_LINE + b"\r\n", b"250-x\r\n" * MAX_LINES,
]  # fmt: skip


def events(pieces: list[bytes]) -> list[object]:
    """What a client gets to see: replies, and at last perhaps the word that no more can be understood."""
    seen: list[object] = []
    stream = ReplyStream()
    for piece in pieces:
        stream.feed(piece)
    try:
        while taken := stream.take(1):
            seen += taken
    except Garbled:
        return [*seen, "garbled"]
    return seen


@pytest.mark.parametrize(("wire", "replies"), WHOLE)
def test_whole_replies(wire: bytes, replies: list[Reply]) -> None:
    assert events([wire]) == replies


@pytest.mark.parametrize("wire", GARBLED)
def test_what_is_outside_the_protocol(wire: bytes) -> None:
    assert events([wire]) == ["garbled"]


def test_what_came_before_garbage_is_understood_and_nothing_after_it() -> None:
    stream = ReplyStream()
    stream.feed(b"250 ok\r\nnonsense\r\n250 ok\r\n")
    stream.feed(b"250 ok\r\n")
    assert stream.take(1) == [Reply(250, ("ok",))]
    assert not stream.idle
    with pytest.raises(Garbled):
        stream.take(1)


LINE = st.sampled_from(
    [b"250 ok", b"250-more", b"354 go", b"550 5.1.1 no", b"220", b"garbage", b"250 a\nb", b"x" * (MAX_LINE + 1)]
)


@given(st.lists(LINE, max_size=6), st.data())
def test_any_cut_gives_the_same_events(lines: list[bytes], data: st.DataObject) -> None:
    wire = b"".join(line + b"\r\n" for line in lines)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(wire)), max_size=8)))
    pieces = [wire[a:b] for a, b in zip([0, *cuts], [*cuts, len(wire)], strict=True)]
    assert events(pieces) == events([wire])


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (("ok",), "ok"),
        (("5.7.1 this", "5.7.1 and that"), "5.7.1 this and that"),
        (("4.2.1 busy", "5.7.1 other"), "4.2.1 busy 5.7.1 other"),
        (("a", "b"), "a b"),
    ],
)
def test_text_says_the_enhanced_status_code_once(lines: tuple[str, ...], text: str) -> None:
    assert Reply(550, lines).text == text


CAPABILITIES = Reply(
    250, ("server at your service", "PIPELINING", "size 1000", "AUTH PLAIN LOGIN", "auth=xoauth2", "", "8BITMIME")
)


@pytest.mark.parametrize(
    ("needed", "missing"),
    [
        (("PIPELINING", "SIZE"), ""),
        (("AUTH PLAIN", "AUTH XOAUTH2"), ""),
        (("AUTH CRAM-MD5",), "AUTH CRAM-MD5"),
        (("CHUNKING", "8BITMIME", "STARTTLS"), "CHUNKING, STARTTLS"),
        (("SERVER",), "SERVER"),
    ],
)
def test_capabilities(needed: tuple[str, ...], missing: str) -> None:
    assert capabilities_of(CAPABILITIES).missing(needed) == missing
