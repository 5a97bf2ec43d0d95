"""Whatever the DNS says, the audit ends in findings: no traceback, no endless walk, nothing unknown taken for missing."""

from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchkit.audit import Options, audit_domain
from benchkit.errors import BUG
from benchkit.model.audit import AuditReport
from benchkit.model.dns import Answer, AnswerState, Ask, Record
from benchkit.model.finding import Status
from benchkit.report.audit_csv import to_csv
from benchkit.report.audit_json import to_json
from benchkit.report.audit_junit import to_junit
from benchkit.report.audit_markdown import to_markdown

SEEDS = (
    b"v=spf1 include:%{i}.%{d} a mx ptr exists:%{l1r-}.x redirect=shop.example -all",
    b"v=spf1 include:shop.example include:b.shop.example ip4:1.2.3.4/0 ip6:::/0 +all",
    b"v=DMARC1; p=reject; sp=none; np=x; rua=mailto:a@b.example!10m,https://x; t=y; psd=y; pct=200",
    b"v=DKIM1; k=rsa; t=y:s; h=sha1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQ",
    b"v=STSv1; id=1;",
    b"v=TLSRPTv1; rua=mailto:a@b.example",
    b"v=BIMI1; l=https://x/y.svg; a=",
    b"\x00\xff;=;;=\\\"'" * 20,
    b"v=spf1 " + b"a:x " * 25_000,
)
STATES = list(AnswerState)


def mutated(source: random.Random) -> bytes:
    octets = bytearray(source.choice(SEEDS))
    for _ in range(source.randrange(6)):
        octets[source.randrange(len(octets))] = source.randrange(256)
    return bytes(octets)


def hostile(seed: int) -> Ask:
    """Answers that no one would give, but the same to the same question."""

    async def ask(name: str, type: str) -> Answer:  # noqa: A002
        source = random.Random(f"{seed}/{name}/{type}")
        state = source.choices(STATES, [12, 2, 2, 1, 1, 1, 1])[0]
        if state is not AnswerState.OK:
            return Answer(name, type, state)
        records = tuple(_record(source, type) for _ in range(source.randrange(1, 4)))
        return Answer(name, type, state, records, cnames=("loop.shop.example",) * source.randrange(3))

    return ask


def _record(source: random.Random, type: str) -> Record:  # noqa: A002
    target = source.choice(
        ["", ".", "shop.example", "x" * 300, "192.0.2.1", "a..b", "\\000.example", "mail.shop.example"]
    )
    if type == "TXT":
        text = mutated(source)
        return Record(type, text.decode("latin-1"), tuple(text[at : at + 255] for at in range(0, len(text), 255)))
    address = {"A": "192.0.2.1", "AAAA": "2001:db8::1"}.get(type)
    return Record(
        type, address or f"{source.randrange(70_000)} {target}", target=target, preference=source.randrange(9)
    )


def audited(ask: Ask, **options: object) -> AuditReport:
    return asyncio.run(audit_domain("shop.example", ask, Options(**options)))  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(60))
def test_any_answers_end_in_findings(seed: int) -> None:
    report = audited(hostile(seed), ip="192.0.2.1")
    assert report.findings
    assert not [finding.message for finding in report.findings if BUG in finding.message]
    assert report.queries <= 1_000
    for form in (to_json, lambda each: to_csv([each]), lambda each: to_markdown([each]), lambda each: to_junit([each])):
        assert form(report)


@given(st.binary(max_size=600))
@settings(max_examples=60)
def test_any_text_everywhere(octets: bytes) -> None:
    async def ask(name: str, type: str) -> Answer:  # noqa: A002
        found = (Record("TXT", "", (octets,)),) if type == "TXT" else ()
        return Answer(name, type, AnswerState.OK if found else AnswerState.NODATA, found)

    assert not [each.message for each in audited(ask).findings if BUG in each.message]


@pytest.mark.parametrize("state", [state for state in AnswerState if not state.known])
def test_silence_is_unknown_and_never_missing(state: AnswerState) -> None:
    async def ask(name: str, type: str) -> Answer:  # noqa: A002
        return Answer(name, type, state, ede=("22 No Reachable Authority",))

    report = audited(ask, selectors=("s1",), ip="192.0.2.1")
    assert {finding.status for finding in report.findings} <= {Status.UNKNOWN, Status.INFO}
    assert (report.verdict, report.score, report.deductions) == (Status.UNKNOWN, None, ())
    assert all("22 No Reachable Authority" in each.message for each in report.findings if each.evidence)
