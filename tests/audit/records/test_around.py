"""The records around them: MTA-STS, TLS-RPT, BIMI, TLSA, MX."""

from __future__ import annotations

from typing import Any

import pytest

from benchkit.audit.records.bimi import parse_bimi, select_bimi
from benchkit.audit.records.mta_sts import parse_sts_policy, parse_sts_record, select_sts
from benchkit.audit.records.mx import parse_mx, parse_mx_set
from benchkit.audit.records.tls_rpt import parse_tls_rpt
from benchkit.audit.records.tlsa import parse_tlsa
from benchkit.model.dns import Record

POLICY = "version: STSv1\r\nmode: enforce\r\nmx: mail.x.example\r\nmx: *.Y.example\r\nmax_age: 604800\r\n"
SHA256 = "ab" * 32


def codes(parsed: Any) -> list[str]:
    return [fault.code for fault in parsed.faults]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("v=STSv1; id=20260101T000000;", []),
        ("v=STSv1; id=1; ext=2", []),
        ("v=STSv1; id=1; 2.ext-a_b=2", []),
        ("v=STSv1; id=1; id=2!", []),  # §3.2: of what is repeated all but the first is ignored
        ("v=STSv1; id=1; ext=", ["bad-extension"]),
        ("v=STSv1; id=1; ext=a b", ["bad-extension"]),
        ("v=STSv1; id=1; ext=a=b", ["bad-extension"]),
        ("v=STSv1;; id=1", ["empty-tag"]),
        ("v=STSv1; id=1; -ext=2", ["tag-name"]),
        ("v=STSv1", ["id-missing"]),
        ("v=STSv1; id=2026-01-01", ["bad-id"]),
        ("v=STSv1; id=" + "1" * 33, ["bad-id"]),
        ("v=STSv1; id = 1;", ["blanks-around-equals"]),
        ("v=STSv1 ; id=1 ;", []),
        ("id=1; v=STSv1", ["version"]),
        ("v=stsv1; id=1", ["version"]),
    ],
)
def test_sts_records(text: str, wanted: list[str]) -> None:
    record = parse_sts_record(text)
    assert codes(record) == wanted
    assert record.valid == (not wanted)


def test_sts_selection_counts_records_only() -> None:
    assert select_sts(["v=STSv1; id=1", "v=STSv10; id=1", "v=spf1 -all"]).records == ("v=STSv1; id=1",)


def test_an_sts_policy() -> None:
    policy = parse_sts_policy(POLICY)
    assert (policy.mode, policy.mx, policy.max_age_s, policy.faults) == (
        "enforce",
        ("mail.x.example", "*.y.example"),
        604800,
        (),
    )
    hosts = ("MAIL.x.example.", "a.y.example", "a.b.y.example", "y.example", "x.example", "")
    assert [policy.allows(host) for host in hosts] == [True, True, False, False, False, False]
    assert parse_sts_policy(POLICY.replace("\r\n", "\n")).faults == ()
    assert parse_sts_policy(f"{POLICY}mode: none\r\nextra: x\r\n").mode == "enforce"


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("version: STSv1\r\n", "", ["version-missing"]),
        ("STSv1", "STSv2", ["version"]),
        ("enforce", "report", ["bad-mode"]),
        ("enforce", "Enforce", ["bad-mode"]),
        ("mode: enforce", "Mode: enforce", ["mode-missing"]),
        ("mode: enforce", "mode : enforce", ["no-field", "mode-missing"]),
        ("mode: enforce", " mode: enforce", ["no-field", "mode-missing"]),
        ("mode: enforce", "mode:", ["no-field", "mode-missing"]),
        ("enforce\r\n", "enforce \t\r\n", []),
        ("max_age", "note: \xc3\xa4 b\r\nmax_age", []),
        ("max_age", "note: a\tb\r\nmax_age", ["no-field"]),
        ("mode: enforce\r\n", "", ["mode-missing"]),
        ("604800", "31557601", ["bad-max-age"]),
        ("604800", "-1", ["bad-max-age"]),
        ("max_age: 604800\r\n", "", ["max-age-missing"]),
        ("mx: mail.x.example", "mx: mail.*.example", ["bad-mx"]),
        ("mx: mail.x.example", "mx: mail.x.example.", ["bad-mx"]),
        ("mx: mail.x.example", "mx mail.x.example", ["no-field"]),
        ("mx: mail.x.example\r\nmx: *.Y.example\r\n", "", ["mx-missing"]),
        ("max_age", "x: " + "y" * 70_000 + "\r\nmax_age", ["policy-too-large"]),
    ],
)
def test_broken_sts_policies(old: str, new: str, wanted: list[str]) -> None:
    assert codes(parse_sts_policy(POLICY.replace(old, new))) == wanted


