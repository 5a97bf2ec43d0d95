"""The verifier against dkimpy on 600 messages that dkimpy has signed: the same result for each signature, or a row of SETTLED.

Each row is a class of differences that the RFC settles. A difference in no row fails; so does a row that no message shows.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace

import dkim
import pytest

from benchkit.audit.dkim.verify import DkimResult, verify
from benchkit.audit.message.parser import read_mail
from benchkit.model.dns import Answer, AnswerState, Record
from tests.audit.signed_mail import DEEDS, NOW_S, Signed, signed

MESSAGES = 600
FAILS = (
    "body hash mismatch",
    "x= value is past",
)  # of what dkimpy raises; the rest can never be good (RFC 8601 §2.7.1)


@dataclass(frozen=True, slots=True)
class Judged:
    """What both say of one signature of a message."""

    signed: Signed
    ours: str
    reason: str
    theirs: str
    problem: str


@dataclass(frozen=True, slots=True)
class Row:
    """`deeds` is where the difference may show, empty for anywhere; `right` is benchkit, or both where it is left open."""

    deeds: tuple[str, ...]
    ours: str
    theirs: str
    right: str
    rfc: str
    shows: Callable[[Judged], bool] = lambda each: True

    def covers(self, each: Judged) -> bool:
        same = (each.ours, each.theirs) == (self.ours, self.theirs)
        return same and (not self.deeds or each.signed.deed in self.deeds) and self.shows(each)


SETTLED = (
    Row(
        ("From is not signed",),
        "permerror",
        "pass",
        "benchkit",
        "RFC 6376 §6.1.1: without From in h=, 'return PERMFAIL (From field not signed)'",
    ),
    Row(
        ("rsa-sha1",),
        *("permerror", "pass", "benchkit"),
        "RFC 8301 §3.1: 'rsa-sha1 MUST NOT be used for signing or verifying'",
    ),
    Row(
        ("key h=sha1",),
        *("permerror", "pass", "benchkit"),
        "RFC 6376 §6.1.2: a hash that h= of the key leaves out is PERMFAIL (inappropriate hash algorithm)",
    ),
    Row(
        ("key t=s",),
        *("permerror", "pass", "benchkit"),
        "RFC 6376 §3.6.1: with the flag s, the domain of i= 'MUST NOT be a subdomain of \"d=\"'",
    ),
    Row(
        ("key s=email among others",),
        *("pass", "permerror", "benchkit"),
        "RFC 6376 §3.6.1: s= is 'A colon-separated list of service types'; 'Unrecognized service types MUST be ignored'",
    ),
    Row(
        ("q= of two",),
        *("pass", "permerror", "benchkit"),
        "RFC 6376 §3.5: q= is 'A colon-separated list of query methods'; 'Unrecognized query mechanisms MUST be ignored'",
    ),
    Row(
        ("l= beyond the body",),
        *("permerror", "pass", "benchkit"),
        "RFC 6376 §3.5: l= 'MUST NOT be larger than the actual number of octets in the canonicalized message body'",
    ),
    Row(
        ("x= is t=",),
        *("permerror", "pass", "benchkit"),
        "RFC 6376 §3.5: x= 'MUST be greater than the value of the \"t=\" tag if both are present'",
    ),
    Row(
        ("expired an hour ago",),
        *("fail", "pass", "both"),
        "RFC 6376 §3.5: 'Signatures MAY be considered invalid if the verification time at the Verifier is past the "
        "expiration date', and receivers 'MAY add a 'fudge factor''; "
        "dkimpy forgives ten hours",
    ),
    Row(
        ("signed in the future",),
        *("pass", "permerror", "both"),
        "RFC 6376 §3.5: 'Implementations MAY ignore signatures that have a timestamp in the future'",
    ),
    Row(
        ("an octet is another",),
        *("permerror", "fail", "both"),
        "RFC 6376 §6.1 wants a result 'semantically equivalent to performing them in the indicated order': "
        "an octet in the signature field itself has two faults, and §6.1.1, which comes first, calls it a syntax error",
        lambda each: "only ASCII" in each.reason,
    ),
    Row(
        (),
        *("fail", "pass", "benchkit"),
        "RFC 6376 §3.4.4: 'Ignore all whitespace at the end of lines'; the last line is one too when its CRLF is missing",
        lambda each: each.signed.octets.endswith(b"without its end \t") and "body" in each.reason,
    ),
)


@pytest.fixture(scope="module")
def judged() -> list[Judged]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dkim, "time", SimpleNamespace(time=lambda: NOW_S))
        return [each for seed in range(MESSAGES) for each in judge(signed(seed))]


def judge(message: Signed) -> Iterator[Judged]:
    async def ask(name: str, type: str) -> Answer:  # noqa: A002
        text = message.records.get(name, "")
        records = (Record("TXT", text, (text.encode(),)),) if text else ()
        state = AnswerState.TIMEOUT if text is None else AnswerState.OK if records else AnswerState.NXDOMAIN
        return Answer(name, type, state, records)

    for index, ours in enumerate(asyncio.run(verify(read_mail(message.octets), ask, NOW_S))):
        yield Judged(message, ours.result, ours.reason, *dkimpy(message, index))


def dkimpy(message: Signed, index: int) -> tuple[str, str]:
    """Its verdict in words of RFC 8601, and its own words. It returns False for some errors, and says in its log for which."""

    def text(name: bytes, timeout: float) -> bytes:
        found = message.records.get(name.decode().rstrip("."), "")
        if found is None:
            raise dkim.DnsTimeoutError("timeout")
        return found.encode()

    log = Log()
    try:
        if dkim.DKIM(message.octets, logger=log.logger).verify(idx=index, dnsfunc=text):
            return "pass", ""
    except Exception as error:
        # a key of another kind than a= says makes it raise whatever its libraries raise
        return "fail" if str(error).startswith(FAILS) else "permerror", str(error)
    return "temperror" if "Timeout" in log.said else "permerror" if log.said else "fail", log.said


class Log(logging.Handler):
    """What dkimpy has logged last."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said = ""
        self.logger = logging.Logger("dkimpy in a test", logging.ERROR)
        self.logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.said = record.getMessage()


def test_every_difference_is_settled(judged: list[Judged]) -> None:
    differing = [each for each in judged if each.ours != each.theirs]
    unsettled = [each for each in differing if not any(row.covers(each) for row in SETTLED)]
    assert not [(each.signed.deed, each.ours, each.reason, each.theirs, each.problem) for each in unsettled]
    assert not [row.rfc for row in SETTLED if not any(row.covers(each) for each in differing)]


def test_messages_meet_every_deed_and_result(judged: list[Judged]) -> None:
    assert {each.signed.deed for each in judged} == set(DEEDS)
    assert {each.ours for each in judged} == set(DkimResult)
    untouched = [each for each in judged if each.signed.deed == "nothing"]
    assert {each.theirs for each in untouched} == {"pass"}
