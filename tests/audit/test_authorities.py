"""Name servers of one zone that each say their own: what counts as a difference, and what is only silence."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from benchkit.audit import Options, audit_domain
from benchkit.model.dns import Answer, AnswerState, Ask
from benchkit.model.finding import Finding
from benchkit.resolver import from_zone
from tests.audit.conftest import HEAD

RECORDS = '@ IN MX 10 mail\n@ IN TXT "v=spf1 mx -all"\n_dmarc IN TXT "v=DMARC1; p=reject"\nk1._domainkey IN TXT "v=DKIM1; p="\n'
ZONE = HEAD + RECORDS
FIRST, SECOND = "192.0.2.53", "192.0.2.54"


def failing(state: AnswerState) -> Ask:
    async def ask(name: str, type: str) -> Answer:  # noqa: A002
        return Answer(name, type, state)

    return ask


@pytest.fixture
def judged(tmp_path: Path) -> Callable[..., list[Finding]]:
    """`judged(what the second server holds, or how it fails)` → what the rule says."""

    def zone(name: str, text: str) -> Ask:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return from_zone([path])

    def run(second: str | AnswerState, *, leave: bool = True) -> list[Finding]:
        first = zone("first", ZONE)
        other = zone("second", second) if isinstance(second, str) and "\n" in second else failing(AnswerState(second))
        servers = {FIRST: first, SECOND: other}
        options = Options(allow_private=True, authorities=(lambda domain, address: servers[address]) if leave else None)
        report = asyncio.run(audit_domain("shop.example", first, options))
        return [finding for finding in report.findings if finding.rule.startswith("name_servers_agree")]

    return run


@pytest.mark.parametrize(
    ("old", "new", "rule", "subject"),
    [
        ("", "", "name_servers_agree", "shop.example"),
        ("hostmaster 1 ", "hostmaster 2 ", "name_servers_agree.serials", "shop.example"),
        ("mx -all", "mx ~all", "name_servers_agree.differs", "shop.example TXT"),
        ("p=reject", "p=none", "name_servers_agree.differs", "_dmarc.shop.example TXT"),
        ("_dmarc IN", "_other IN", "name_servers_agree.differs", "_dmarc.shop.example TXT"),
        ("MX 10 mail", "MX 20 mail", "name_servers_agree.differs", "shop.example MX"),
        ("v=DKIM1; p=", "v=DKIM1; k=rsa; p=", "name_servers_agree.differs", "k1._domainkey.shop.example TXT"),
        ("_dmarc IN TXT", '_dmarc IN CNAME x.example.\n; "', "name_servers_agree.differs", "_dmarc.shop.example TXT"),
    ],
)
def test_a_second_server(old: str, new: str, rule: str, subject: str, judged: Callable[..., list[Finding]]) -> None:
    (finding,) = judged(ZONE.replace(old, new) if old else ZONE)
    assert (finding.rule, finding.subject) == (rule, subject)
    assert len(finding.evidence) == 2


@pytest.mark.parametrize(
    ("state", "rule", "status"),
    [
        (AnswerState.REFUSED, "name_servers_agree.lame", "warn"),
        (AnswerState.SERVFAIL, "name_servers_agree.lame", "warn"),
        (AnswerState.TIMEOUT, "name_servers_agree", "unknown"),
        (AnswerState.MALFORMED, "name_servers_agree", "unknown"),
    ],
)
def test_a_server_that_does_not_answer(
    state: AnswerState, rule: str, status: str, judged: Callable[..., list[Finding]]
) -> None:
    (finding,) = judged(state)
    assert (finding.rule, finding.status, finding.subject) == (rule, status, f"ns2.shop.example [{SECOND}]")


def test_nobody_is_asked_without_leave(judged: Callable[..., list[Finding]]) -> None:
    assert judged(AnswerState.REFUSED, leave=False) == []
