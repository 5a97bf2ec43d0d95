"""MTA-STS, TLS-RPT and BIMI records with a mistyped version: named, never taken for "no record", and corrected."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchkit.model.finding import Finding, Status
from benchkit.model.record_fix import value_of
from tests.audit.fixes.faulty_zones import DMARC, KEY, MX, SPF
from tests.audit.fixes.published import HEAD, audited, for_now, published

STS, RPT, BIMI = "_mta-sts", "_smtp._tls", "default._bimi"
RULES = {STS: "mta_sts_record", RPT: "tls_rpt", BIMI: "bimi_record"}
SERVED = "mta-sts IN A 192.0.2.40\n"
MISTYPED: list[tuple[str, str, str]] = [
    (STS, "v=STSV1; id=20261122", "v=STSv1; id=20261122"),
    (STS, "v=STSv1 id=20261122", "v=STSv1; id=20261122"),
    (STS, "v=STSv1, id=20261122", "v=STSv1; id=20261122"),
    (STS, "v=STS1; id=20261122", "v=STSv1; id=20261122"),
    (STS, "v = STSv1; id=20261122", "v=STSv1; id=20261122"),
    (STS, "v=MTA-STSv1; id=20261122", "v=STSv1; id=20261122"),
    (STS, "STSv1; id=20261122", "v=STSv1; id=20261122"),
    (STS, "id=20261122", "v=STSv1; id=20261122"),
    (STS, "v:STSv1; id:20261122", "v=STSv1; id=20261122"),
    (STS, "v=\u0405TSv1; id=20261122", "v=STSv1; id=20261122"),
    (STS, "\u201cv=STSv1; id=20261122\u201d", "v=STSv1; id=20261122"),
    (RPT, "v=TLSRPTv1 rua=mailto:t@shop.example", "v=TLSRPTv1; rua=mailto:t@shop.example"),
    (RPT, "v=TLSRPT1; rua=mailto:t@shop.example", "v=TLSRPTv1; rua=mailto:t@shop.example"),
    (RPT, "v=TLSRPT1;", "v=TLSRPTv1; rua=mailto:postmaster@shop.example"),
    (RPT, "v=TLS-RPTv1; rua=mailto:t@shop.example", "v=TLSRPTv1; rua=mailto:t@shop.example"),
    (RPT, "v=tlsrptv1; rua=mailto:t@shop.example", "v=TLSRPTv1; rua=mailto:t@shop.example"),
    (RPT, "rua=mailto:t@shop.example", "v=TLSRPTv1; rua=mailto:t@shop.example"),
    (RPT, "v=TLSRPTv1 rua=mailto://t@shop.example", "v=TLSRPTv1; rua=mailto:t@shop.example"),
    (BIMI, "v=BIMI1 l=", "v=BIMI1; l="),
    (BIMI, "v=BIMI1 l=https://shop.example/logo.svg", "v=BIMI1; l=https://shop.example/logo.svg"),
    (BIMI, "v=bimi1; l=https://shop.example/logo.svg", "v=BIMI1; l=https://shop.example/logo.svg"),
    (BIMI, "v=BIMI; l=https://shop.example/logo.svg", "v=BIMI1; l=https://shop.example/logo.svg"),
    (
        BIMI,
        "v=BIMI1, l=https://shop.example/logo.svg, a=https://shop.example/vmc.pem",
        "v=BIMI1; l=https://shop.example/logo.svg; a=https://shop.example/vmc.pem",
    ),
]


def zone_with(name: str, text: str) -> str:
    return f'{HEAD}{MX}{SPF}{KEY}{DMARC}{SERVED}{name} IN TXT "{text}"\n'


def of_rule(name: str, findings: tuple[Finding, ...]) -> list[Finding]:
    return [each for each in findings if each.rule.partition(".")[0] == RULES[name]]


@pytest.mark.parametrize(("name", "written", "right"), MISTYPED)
def test_it_is_named_and_corrected(name: str, written: str, right: str, tmp_path: Path) -> None:
    report = audited(zone_with(name, written), tmp_path)
    (found,) = of_rule(name, report.findings)
    assert found.rule.endswith(".almost")
    assert found.status in (Status.FAIL, Status.WARN)
    assert "ignore the record" in found.message
    (fix,) = found.fixes
    assert value_of(fix.after[0]) == right
    after = audited(published(zone_with(name, written), for_now(report)), tmp_path)
    assert not [each for each in of_rule(name, after.findings) if each.status in (Status.FAIL, Status.WARN)]
    assert (after.score or 0) > (report.score or 0)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("other", ["v=spf1 -all", "google-site-verification=abc", "hello"])
def test_an_unrelated_text_is_no_mistyped_record(name: str, other: str, tmp_path: Path) -> None:
    report = audited(zone_with(name, other), tmp_path)
    assert not [each for each in of_rule(name, report.findings) if each.rule.endswith(".almost")]


@pytest.mark.parametrize(("name", "right"), {name: right for name, _, right in MISTYPED}.items())
def test_beside_a_valid_record_a_mistyped_one_changes_nothing(name: str, right: str, tmp_path: Path) -> None:
    """Senders discard what does not begin with the version (RFC 8461 §3.1, RFC 8460 §3)."""
    text = right.replace(";", " ")
    report = audited(f'{zone_with(name, right)}{name} IN TXT "{text}"\n', tmp_path)
    assert not [each for each in of_rule(name, report.findings) if each.rule.endswith((".almost", ".several"))]


@pytest.mark.parametrize("name", ["_dmarc", RPT])
def test_a_report_address_with_slashes_gets_no_reports(name: str, tmp_path: Path) -> None:
    version = "v=DMARC1; p=reject" if name == "_dmarc" else "v=TLSRPTv1"
    zone = zone_with(name, f"{version}; rua=mailto://d@shop.example")
    zone = zone.replace(DMARC, "") if name == "_dmarc" else zone
    report = audited(zone, tmp_path)
    messages = [each.message for each in report.findings if "RFC 6068" in each.message]
    assert messages
    (fix,) = (each for each in report.fixes if each.name.startswith(name) and each.is_for_now)
    assert value_of(fix.after[0]) == f"{version}; rua=mailto:d@shop.example"
