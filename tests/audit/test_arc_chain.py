"""ARC chains: what verifies and what does not, beside dkimpy's verdict on the same message."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping

import dkim
import pytest

from benchkit.audit.dkim.arc_chain import ArcResult, verify_arc
from benchkit.audit.message.parser import read_mail
from benchkit.model.dns import Answer, AnswerState, Ask, Record
from tests.audit.arc_mail import records, sealed

MUTATIONS = 150


def dns(keys: Mapping[str, str], lost: str = "") -> Ask:
    async def ask(name: str, type: str) -> Answer:  # noqa: A002
        if name == lost:
            return Answer(name, type, AnswerState.TIMEOUT)
        text = keys.get(name)
        found = (Record("TXT", text, (text.encode(),)),) if text else ()
        return Answer(name, type, AnswerState.OK if found else AnswerState.NXDOMAIN, found)

    return ask


def ours(octets: bytes, keys: Mapping[str, str], lost: str = "") -> tuple[str, str]:
    found = asyncio.run(verify_arc(read_mail(octets), dns(keys, lost)))
    return (found.result.value, found.reason) if found else ("none", "")


def theirs(octets: bytes, keys: Mapping[str, str]) -> str:
    def text(name: bytes, timeout: int = 5) -> bytes | None:
        found = keys.get(name.decode().rstrip("."))
        return found.encode() if found else None

    try:
        cv, _, _ = dkim.arc_verify(octets, dnsfunc=text)
    except (dkim.DKIMException, ValueError):  # fields that are none, base64 that is none
        return "fail"
    return cv.decode() if cv else "fail"


CASES: dict[str, tuple[bytes, str]] = {
    "one set": (sealed(1), "pass"),
    "three sets": (sealed(3), "pass"),
    "the body changed": (sealed(2).replace(b"more", b"less"), "fail"),
    "a header field changed": (sealed(2).replace(b"Subject: Hello", b"Subject: Bye"), "fail"),
    "blanks changed": (sealed(2).replace(b"Subject: Hello", b"Subject:   Hello "), "pass"),
    "an unsigned field added": (b"X-More: x\r\n" + sealed(2), "pass"),
    "the first results changed": (
        sealed(2).replace(b"i=1; mx.example; spf=pass", b"i=1; mx.example; spf=fail"),
        "fail",
    ),
    "the last results changed": (sealed(2).replace(b"i=2; mx.example; spf=pass", b"i=2; mx.example; spf=fail"), "fail"),
    "the second says none": (sealed(2, cv2="none"), "fail"),
    "the first says pass": (sealed(1, cv1="pass"), "fail"),
    "the last says fail": (sealed(2, cv2="fail"), "fail"),
    "a set is missing": (
        b"".join(line + b"\r\n" for line in sealed(2).split(b"\r\n")[:-1] if b"i=1" not in line),
        "fail",
    ),
    "no set": (b"From: a@shop.example\r\n\r\nHi\r\n", "none"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_chain(name: str) -> None:
    octets, result = CASES[name]
    keys = records(3)
    assert ours(octets, keys)[0] == result
    assert theirs(octets, keys) == result


@pytest.mark.parametrize("seed", range(MUTATIONS))
def test_one_octet_of_a_set_changed(seed: int) -> None:
    """Whatever octet it is, both verifiers come to the same; a changed sealed octet never passes."""
    draw = random.Random(seed)
    octets = bytearray(sealed(2))
    place = draw.randrange(octets.index(b"From: "))
    octets[place] = draw.choice(b"abz09=;: ")
    keys = records(2)
    result, reason = ours(bytes(octets), keys)
    if result != theirs(bytes(octets), keys):
        assert result == "fail", (reason, bytes(octets[max(0, place - 20) : place + 20]))  # stricter: tags and names


@pytest.mark.parametrize("instance", [1, 2])
def test_a_key_that_does_not_answer_is_no_failure(instance: int) -> None:
    lost = f"arc._domainkey.list{instance}.example"
    assert ours(sealed(2), records(2), lost)[0] == ArcResult.TEMPERROR


def test_the_wrong_key_and_none() -> None:
    swapped = dict(zip(records(2), reversed(list(records(2).values())), strict=True))
    assert ours(sealed(2), swapped)[0] == theirs(sealed(2), swapped) == "fail"
    assert ours(sealed(2), {})[0] == "fail"
