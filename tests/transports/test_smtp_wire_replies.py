"""The wire client and what a server may say: it offers too little, refuses the one thing, or answers what no one asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchkit.model.message import Message
from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import ArmSpec
from tests.transports.scripted import Script, by_script, polite

Kind = OutcomeKind
MakeArm = Callable[..., ArmSpec]
Compose = Callable[..., Message]

MISSING = [
    ("smtp none", "pipelined", b"250 bare\r\n", "PIPELINING"),
    ("smtp none", "overlapped", b"250 bare\r\n", "PIPELINING"),
    ("smtp none", "bdat-eager", b"250-x\r\n250 PIPELINING\r\n", "CHUNKING"),
    ("smtp starttls", "step", b"250 bare\r\n", "STARTTLS"),
    ("smtp none xoauth2", "step", b"250-x\r\n250 AUTH PLAIN\r\n", "AUTH XOAUTH2"),
]


@pytest.mark.parametrize(("way", "dialogue", "ehlo", "missing"), MISSING)
def test_a_capability_that_is_not_offered_is_said_before_the_first_send(
    way: str, dialogue: str, ehlo: bytes, missing: str, make_arm: MakeArm, compose_message: Compose
) -> None:
    arm = make_arm(way, client="wire", dialogue=dialogue)
    (outcome,), heard = by_script(arm, Script(polite, ehlo=ehlo), [compose_message()])
    assert (outcome.kind, outcome.code) == (Kind.REJECTED, 0)
    assert outcome.text == f"the server does not offer {missing}"
    assert not any(unit.startswith((b"MAIL", b"AUTH", b"STARTTLS")) for unit in heard)


def test_a_354_after_all_recipients_were_refused_gets_a_lone_dot(make_arm: MakeArm, compose_message: Compose) -> None:
    def answer(unit: bytes) -> bytes:
        return b"550 5.1.1 no\r\n" if unit.startswith(b"RCPT") else polite(unit)

    for dialogue in ("pipelined", "overlapped"):
        outcomes, heard = by_script(
            make_arm("smtp none", client="wire", dialogue=dialogue), Script(answer), [compose_message()] * 3
        )
        assert [outcome.kind for outcome in outcomes] == [Kind.REJECTED] * 3
        assert heard.count(b"") == 3
        assert heard.count(b"RSET") == 0


def test_a_refused_content_leaves_the_envelope_behind_it_standing(make_arm: MakeArm, compose_message: Compose) -> None:
    """RSET would be a line of the next message: the server waits for its content."""

    def answer(unit: bytes) -> bytes:
        return b"550 5.7.1 no\r\n" if b"-0000000001" in unit else polite(unit)

    arm = make_arm("smtp none", client="wire", dialogue="overlapped")
    outcomes, heard = by_script(arm, Script(answer), [compose_message(text="Hello")] * 3)
    assert [outcome.kind for outcome in outcomes] == [Kind.ACCEPTED, Kind.REJECTED, Kind.ACCEPTED]
    assert b"RSET" not in heard
    assert sum(unit.startswith(b"EHLO") for unit in heard) == 1


def test_a_reply_that_nobody_asked_for_is_never_an_acceptance(make_arm: MakeArm, compose_message: Compose) -> None:
    def answer(unit: bytes) -> bytes:
        return b"354 go\r\n250 ok\r\n" if unit.startswith(b"DATA") else polite(unit)

    for dialogue in ("step", "pipelined"):
        outcomes, _ = by_script(
            make_arm("smtp none", client="wire", dialogue=dialogue), Script(answer), [compose_message()]
        )
        assert [outcome.kind for outcome in outcomes] == [Kind.GARBLED]


def test_plaintext_behind_starttls_is_not_believed(make_arm: MakeArm, compose_message: Compose) -> None:
    def answer(unit: bytes) -> bytes:
        return b"220 go\r\n250 PIPELINING\r\n" if unit == b"STARTTLS" else polite(unit)

    script = Script(answer, ehlo=b"250-x\r\n250 STARTTLS\r\n")
    (outcome,), _ = by_script(make_arm("smtp starttls", client="wire"), script, [compose_message()])
    assert outcome.kind is Kind.GARBLED
