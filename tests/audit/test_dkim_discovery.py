"""Where keys are looked for: below a name that the zone denies only where one is likely, else everywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from benchkit.audit import Options, audit_domain
from benchkit.audit.tables.provider_signatures import COMMON, LIKELIEST
from benchkit.model.audit import AuditReport
from benchkit.model.dns import Answer, AnswerState, Ask, Record

DOMAIN, BASE = "shop.example", "_domainkey.shop.example"
KEY = (Record("TXT", '"v=DKIM1; p="', (b"v=DKIM1; p=",)),)
SPF = (Record("TXT", '"v=spf1 include:servers.mcsv.net -all"', (b"v=spf1 include:servers.mcsv.net -all",)),)


def zone(asked: list[str], base: AnswerState, *, holds: str = "", compact: bool = False) -> Ask:
    """Below `_domainkey`, which answers with `base`, all is denied but `holds`."""

    async def ask(name: str, type: str) -> Answer:  # noqa: A002
        if name.endswith(BASE):
            asked.append(name.removesuffix(BASE).removesuffix("."))
        if (name, type) == (DOMAIN, "TXT"):
            return Answer(name, type, AnswerState.OK, SPF)
        if holds and name == f"{holds}.{BASE}":
            return Answer(name, type, AnswerState.OK, KEY)
        return Answer(name, type, base if name == BASE else AnswerState.NXDOMAIN, compact_denial=compact)

    return ask


def audited(ask: Ask, selectors: Sequence[str] = ()) -> AuditReport:
    return asyncio.run(audit_domain(DOMAIN, ask, Options(selectors=tuple(selectors))))


def rules(report: AuditReport) -> set[str]:
    return {finding.rule for finding in report.findings if finding.rule.startswith("dkim_selectors")}


def test_below_a_denied_name_only_likely_ones_are_asked() -> None:
    asked: list[str] = []
    report = audited(zone(asked, AnswerState.NXDOMAIN), ["mine"])
    assert {"mine", "shop", "k2", "k3", *LIKELIEST} < set(asked)  # given, derived, the provider's in SPF, the likeliest
    assert len(asked) < 20
    assert rules(report) == {"dkim_selectors.none_can_exist", "dkim_selectors.given_missing"}


@pytest.mark.parametrize("name", LIKELIEST)
def test_a_server_that_denies_too_much_does_not_hide_a_key(name: str) -> None:
    report = audited(zone([], AnswerState.NXDOMAIN, holds=name))
    assert [key.selector for key in report.dkim] == [name]
    assert "dkim_selectors.none_can_exist" not in rules(report)


@pytest.mark.parametrize(("base", "compact"), [(AnswerState.NODATA, False), (AnswerState.NXDOMAIN, True)])
def test_where_there_may_be_keys_all_common_names_are_asked(base: AnswerState, compact: bool) -> None:
    asked: list[str] = []
    report = audited(zone(asked, base, compact=compact))
    assert set(COMMON) <= set(asked)
    assert rules(report) == {"dkim_selectors.not_found"}
