"""Small laws of the nouns: secrets do not show, digests tell apart, identities fit their place."""

from __future__ import annotations

import pickle
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from benchkit.model.identity import PLACEHOLDER, find_identity, split_at_identity, token_of
from benchkit.model.message import Address, Attachment, Content, canonical_text
from benchkit.model.secret import Secret

TEXT = st.text(max_size=20)
ADDRESSES = st.lists(st.builds(Address, TEXT, TEXT), max_size=3).map(tuple)
CONTENTS = st.builds(
    Content,
    subject=TEXT,
    sender=st.builds(Address, TEXT, TEXT),
    to=ADDRESSES,
    text=TEXT,
    html=TEXT,
    cc=ADDRESSES,
    reply_to=ADDRESSES,
    attachments=st.lists(st.builds(Attachment, TEXT, TEXT, st.binary(max_size=9), TEXT), max_size=2).map(tuple),
)


def test_a_secret_shows_itself_to_nobody_who_does_not_ask() -> None:
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {[secret]} {{'a': secret}}"
    assert pickle.loads(pickle.dumps(secret)).reveal() == "hunter2"  # it crosses the pipe to the worker


@given(CONTENTS, CONTENTS)
def test_equal_digests_are_equal_content(one: Content, other: Content) -> None:
    assert (one.digest == other.digest) == (one == other)


@given(CONTENTS, TEXT)
def test_what_moves_from_one_field_to_the_next_changes_the_digest(content: Content, moved: str) -> None:
    first = replace(content, text=content.text + moved, html=content.html)
    second = replace(content, text=content.text, html=moved + content.html)
    assert (first.digest == second.digest) == (first == second)


@given(st.text())
def test_canonical_text_is_idempotent_and_blind_to_line_ends(text: str) -> None:
    once = canonical_text(text)
    assert canonical_text(once) == once
    assert canonical_text(once.replace("\n", "\r\n")) == once


@given(st.integers(0, 10**10 - 1), st.binary(max_size=30), st.integers(0, 4))
def test_an_identity_fits_its_place_and_is_found_again(send: int, around: bytes, places: int) -> None:
    token = token_of("0badcafe", send)
    assert len(token) == len(PLACEHOLDER)
    around = around.replace(b"bk", b"")
    rendered = PLACEHOLDER.join([around] * (places + 1))
    sent = token.join(split_at_identity(rendered))
    assert len(sent) == len(rendered)
    assert find_identity(sent) == ((token, "0badcafe", send) if places else None)
