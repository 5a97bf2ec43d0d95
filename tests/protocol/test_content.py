"""Transparency (RFC 5321 §4.5.2): every content comes back, however the reads were cut, and nothing else ends it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.protocol.commands import Refusal, dot_stuffed
from benchkit.protocol.line_buffer import MAX_LINE, LineBuffer

pieces = st.sampled_from([b".", b"..", b"\r\n", b"\n", b"\r", b"a", b"\r\n.\n", b"\n.\r\n", b"\0"])
contents = st.lists(pieces, max_size=12).map(lambda found: b"".join(found) + b"\r\n")
cuts = st.lists(st.integers(0, 60), max_size=8).map(sorted)

STUFFED = {
    b"": b".\r\n",
    b"a\r\n": b"a\r\n.\r\n",
    b"a": b"a\r\n.\r\n",
    b".\r\n": b"..\r\n.\r\n",
    b"..a\r\n.b\r\n": b"...a\r\n..b\r\n.\r\n",
    b"a\n.b\r\n": b"a\n.b\r\n.\r\n",
}


@pytest.mark.parametrize(("content", "wire"), STUFFED.items())
def test_stuffing(content: bytes, wire: bytes) -> None:
    assert dot_stuffed(content) == wire


@given(contents, cuts)
def test_content_comes_back_however_it_is_cut(content: bytes, places: list[int]) -> None:
    wire = dot_stuffed(content) + b"NEXT\r\n"
    inbox = LineBuffer(1000)
    inbox.begin_content()
    found: list[bytes] = []
    for start, end in zip([0, *places], [*places, len(wire)], strict=True):
        inbox.feed(wire[start:end])
        if not found and (taken := inbox.take_content()) is not None:
            found.append(taken)
    assert found == [content]
    assert inbox.take_line() == b"NEXT"


@pytest.mark.parametrize("size", [95, 100, 101, 105, 500])
@pytest.mark.parametrize("read", [1, 3, 1000])
def test_only_content_that_is_too_long_is_refused_and_it_is_not_kept(size: int, read: int) -> None:
    wire = b"x" * (size - 2) + b"\r\n.\r\nNEXT\r\n"
    inbox = LineBuffer(100)
    inbox.begin_content()
    refused: list[str] = []
    taken: bytes | None = None
    for start in range(0, len(wire), read):
        inbox.feed(wire[start : start + read])
        try:
            taken = taken or (None if refused else inbox.take_content())
        except Refusal as refusal:
            refused.append(refusal.reply)
    assert refused == ([] if size <= 100 else ["552 5.3.4 Message too big"])
    assert inbox.take_line() == b"NEXT"


@pytest.mark.parametrize("read", [1, 100, 1 << 20])
@pytest.mark.parametrize("length", [MAX_LINE - 2, MAX_LINE - 1, MAX_LINE, 3 * MAX_LINE])
def test_only_a_line_that_is_too_long_is_refused(length: int, read: int) -> None:
    wire = b"x" * length + b"\r\nNEXT\r\n"
    inbox = LineBuffer(0)
    lines: list[bytes | str] = []
    for start in range(0, len(wire), read):
        inbox.feed(wire[start : start + read])
        try:
            while (line := inbox.take_line()) is not None:
                lines.append(line)
        except Refusal as refusal:
            lines.append(refusal.reply)
    while (line := inbox.take_line()) is not None:
        lines.append(line)
    whole = b"x" * length if length + 1 < MAX_LINE else "500 5.5.6 Line too long"
    assert lines == [whole, b"NEXT"]
