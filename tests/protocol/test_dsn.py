"""Delivery status notifications: what is said can be read back, whatever the envelope's name and the addresses are."""

from __future__ import annotations

import re
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.model.scenario import Dsn
from benchkit.protocol.commands import parse_mail, parse_rcpt
from benchkit.protocol.prepared_message import dsn_needs, dsn_of_mail, dsn_of_rcpt, original_recipient, xtext

SAFE = re.compile(r"[!-*,-<>-~]|\+[0-9A-F]{2}")
WORDS = ("success", "failure", "delay")
NOTIFY = [("never",), *chain.from_iterable(combinations(WORDS, count) for count in range(4))]


def from_xtext(text: str) -> str:
    return re.sub(r"\+(..)", lambda escape: chr(int(escape[1], 16)), text)


def from_unitext(text: str) -> str:
    return re.sub(r"\\x\{(\w+)\}", lambda escape: chr(int(escape[1], 16)), text)


@given(st.text(st.characters(max_codepoint=127)))
def test_xtext_says_all_of_ascii_in_safe_characters(text: str) -> None:
    assert from_xtext(xtext(text)) == text
    assert SAFE.sub("", xtext(text)) == ""


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_an_original_recipient_can_be_read_back(address: str) -> None:
    kind, _, said = original_recipient(address).partition(";")
    assert kind == ("rfc822" if address.isascii() else "utf-8")
    assert (from_xtext if address.isascii() else from_unitext)(said) == address
    assert SAFE.sub("", said) == ""


@given(
    st.sampled_from(["", "full", "hdrs"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=100),
    st.sampled_from(NOTIFY),
    st.booleans(),
    st.from_regex(r"[A-Za-z+=/~-]{1,20}", fullmatch=True),
)
def test_a_server_takes_whatever_is_asked(
    ret: str, envid: str, notify: tuple[str, ...], orcpt: bool, local: str
) -> None:
    asked, to = Dsn(ret, envid, notify, orcpt), f"{local}@b.example"
    assert parse_mail(" ".join(["FROM:<a@b.example>", *dsn_of_mail(asked)]).encode()).path == b"a@b.example"
    assert parse_rcpt(" ".join([f"TO:<{to}>", *dsn_of_rcpt(asked, to)]).encode(), False) == to.encode()
    assert bool(dsn_of_mail(asked) + dsn_of_rcpt(asked, to)) == bool(dsn_needs(asked))


@pytest.mark.parametrize(
    ("asked", "mail", "rcpt"),
    [
        (Dsn(), (), ()),
        (Dsn(envid="{identity}=1"), ("ENVID=bk00000000-0000000000+3D1",), ()),
        (Dsn(ret="hdrs", envid="news = 7"), ("RET=HDRS", "ENVID=news+20+3D+207"), ()),
        (Dsn(notify=("failure", "delay")), (), ("NOTIFY=FAILURE,DELAY",)),
        (Dsn(orcpt=True), (), ("ORCPT=rfc822;a+2Bb@c.example",)),
    ],
)
def test_what_is_said(asked: Dsn, mail: tuple[str, ...], rcpt: tuple[str, ...]) -> None:
    assert dsn_of_mail(asked) == mail
    assert dsn_of_rcpt(asked, "a+b@c.example") == rcpt
