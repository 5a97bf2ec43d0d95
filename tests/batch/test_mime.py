"""to_mime and from_mime are inverse for any content, and from_mime takes anything or raises ValueError."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from benchkit.batch.reader import from_mime
from benchkit.batch.writer import to_mime
from benchkit.model.identity import PLACEHOLDER, split_at_identity
from benchkit.model.message import Address, Attachment, Content, canonical_text

_CHARACTERS = st.characters(exclude_categories=["Cs"])
_AWKWARD = st.sampled_from(
    [
        "\n.",
        "\n..\n",
        "From ",
        "\nFrom here",
        " \n",
        "\t\n",
        "=",
        "=?utf-8?q?x?=",
        "x" * 1200,
        "--",
        "é",
        "日本語",
        "😀",
        "\x00",
        "\f",
    ]
)
_TEXT = st.lists(st.one_of(_AWKWARD, st.text(_CHARACTERS, max_size=30)), max_size=8).map("".join).map(canonical_text)
_LINE = st.one_of(st.text(_CHARACTERS, max_size=120), st.lists(_AWKWARD, max_size=4).map("".join))
_ADDRESS = st.builds(
    Address,
    name=_LINE,
    addr=st.sampled_from(["a@b.example", "no.reply+x@xn--bcher-kva.example", "müller@b.example", "o'neil@b.example"]),
)
_ATTACHMENT = st.builds(
    Attachment,
    name=st.text(_CHARACTERS, max_size=60),
    content_type=st.sampled_from(["application/pdf", "text/plain", "text/html", "image/png", "text/x-odd+type"]),
    data=st.binary(max_size=300),
    content_id=st.sampled_from(["", "", "logo.png", "a@b"]),
)
_CONTENT = st.builds(
    Content,
    subject=_LINE,
    sender=_ADDRESS,
    to=st.lists(_ADDRESS, max_size=3).map(tuple),
    cc=st.lists(_ADDRESS, max_size=2).map(tuple),
    reply_to=st.lists(_ADDRESS, max_size=1).map(tuple),
    text=_TEXT,
    html=_TEXT,
    attachments=st.lists(_ATTACHMENT, max_size=4).map(tuple),
)


@given(_CONTENT)
def test_every_content_survives_the_way_there_and_back(content: Content) -> None:
    assert from_mime(to_mime(content)) == content


@given(_CONTENT)
def test_every_line_ends_in_crlf_and_is_short_enough(content: Content) -> None:
    raw = to_mime(content)
    assert raw.count(b"\n") == raw.count(b"\r") == raw.count(b"\r\n")
    assert raw.endswith(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert len(split_at_identity(raw)) == 3
    assert raw.startswith(b"X-Benchkit-Id: " + PLACEHOLDER + b"\r\nMessage-ID: <" + PLACEHOLDER)


@given(st.binary(max_size=400))
def test_garbage_is_read_or_refused_with_a_value_error(raw: bytes) -> None:
    with suppress(ValueError):
        assert len(from_mime(raw).digest) == 16
