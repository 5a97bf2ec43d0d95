"""The DNS tree walk of RFC 9989 §4.10 as tables: names asked, organizational domain, policy, alignment."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.alignment import alignment
from benchkit.audit.dmarc.policy import effective_policy
from benchkit.audit.dmarc.walk import names, walk
from benchkit.model.dns import Answer, AnswerState, Record


def context(records: Mapping[str, str], unanswered: frozenset[str] = frozenset()) -> AuditContext:
    async def ask(name: str, type: str) -> Answer:  # noqa: A002
        if name in unanswered:
            return Answer(name, type, AnswerState.TIMEOUT)
        texts = [text for text in records.get(name, "").split("|") if text] if type == "TXT" else []
        found = tuple(Record("TXT", text, (text.encode(),)) for text in texts)
        return Answer(name, type, AnswerState.OK if found else AnswerState.NXDOMAIN, found)

    return AuditContext("a.b.example.com", ask)


@pytest.mark.parametrize(
    ("start", "asked"),
    [
        ("com", ["com"]),
        ("a.b.example.com", ["a.b.example.com", "b.example.com", "example.com", "com"]),
        (
            "a.b.c.d.e.f.g.h",
            ["a.b.c.d.e.f.g.h", "b.c.d.e.f.g.h", "c.d.e.f.g.h", "d.e.f.g.h", "e.f.g.h", "f.g.h", "g.h", "h"],
        ),
        (
            "a.b.c.d.e.f.g.h.i.j.mail.example.com",
            [
                "a.b.c.d.e.f.g.h.i.j.mail.example.com",
                *("g.h.i.j.mail.example.com", "h.i.j.mail.example.com", "i.j.mail.example.com", "j.mail.example.com"),
                *("mail.example.com", "example.com", "com"),
            ],
        ),
    ],
)
def test_names(start: str, asked: list[str]) -> None:
    assert list(names(start)) == asked
    assert len(asked) <= 8


P = "v=DMARC1; p=reject"


@pytest.mark.parametrize(
    ("records", "organization", "policy_at"),
    [
        ({}, "a.b.example.com", None),
        ({"_dmarc.example.com": P}, "example.com", "example.com"),
        ({"_dmarc.a.b.example.com": P, "_dmarc.example.com": P}, "example.com", "a.b.example.com"),
        ({"_dmarc.b.example.com": P + "; psd=n", "_dmarc.example.com": P}, "b.example.com", "b.example.com"),
        ({"_dmarc.com": P + "; psd=y"}, "example.com", "com"),
        ({"_dmarc.com": P + "; psd=y", "_dmarc.example.com": P}, "example.com", "example.com"),
        ({"_dmarc.example.com": P + "; psd=u"}, "example.com", "example.com"),
        ({"_dmarc.b.example.com": f"{P}|{P}", "_dmarc.example.com": P}, "example.com", "example.com"),
        ({"_dmarc.b.example.com": "v=DMARC1; adkim=s", "_dmarc.example.com": P}, "example.com", "example.com"),
        ({"_dmarc.b.example.com": "v=DMARC1; psd=n", "_dmarc.example.com": P}, "b.example.com", None),
        ({"_dmarc.a.b.example.com": "v=DMARC1; adkim=s", "_dmarc.example.com": P}, "example.com", None),
        ({"_dmarc.example.com": "v=DMARC1", "_dmarc.com": P + "; psd=y"}, "example.com", None),
        ({"_dmarc.a.b.example.com": P + "; psd=y"}, "a.b.example.com", "a.b.example.com"),
        ({"_dmarc.a.b.example.com": P + "; psd=y", "_dmarc.example.com": P}, "example.com", "a.b.example.com"),
        ({"_dmarc.a.b.example.com": P + "; psd=n", "_dmarc.example.com": P}, "a.b.example.com", "a.b.example.com"),
        ({"_dmarc.b.example.com": P, "_dmarc.com": P + "; psd=y"}, "example.com", "com"),
    ],
)
def test_organization_and_policy(records: Mapping[str, str], organization: str, policy_at: str | None) -> None:
    walked = asyncio.run(_walk(context(records)))
    assert walked.organizational == organization
    assert (walked.policy.name if walked.policy else None) == policy_at


async def _walk(of: AuditContext):  # type: ignore[no-untyped-def]
    return await walk(of, "a.b.example.com")


@pytest.mark.parametrize(
    ("records", "unanswered", "policy"),
    [
        (
            {"_dmarc.a.b.example.com": P},
            {"_dmarc.com"},
            "reject",
        ),  # the author's own record decides, whatever is above it
        ({}, {"_dmarc.example.com"}, None),
        ({"_dmarc.example.com": P}, {"_dmarc.b.example.com"}, None),
        ({"_dmarc.example.com": P}, {"_dmarc.com"}, "reject"),
    ],
)
def test_a_timeout_is_never_a_missing_record(
    records: Mapping[str, str], unanswered: set[str], policy: str | None
) -> None:
    effective = asyncio.run(_effective(context(records, frozenset(unanswered))))
    assert effective.policy == policy
    assert bool(effective.unanswered) == (policy is None)


async def _effective(of: AuditContext):  # type: ignore[no-untyped-def]
    return await effective_policy(of, "a.b.example.com")


@pytest.mark.parametrize(
    ("authenticated", "strict", "unanswered", "aligned"),
    [
        ("example.com", False, set(), True),
        ("other.example.com", False, set(), True),
        ("example.com", True, set(), False),
        ("a.b.example.com", True, set(), True),
        ("example.org", False, set(), False),
        ("b.example.com", False, {"_dmarc.b.example.com"}, None),
    ],
)
def test_alignment(authenticated: str, strict: bool, unanswered: set[str], aligned: bool | None) -> None:
    found = asyncio.run(_alignment(context({"_dmarc.example.com": P}, frozenset(unanswered)), authenticated, strict))
    assert found.aligned is aligned


async def _alignment(of: AuditContext, authenticated: str, strict: bool):  # type: ignore[no-untyped-def]
    return await alignment(of, "a.b.example.com", authenticated, strict=strict)
