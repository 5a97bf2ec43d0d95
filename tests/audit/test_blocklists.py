"""Blocklists are believed only when they work: refusals, rewriting resolvers and dead lists are unknown, never listings."""

from __future__ import annotations

import asyncio

import pytest

from benchkit.audit import Options, audit_domain
from benchkit.audit.aggregate_reports import collect
from benchkit.audit.tables.blocklists import BLOCKLISTS, is_listing, question
from benchkit.model.dns import Answer, AnswerState, Record
from tests.audit.reports.aggregate import report, row

ADDRESS = "192.0.2.25"


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("192.0.2.25", "25.2.0.192.zen.example"),
        ("2001:db8::1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.zen.example"),
    ],
)
def test_question(address: str, name: str) -> None:
    assert question(address, "zen.example") == name


@pytest.mark.parametrize(
    ("code", "listing"),
    [("127.0.0.2", True), ("127.0.0.10", True), ("127.255.255.254", None), ("127.0.0.1", None), ("203.0.113.9", None)],
)
def test_reply_code(code: str, listing: bool | None) -> None:
    assert is_listing(code, BLOCKLISTS[0]) is listing


@pytest.mark.parametrize(
    ("replies", "case"),
    [
        ({"2.0.0.127": "127.0.0.2", "25.2.0.192": "127.0.0.4"}, "blocklisted.listed"),
        ({"2.0.0.127": "127.0.0.2"}, "blocklisted"),
        ({}, "blocklisted.not_working"),
        ({"2.0.0.127": "127.0.0.2", "1.0.0.127": "127.0.0.2"}, "blocklisted.not_working"),  # lists everything
        ({"2.0.0.127": "127.255.255.254", "25.2.0.192": "127.255.255.254"}, "blocklisted.not_working"),
        ({"2.0.0.127": "203.0.113.9", "25.2.0.192": "203.0.113.9"}, "blocklisted.not_working"),
    ],
)
def test_list(replies: dict[str, str], case: str) -> None:
    zone = BLOCKLISTS[0].zone

    async def ask(name: str, type: str) -> Answer:  # noqa: A002
        text = {("shop.example", "TXT"): f"v=spf1 ip4:{ADDRESS} -all"}.get((name, type), "")
        if type == "A" and name.endswith(zone):
            text = replies.get(name.removesuffix(f".{zone}"), "")
        records = (Record(type, text, (text.encode(),)),) if text else ()
        return Answer(name, type, AnswerState.OK if records else AnswerState.NXDOMAIN, records)

    report = asyncio.run(audit_domain("shop.example", ask, Options(blocklists=True)))
    rules = [each.rule for each in report.findings if each.subject in (zone, ADDRESS) and "blocklisted" in each.rule]
    assert rules == [case]


def test_addresses_that_send_are_asked_about() -> None:
    """Small networks one by one, the address of --ip, and the sources that pass in receivers' reports."""
    reports = collect([("r", report(row("198.18.0.1", 5), row("198.18.0.2", 5, dkim="fail", spf="fail")))])
    asked: set[str] = set()

    async def ask(name: str, type: str) -> Answer:  # noqa: A002
        asked.add(name)
        text = {("shop.example", "TXT"): "v=spf1 ip4:8.8.8.0/30 ip4:9.9.0.0/16 -all"}.get((name, type), "")
        text = "127.0.0.2" if name.startswith("2.0.0.127.") and type == "A" else text
        records = (Record(type, text, (text.encode(),)),) if text else ()
        return Answer(name, type, AnswerState.OK if text else AnswerState.NXDOMAIN, records)

    zone = BLOCKLISTS[0].zone
    asyncio.run(audit_domain("shop.example", ask, Options(blocklists=True, ip="8.8.4.4", reports=reports)))
    found = {name.removesuffix(f".{zone}") for name in asked if name.endswith(f".{zone}")}
    assert {"4.4.8.8", *(f"{number}.8.8.8" for number in range(4))} <= found
    assert not any(name.endswith("9.9") for name in found)
