"""Blocklists are believed only when they work: refusals, rewriting resolvers and dead lists are unknown, never listings."""

from __future__ import annotations

import asyncio

import pytest

from benchkit.audit import Options, audit_domain
from benchkit.audit.tables.blocklists import BLOCKLISTS, is_listing, question
from benchkit.model.dns import Answer, AnswerState, Record

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
