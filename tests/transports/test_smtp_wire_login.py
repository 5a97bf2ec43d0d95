"""The wire client logs in: to the byte, by each mechanism."""

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

LOGINS = [
    ("plain", {}, [b"AUTH PLAIN AHVzZXIAcGFzc3dvcmQ="]),
    ("login", {b"AUTH": b"334 UGFzc3dvcmQ6\r\n"}, [b"AUTH LOGIN dXNlcg==", b"cGFzc3dvcmQ="]),
    (
        "cram-md5",
        {b"AUTH": b"334 PDFAeD4=\r\n"},
        [b"AUTH CRAM-MD5", b"dXNlciBjZWQ2MWE1MmZmNWY0MDQwYTI5MmRiMDRkNWI4ZjEyNQ=="],
    ),
    ("xoauth2", {}, [b"AUTH XOAUTH2 dXNlcj11c2VyAWF1dGg9QmVhcmVyIHBhc3N3b3JkAQE="]),
]


@pytest.mark.parametrize(("mechanism", "challenges", "said"), LOGINS)
def test_logins(
    mechanism: str, challenges: dict[bytes, bytes], said: list[bytes], make_arm: MakeArm, compose_message: Compose
) -> None:
    def answer(unit: bytes) -> bytes:
        if unit == said[-1]:
            return b"235 ok\r\n"
        return challenges.get(unit[:4]) or polite(unit)

    arm = make_arm(f"smtp none {mechanism}", client="wire")
    (outcome,), heard = by_script(arm, Script(answer), [compose_message()])
    assert outcome.kind is Kind.ACCEPTED
    assert heard[1 : 1 + len(said)] == said


def test_a_refused_xoauth2_answers_the_error_with_an_empty_line(make_arm: MakeArm, compose_message: Compose) -> None:
    def answer(unit: bytes) -> bytes:
        if unit.startswith(b"AUTH"):
            return b"334 eyJzdGF0dXMiOiI0MDEifQ==\r\n"
        return b"535 5.7.8 no\r\n" if unit == b"" else polite(unit)

    (outcome,), heard = by_script(make_arm("smtp none xoauth2", client="wire"), Script(answer), [compose_message()])
    assert (outcome.kind, outcome.code) == (Kind.REJECTED, 535)
    assert heard[2] == b""
