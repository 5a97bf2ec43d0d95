"""No lost answer becomes knowledge: every check, with every answer lost in turn, over five domains and all that is around them.

What a check says without an answer is what it says with it, or `unknown`: it makes no claim that the full answers do not make,
and where a claim of the full answers is gone, it says `unknown` and names the answer.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, replace
from functools import cache

import dkim
import pytest

from benchkit.audit import ConnectOptions, Options
from benchkit.audit.connect_probe import HttpsFile, LiveProbes, MailServer, StarttlsStage
from benchkit.audit.connect_probe.https_file import WantedFile
from benchkit.audit.message.parser import read_mail
from benchkit.audit.sending_identities import ArmIdentity
from benchkit.errors import BUG
from benchkit.model.audit import AuditReport
from benchkit.model.dns import AnswerState
from benchkit.model.finding import Finding, Status
from tests.audit.signed_mail import key
from tests.audit.worlds import FIVE, Question, World, report_of

STATES = (AnswerState.TIMEOUT, AnswerState.SERVFAIL, AnswerState.REFUSED)
SEVERAL = 40  # seeded sets of several lost answers, for each world
SIGNED = [b"from", b"to", b"subject", b"list-unsubscribe", b"list-unsubscribe-post"]


@cache
def world_of(name: str) -> tuple[World, Options]:
    """The world with the keys of a message in it, and options that let every check have something to say."""
    world = FIVE[name]
    own, provider = f"msg._domainkey.{world.domain}", "esp._domainkey.provider.example"
    added = {each: f"v=DKIM1; k={key('ed25519').tag}; p={key('ed25519').public}" for each in (own, provider)}
    octets = _message(world.domain)
    for selector, domain in ((b"msg", world.domain.encode()), (b"esp", b"provider.example")):
        octets = _signed(octets, selector, domain)
    options = Options(
        ip=world.ip,
        helo=f"mail.{world.domain}",
        mail_from=f"bounce@news.{world.domain}" if name == "office" else "",
        selectors=("msg", "lost-selector"),
        connections=ConnectOptions(),
        allow_private=True,
        blocklists=True,
        nsec_walk=True,
        mail=read_mail(octets),
        arms=(ArmIdentity("arm", world.domain, f"bounce.{world.domain}", "provider.example", unsubscribe=True),),
    )
    return replace(world, added=added), options


def _message(domain: str) -> bytes:
    lines = (
        f"From: a@{domain}",
        f"Return-Path: <bounce@{domain}>",
        "To: b@there.example",
        "Subject: Hello",
        "List-Unsubscribe: <https://list.example/u>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "",
        "Hello",
        "",
    )
    return "\r\n".join(lines).encode()


def _signed(octets: bytes, selector: bytes, domain: bytes) -> bytes:
    private = key("ed25519").private.encode()
    made = dkim.sign(
        octets,
        selector,
        domain,
        base64.b64encode(private),
        include_headers=SIGNED,
        signature_algorithm=b"ed25519-sha256",
    )
    return bytes(made) + octets


@pytest.fixture(autouse=True)
def hosts_that_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a connection shows depends on the address alone: the first address of each family serves, and in the right way."""

    async def mail_server(_: object, address: str, host: str) -> MailServer:
        return MailServer(
            host, address, 25, StarttlsStage.DONE, offered=":" not in address, tls_version="TLSv1.3", cipher="x"
        )

    async def policy_file(_: object, domain: str, addresses: Sequence[str]) -> HttpsFile:
        if not addresses:
            return HttpsFile(f"https://{domain}", error="no address")
        body = b"version: STSv1\nmode: enforce\nmax_age: 604800\nmx: mx1.shop.example\n"
        return HttpsFile(f"https://{domain}", addresses[0], answered=True, status=200, body=body)

    monkeypatch.setattr(LiveProbes, "mail_server", mail_server)

    async def https_file(_: object, wanted: WantedFile, addresses: Sequence[str]) -> HttpsFile:
        return HttpsFile(wanted.url, answered=bool(addresses), error="HTTP status 404" if addresses else "no address")

    monkeypatch.setattr(LiveProbes, "policy_file", policy_file)
    monkeypatch.setattr(LiveProbes, "https_file", https_file)


@cache
def questions(name: str) -> tuple[Question, ...]:
    """All that the audit of a world asks, of the resolver and of each name server."""
    world, options = world_of(name)
    asked: set[Question] = set()
    report_of(replace(world), options, _Noting(asked))
    return tuple(sorted(asked))


class _Noting(set[Question]):
    """Holds nothing, and notes what it is asked about."""

    def __init__(self, asked: set[Question]) -> None:
        super().__init__()
        self._asked = asked

    def __contains__(self, question: object) -> bool:
        self._asked.add(question)  # type: ignore[arg-type]
        return False


def disagreements(full: AuditReport, without: AuditReport, lost: Collection[Question]) -> Iterator[str]:
    yield from (f"summary: {unknown}" for unknown in _sums_differ(full, without))
    had, has = claims(full), claims(without)
    for claim in sorted(has - had):
        yield f"new: {claim}"
    unknown = {finding.rule.partition(".")[0] for finding in without.findings if _names_one(finding, lost)}
    for claim in sorted(had - has):
        if claim[0].partition(".")[0] not in unknown:
            yield f"gone without a word: {claim}"


def _sums_differ(full: AuditReport, without: AuditReport) -> Iterator[str]:
    """A value of the summaries is the same or not known; the keys that are listed are all there."""
    for one, other in ((full.spf, without.spf), (full.dmarc, without.dmarc)):
        for name, value in asdict(other).items():
            if name != "tree" and value not in (None, (), getattr(one, name)):
                yield f"{name}: {getattr(one, name)} became {value}"
    yield from (f"a key: {each}" for each in without.dkim if each not in full.dkim and each.status != "unknown")


def claims(report: AuditReport) -> set[tuple[str, str, str]]:
    known = [finding for finding in report.findings if finding.status is not Status.UNKNOWN]
    return {(finding.rule, finding.subject, finding.status.value) for finding in known}


def _names_one(finding: Finding, lost: Collection[Question]) -> bool:
    names = {(name, kind) for _, name, kind in lost}
    return finding.status is Status.UNKNOWN and any((each.name, each.type) in names for each in finding.evidence)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", FIVE)
def test_each_answer_lost_in_turn(name: str, state: AnswerState) -> None:
    world, options = world_of(name)
    full, wrong = report_of(world, options), []
    for question in questions(name)[STATES.index(state) :: 1 if state is AnswerState.TIMEOUT else 3]:
        if question[0] and question[2] == "SOA" and state is not AnswerState.TIMEOUT:
            continue  # a name server that refuses its own zone has said something
        without = report_of(world, options, {question}, state)
        wrong += [(question, difference) for difference in disagreements(full, without, {question})]
    assert not wrong, "\n".join(map(str, wrong[:40]))


@pytest.mark.parametrize("name", FIVE)
def test_several_answers_lost_at_once(name: str) -> None:
    world, options = world_of(name)
    full, asked, draw = report_of(world, options), questions(name), random.Random(name)
    for _ in range(SEVERAL):
        lost = set(draw.sample(asked, draw.randint(2, len(asked) // 2)))
        wrong = list(disagreements(full, report_of(world, options, lost), lost))
        assert not wrong, (lost, wrong)


@pytest.mark.parametrize("name", FIVE)
def test_the_worlds_let_the_checks_speak(name: str) -> None:
    world, options = world_of(name)
    assert len(questions(name)) > 80
    assert not [each for each in report_of(world, options).findings if BUG in each.message]