def test_a_policy_of_mode_none_needs_no_mx() -> None:
    assert parse_sts_policy("version: STSv1\nmode: none\nmax_age: 86400\n").faults == ()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("v=TLSRPTv1; rua=mailto:a@x.example", []),
        ("v=TLSRPTv1;rua=mailto:a@x.example,https://x.example/r", []),
        ("v=TLSRPTv1;", ["rua-missing"]),
        ("v=TLSRPTv1; rua=ftp://x.example", ["rua-missing", "uri-scheme"]),
        ("v=TLSRPTv2; rua=mailto:a@x.example", ["version"]),
        ("v=TLSRPTv1; rua= mailto:a@x.example", ["blanks-around-equals"]),
        ("v=TLSRPTv1; rua=mailto:a@x.example; rua=https://x.example/r; x-1=2", []),
        ("v=TLSRPTv1; rua=mailto:a@x.example,ftp://x.example", ["uri-scheme"]),
    ],
)
def test_tls_reports(text: str, wanted: list[str]) -> None:
    assert codes(parse_tls_rpt(text)) == wanted


def test_tls_reports_go_to_every_rua() -> None:
    record = parse_tls_rpt("v=TLSRPTv1; rua=mailto:a@x.example,ftp://x.example; rua=https://x.example/r")
    assert [uri.text for uri in record.rua] == ["mailto:a@x.example", "https://x.example/r"]
    assert record.valid


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("v=BIMI1; l=https://x.example/a.svg; a=https://x.example/a.pem; avp=personal; lps=a,b", []),
        ("v=BIMI1; l=https://x.example/a.svg; a=", []),
        ("v=BIMI1; l=; a=;", []),
        ("v=BIMI1;", ["location-missing"]),
        ("v=BIMI1; l=http://x.example/a.svg", ["bad-uri"]),
        ("v=BIMI1; l=https://x.example/a.svg,https://y.example/b.svg", ["bad-uri"]),
        ("v=BIMI1; l=https://x.example/a.svg; avp=team", ["bad-preference"]),
        ("v=BIMI2; l=", ["version"]),
    ],
)
def test_bimi(text: str, wanted: list[str]) -> None:
    assert codes(parse_bimi(text)) == wanted


def test_bimi_parts() -> None:
    record = parse_bimi("v=BIMI1; l=https://x.example/a.svg; a=https://x.example/a.pem; avp=Personal; lps=A, b")
    assert (record.location, record.authority) == ("https://x.example/a.svg", "https://x.example/a.pem")
    assert (record.avatar_preference, record.local_parts, record.declined) == ("personal", ("a", "b"), False)
    assert parse_bimi("v=BIMI1; l=; a=").declined
    assert select_bimi(["v=BIMI1; l=", "v=BIMI", "x"]).records == ("v=BIMI1; l=",)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"3 1 1 {SHA256}", []),
        (f"2 0 2 {SHA256} {SHA256}", []),
        ("3 0 0 30820122", []),
        (f"1 1 1 {SHA256}", ["usage-pkix"]),
        (f"4 1 1 {SHA256}", ["bad-usage"]),
        (f"3 2 1 {SHA256}", ["bad-selector"]),
        ("3 1 3 00", ["bad-matching"]),
        ("3 1 1 abcd", ["digest-length"]),
        ("3 1 0", ["unreadable"]),
        ("3 1 0 ", ["no-data"]),
        ("3 1 1 abc", ["unreadable"]),
        ("3 1 1 xyz", ["unreadable"]),
    ],
)
def test_tlsa(text: str, wanted: list[str]) -> None:
    assert codes(parse_tlsa(text)) == wanted


@pytest.mark.parametrize(
    ("preference", "target", "wanted"),
    [
        (10, "mail.x.example.", []),
        (0, ".", []),
        (10, ".", ["null-preference"]),
        (10, "192.0.2.1", ["literal"]),
        (10, "[192.0.2.1]", ["literal"]),
        (10, "[IPv6:2001:db8::1]", ["literal"]),
        (10, "mail", ["single-label"]),
        (10, "-mail.x.example", ["bad-host"]),
        (10, "mail..example", ["bad-host"]),
        (10, "a" * 64 + ".example", ["bad-host"]),
        (10, "mail x.example", ["bad-host"]),
    ],
)
def test_mx(preference: int, target: str, wanted: list[str]) -> None:
    assert codes(parse_mx(preference, target)) == wanted


def test_mx_sets() -> None:
    def mx(preference: int, target: str) -> Record:
        return Record("MX", f"{preference} {target}", target=target, preference=preference)

    found = parse_mx_set([mx(20, "b.example"), mx(10, "c.example"), mx(10, "A.example"), mx(30, "b.example")])
    assert [record.host for record in found.records] == ["a.example", "c.example", "b.example", "b.example"]
    assert codes(found) == ["host-twice"]
    assert parse_mx_set([mx(0, "")]).null
    assert codes(parse_mx_set([mx(0, ""), mx(10, "a.example")])) == ["null-among-others"]
