"""What receivers' reports are joined to: the SPF record, the keys, and what the DNS does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from benchkit.audit import Options, audit_domain
from benchkit.audit.aggregate_reports import ReportCollection, collect
from benchkit.model.audit import AuditReport
from benchkit.model.dns import Answer, AnswerState
from benchkit.model.finding import Finding, Status
from benchkit.resolver import from_zone
from tests.audit.reports.aggregate import report, row, tls_report

KEY = '"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="'
ZONE = f"""$ORIGIN shop.example.
$TTL 60
@ IN SOA ns1 h 1 2 3 4 5
@ IN NS ns1
ns1 IN A 192.0.2.53
@ IN TXT "v=spf1 ip4:192.0.2.1 include:esp include:old -all"
esp IN TXT "v=spf1 ip4:198.51.100.0/24 -all"
old IN TXT "v=spf1 ip4:203.0.113.0/24 -all"
_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:d@shop.example"
s1._domainkey IN TXT {KEY}
"""
OWN, ESP = row("192.0.2.1", 900), row("198.51.100.7", 90)


def audited(tmp_path: Path, reports: ReportCollection, lost: Sequence[tuple[str, str]] = ()) -> AuditReport:
    path = tmp_path / "shop.zone"
    path.write_text(
        ZONE.replace("include:esp", "include:esp.shop.example").replace("include:old", "include:old.shop.example")
    )
    zone = from_zone([path])

    async def ask(name: str, type: str) -> Answer:  # noqa: A002
        return Answer(name, type, AnswerState.TIMEOUT) if (name, type) in lost else await zone(name, type)

    return asyncio.run(audit_domain("shop.example", ask, Options(reports=reports)))


def findings_by_rule(found: AuditReport) -> dict[str, list[Finding]]:
    cases: dict[str, list[Finding]] = {}
    for finding in found.findings:
        if finding.rule.startswith("reported_"):
            name = finding.rule if "." in finding.rule else f"{finding.rule}:{finding.status}"
            cases.setdefault(name, []).append(finding)
    return cases


CASES: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "all in order": (
        (OWN, ESP, row("203.0.113.4", 10)),
        {"reported_sources:pass", "reported_spf:pass", "reported_dkim:pass"},
    ),
    "an include that sends nothing": (
        (OWN, ESP),
        {"reported_sources:pass", "reported_spf.idle_include", "reported_dkim:pass"},
    ),
    "too few messages to say so": (
        (row("192.0.2.1", 5),),
        {"reported_sources:pass", "reported_spf:pass", "reported_dkim:pass"},
    ),
    "a source that is not in the record": (
        (OWN, ESP, row("203.0.113.4", 10), row("192.0.2.77", 40, spf="fail")),
        {"reported_sources:pass", "reported_spf.not_in_record", "reported_dkim:pass"},
    ),
    "… but now it is": (
        (OWN, ESP, row("203.0.113.4", 10, spf="fail")),
        {"reported_sources:pass", "reported_spf:pass", "reported_dkim:pass"},
    ),
    "an unsigned stranger is not told to be added": (
        (OWN, ESP, row("203.0.113.4", 10), row("192.0.2.99", 70, dkim="none", spf="fail", selector="")),
        {"reported_sources:pass", "reported_sources.never", "reported_spf:pass", "reported_dkim:pass"},
    ),
    "a source that passes at times": (
        (OWN, ESP, row("203.0.113.4", 10), row("192.0.2.1", 100, dkim="none", spf="fail", selector="")),
        {"reported_sources:pass", "reported_sources.breaks", "reported_spf:pass", "reported_dkim:pass"},
    ),
    "what was forwarded does not break": (
        (
            OWN,
            ESP,
            row("203.0.113.4", 10),
            row("192.0.2.1", 100, dkim="none", spf="fail", selector="", reason="forwarded"),
        ),
        {"reported_sources:pass", "reported_spf:pass", "reported_dkim:pass"},
    ),
    "a selector without a key": (
        (OWN, ESP, row("203.0.113.4", 10), row("192.0.2.1", 100, dkim="permerror", selector="gone")),
        {"reported_sources:pass", "reported_spf:pass", "reported_dkim.no_key"},
    ),
    "a selector that fails": (
        (OWN, ESP, row("203.0.113.4", 10), row("192.0.2.1", 900, dkim="fail")),
        {"reported_sources:pass", "reported_spf:pass", "reported_dkim.fails"},
    ),
    "mail of another author": ((row("192.0.2.1", 9, author="other.example"),), {"reported_sources.none"}),
    "rows that cannot be read": (
        (OWN, ESP, row("203.0.113.4", 10), row("x", 9)),
        {"reported_sources:pass", "reported_sources.unread", "reported_spf:pass", "reported_dkim:pass"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_case(case: str, tmp_path: Path) -> None:
    rows, expected = CASES[case]
    assert set(findings_by_rule(audited(tmp_path, collect([("r", report(*rows))])))) == expected


def test_the_sentences_have_the_numbers(tmp_path: Path) -> None:
    rows = (
        OWN,
        ESP,
        row("192.0.2.77", 40, spf="fail"),
        row("192.0.2.99", 7, dkim="none", spf="fail", disposition="reject"),
    )
    found = findings_by_rule(audited(tmp_path, collect([("r", report(*rows))])))
    sentences = {name: [finding.message for finding in findings] for name, findings in found.items()}
    assert sentences["reported_sources:pass"] == [
        "1,030 of 1,037 messages (99.3%) from 4 addresses passed DMARC, in 1 report, 2023-11-14 to 2023-11-15"
    ]
    assert sentences["reported_sources.never"] == [
        "192.0.2.99 sent 7 messages, and none passed DMARC; receivers applied the policy: 7 to reject"
    ]
    assert sentences["reported_spf.not_in_record"] == [
        "192.0.2.77 sends mail that shop.example has signed, but the SPF record does not list it: SPF failed for 40 messages"
    ]
    assert sentences["reported_spf.idle_include"] == [
        (
            "none of 1,037 reported messages (2023-11-14 to 2023-11-15) came from an address of include:old.shop.example; "
            "it costs 1 of 10 DNS lookups"
        )
    ]
    assert [finding.advice.split(",")[0] for finding in found["reported_spf.not_in_record"]] == [
        "Add ip4:192.0.2.77 to the SPF record"
    ]


@pytest.mark.parametrize("name", ["shop.example", "old.shop.example", "esp.shop.example"])
def test_an_answer_that_does_not_come_makes_no_include_idle_and_no_source_missing(name: str, tmp_path: Path) -> None:
    rows = (OWN, ESP, row("192.0.2.77", 40, spf="fail"))
    found = findings_by_rule(audited(tmp_path, collect([("r", report(*rows))]), lost=[(name, "TXT")]))
    assert {
        finding.status for cases in found.values() for finding in cases if finding.rule.startswith("reported_spf")
    } <= {Status.UNKNOWN}


def test_a_key_that_does_not_come_is_not_missing(tmp_path: Path) -> None:
    rows = (OWN, row("192.0.2.1", 100, dkim="permerror", selector="gone"))
    lost = [("gone._domainkey.shop.example", "TXT")]
    assert "reported_dkim.no_key" not in findings_by_rule(audited(tmp_path, collect([("r", report(*rows))]), lost=lost))


def test_reported_selectors_are_looked_up(tmp_path: Path) -> None:
    found = audited(tmp_path, collect([("r", report(row("192.0.2.1", 5, selector="s1")))]))
    assert [key.selector for key in found.dkim] == ["s1"]


def test_summary_names_the_term_of_each_source(tmp_path: Path) -> None:
    summary = audited(
        tmp_path, collect([("r", report(OWN, ESP, row("192.0.2.99", 7, dkim="none", spf="fail")))])
    ).reports
    assert summary is not None
    assert [(source.address, source.messages, source.spf_term) for source in summary.sources] == [
        ("192.0.2.1", 900, "ip4:192.0.2.1"),
        ("198.51.100.7", 90, "include:esp.shop.example"),
        ("192.0.2.99", 7, ""),
    ]


def test_tls_failures_have_their_reason_and_what_is_left(tmp_path: Path) -> None:
    found = findings_by_rule(audited(tmp_path, collect([("r", tls_report())])))
    assert [finding.message for finding in found["reported_tls.failures"]] == [
        "200 of 5,629 reported sessions failed at mx2.shop.example: starttls-not-supported",
        "100 of 5,629 reported sessions failed at mx1.shop.example: certificate-expired",
        "3 of 5,629 reported sessions failed: no reason given",
    ]


def test_many_unread_files_do_not_hide_the_rest(tmp_path: Path) -> None:
    given = collect([("r", report(OWN))])
    given = replace(given, unread=tuple((f"f{number}", "is not a report") for number in range(100)))
    found = findings_by_rule(audited(tmp_path, given))
    assert len(found["reported_sources.unread"]) == 6
    assert "95 more files" in found["reported_sources.unread"][-1].message
    assert found["reported_sources:pass"]
