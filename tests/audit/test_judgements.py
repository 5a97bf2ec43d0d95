"""What the audit says of zones that other auditors get wrong, as a table: a zone, the cases that show, those that must not."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from benchkit.errors import BUG
from benchkit.model.audit import AuditReport
from benchkit.model.finding import Finding, Status

SPF = '@ IN TXT "v=spf1 {} "'
DMARC = '_dmarc IN TXT "v=DMARC1; {}"'
SOUND = DMARC.format("p=reject; rua=mailto:d@shop.example") + "\n" + '@ IN TXT "v=spf1 ip4:192.0.2.25 -all"'
GOOD = (Path(__file__).parents[2] / "scenarios" / "zones" / "good.zone").read_text("utf-8")
RSA = "".join(re.search(r's1\._domainkey +IN TXT +"(.+)" "(.+)"', GOOD).groups())  # type: ignore[union-attr]
INCLUDES = "\n".join(f'i{number} IN TXT "v=spf1 ip4:192.0.2.{number} -all"' for number in range(12))


def includes(number: int) -> str:
    terms = " ".join(f"include:i{each}.shop.example" for each in range(number))
    return f"{long_spf(f'v=spf1 {terms} -all')}\n{INCLUDES}"


def long_spf(text: str) -> str:
    return "@ IN TXT " + " ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200))


CASES: dict[str, tuple[str, set[str], set[str]]] = {
    "+all": (SPF.format("+all"), {"spf_all.plus"}, {"spf_authorised.everybody"}),
    "all without a sign is +all": (SPF.format("all"), {"spf_all.plus"}, set()),
    "?all": (SPF.format("mx ?all"), {"spf_all.neutral"}, set()),
    "~all": (SPF.format("mx ~all"), {"spf_all.soft"}, {"spf_all.missing"}),
    "no all": (SPF.format("mx"), {"spf_all.missing"}, set()),
    "redirect stands for all": (
        SPF.format("redirect=i1.shop.example") + "\n" + INCLUDES,
        set(),
        {"spf_all.missing", "spf_includes.missing"},
    ),
    "two halves": (SPF.format("ip4:1.0.0.0/1 ip4:128.0.0.0/1 -all"), {"spf_authorised.everybody"}, {"spf_all.plus"}),
    "private": (SPF.format("ip4:10.0.0.1 -all"), {"spf_special_addresses.special"}, {"spf_authorised.broad"}),
    "eight lookups": (includes(8), {"spf_lookups"}, {"spf_lookups.many", "spf_lookups.at_risk"}),
    "nine lookups": (includes(9), {"spf_lookups.at_risk"}, {"spf_lookups.many"}),
    "eleven lookups": (includes(11), {"spf_lookups.many"}, set()),
    "hosts of an mx are no lookups": (
        SPF.format("mx -all") + "\n" + "\n".join(f"@ IN MX {number} mail" for number in range(1, 3)),
        {"spf_lookups"},
        {"spf_lookups.many"},
    ),
    "an include in a circle": (SPF.format("include:shop.example -all"), {"spf_includes.cycle"}, set()),
    "two records": (SPF.format("-all") + "\n" + SPF.format("mx -all"), {"spf_record.several"}, {"spf_record.missing"}),
    "almost a record": ('@ IN TXT "v=spf1; mx -all"', {"spf_record.almost"}, {"spf_record.missing"}),
    "error behind a match": (SPF.format("-all moo"), {"spf_syntax.error"}, set()),
    "a:host/24 is a prefix": (SPF.format("a:mail.shop.example/24 -all"), {"spf_syntax"}, {"spf_voids.some"}),
    "v4-only host is void for IPv6 only": (
        SPF.format("a:mail.shop.example a:ns1.shop.example a:ns2.shop.example -all"),
        {"spf_voids.one_family"},
        {"spf_voids.many"},
    ),
    "reject, testing": (DMARC.format("p=reject; t=y; rua=mailto:d@shop.example"), {"dmarc_policy.testing"}, set()),
    "p=none": (DMARC.format("p=none; rua=mailto:d@shop.example"), {"dmarc_policy.none"}, {"dmarc_record.missing"}),
    "unrelated TXT at _dmarc": ('_dmarc IN TXT "verify=1"', {"dmarc_record.unrelated", "dmarc_record.missing"}, set()),
    "unrelated TXT beside a record": (
        SOUND + '\n_dmarc IN TXT "verify=1"',
        {"dmarc_record.unrelated", "dmarc_record"},
        {"dmarc_record.several"},
    ),
    "two DMARC records": (
        DMARC.format("p=none") + "\n" + DMARC.format("p=reject"),
        {"dmarc_record.several"},
        {"dmarc_record", "dmarc_policy.none"},
    ),
    "version in lower case": ('_dmarc IN TXT "v=dmarc1; p=reject"', {"dmarc_record.almost"}, set()),
    "unknown tags are no fault": (
        DMARC.format("p=reject; new=1; rua=mailto:d@shop.example"),
        {"dmarc_syntax"},
        {"dmarc_syntax.tag"},
    ),
    "no p, but rua": (
        DMARC.format("rua=mailto:d@shop.example"),
        {"dmarc_syntax.policy_missing"},
        {"dmarc_record.void"},
    ),
    "no p, no rua": (DMARC.format("adkim=s"), {"dmarc_record.void"}, {"dmarc_record.missing", "dmarc_record"}),
    "sp at the organizational domain": (
        DMARC.format("p=reject; sp=none; rua=mailto:d@shop.example"),
        {"dmarc_subdomains.existing"},
        {"dmarc_subdomains.ignored"},
    ),
    "a report address by ftp beside a good one": (
        '_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:t@shop.example,ftp://shop.example"',
        {"tls_rpt.address"},
        {"tls_rpt.syntax", "tls_rpt"},
    ),
    "many texts beside the record": (
        SPF.format("mx -all") + "\n" + "\n".join(f'@ IN TXT "verify={"x" * 150}{n}"' for n in range(3)),
        {"spf_size.advised"},
        {"spf_size", "spf_size.answer"},
    ),
    "report to the same organization": (
        DMARC.format("p=reject; rua=mailto:d@reports.shop.example"),
        {"dmarc_external_reports"},
        {"dmarc_external_reports.not_agreed"},
    ),
    "wildcard agrees for everybody": (
        DMARC.format("p=reject; rua=mailto:d@partner.shop.example")
        + '\n_dmarc.partner IN TXT "v=DMARC1; p=none; psd=n"\n*._report._dmarc.partner IN TXT "v=DMARC1"',
        {"dmarc_external_reports"},
        {"dmarc_external_reports.not_agreed"},
    ),
    "declared non-sender": (
        '@ IN TXT "v=spf1 -all"\n_dmarc IN TXT "v=DMARC1; p=reject"\n@ IN MX 0 .',
        {"non_sending.declared", "mx_records.null", "dkim_selectors.not_wanted"},
        {"dkim_selectors.none_can_exist", "dmarc_reports.missing", "gmail_rules.bulk"},
    ),
    "non-sender without reject": ('@ IN TXT "v=spf1 -all"', {"non_sending.not_rejected"}, set()),
    "nothing at all": ("", {"spf_record.missing", "dmarc_record.missing", "mx_records.missing"}, set()),
    "BIMI while p=none": (
        DMARC.format("p=none")
        + '\ndefault._bimi IN TXT "v=BIMI1; l=https://shop.example/a.svg; a=https://shop.example/a.pem"',
        {"bimi_record.policy"},
        set(),
    ),
    "a blank lost between two strings": (
        '@ IN TXT "v=spf1 ip4:192.0.2.25" "ip4:192.0.2.26 -all"',
        {"spf_split.joined", "spf_syntax.error"},
        set(),
    ),
    "a blank kept between two strings": ('@ IN TXT "v=spf1 mx " "-all"', {"spf_split"}, {"spf_syntax.error"}),
    "an error that no blank mends": ('@ IN TXT "v=spf1 moo" "-all"', {"spf_syntax.error"}, {"spf_split.joined"}),
    "a key that one string could not hold": (
        f'dkim._domainkey IN TXT "{RSA[:255]}"',
        {"dkim_size.cut", "dkim_key_record.unusable"},
        {"dkim_size"},
    ),
    "a key in two strings": (f'dkim._domainkey IN TXT "{RSA[:255]}" "{RSA[255:]}"', {"dkim_size", "dkim_ttl"}, set()),
    "a key behind much else": (
        f'dkim._domainkey IN TXT "{RSA[:255]}" "{RSA[255:]}" ' + 4 * f'";{"n" * 200}=" ',
        {"dkim_size.large"},
        set(),
    ),
    "a key that is kept for a week": (
        f'dkim._domainkey 604800 IN TXT "{RSA[:255]}" "{RSA[255:]}"',
        {"dkim_ttl.long"},
        set(),
    ),
    "a key that is kept for a minute": (
        f'dkim._domainkey 60 IN TXT "{RSA[:255]}" "{RSA[255:]}"',
        {"dkim_ttl.short"},
        set(),
    ),
    "Ed25519 alone": (
        'a._domainkey IN TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="',
        {"dkim_key_strength.ed25519_only"},
        set(),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_judgement(name: str, audit: Callable[..., AuditReport]) -> None:
    lines, shown, hidden = CASES[name]
    report = audit(lines, selectors=("a",) if "Ed25519" in name else ())
    rules = {finding.rule for finding in report.findings}
    assert shown <= rules
    assert not hidden & rules
    assert not any(BUG in finding.message for finding in report.findings)


def test_a_domain_that_does_not_exist_is_told_so_and_not_how_to_take_mail(audit: Callable[..., AuditReport]) -> None:
    (finding,) = (one for one in audit(SOUND, "typo.shop.example").findings if one.rule.startswith("mx_records"))
    assert (finding.rule, finding.paste) == ("mx_records.no_such_domain", "")


def test_effective_policy_is_weakened_by_testing(audit: Callable[..., AuditReport]) -> None:
    report = audit(DMARC.format("p=reject; t=y"))
    assert (report.dmarc.policy, report.dmarc.effective_policy) == ("reject", "quarantine")


@pytest.mark.parametrize(
    ("domain", "policy"),
    [("www.shop.example", "quarantine"), ("missing.shop.example", "reject"), ("shop.example", "none")],
)
def test_policy_of_names_that_exist_and_that_do_not(
    domain: str, policy: str, audit: Callable[..., AuditReport]
) -> None:
    report = audit(DMARC.format("p=none; sp=quarantine; np=reject") + "\nwww IN A 192.0.2.80", domain)
    assert (report.dmarc.found_at, report.dmarc.effective_policy) == ("shop.example", policy)


BELOW = '\n_dmarc.mail IN TXT "v=DMARC1; {}; rua=mailto:d@shop.example"'


@pytest.mark.parametrize(
    ("tags", "shown"),
    [
        ("p=reject; sp=none", "dmarc_subdomains.ignored"),  # RFC 9989 §4.7: ignored there
        ("p=reject; np=none", "dmarc_subdomains.ignored"),
        ("p=reject", ""),
        ("p=reject; sp=none; psd=n", "dmarc_subdomains.existing"),
    ],
)
def test_subdomain_policies_count_at_the_organizational_domain_only(
    tags: str, shown: str, audit: Callable[..., AuditReport]
) -> None:
    report = audit(SOUND + BELOW.format(tags), "mail.shop.example")
    rules = {finding.rule for finding in report.findings if finding.rule.startswith("dmarc_subdomains")}
    assert rules == ({shown} if shown else set())


@pytest.mark.parametrize(
    ("own", "by_list", "rules"),
    [
        ('_dmarc.mail IN TXT "v=DMARC1; p=none"', "mail.shop.example", set()),
        ("", "shop.example", set()),
        ('_dmarc.mail IN TXT "v=DMARC1"', None, {"dmarc_record.void"}),
        (
            '_dmarc.mail IN TXT "v=DMARC1; p=none"\n_dmarc.mail IN TXT "v=DMARC1; p=reject"',
            None,
            {"dmarc_record.several", "dmarc_suffix_list.record"},
        ),
    ],
)
def test_what_ended_the_search_of_rfc_7489(
    own: str, by_list: str | None, rules: set[str], audit: Callable[..., AuditReport]
) -> None:
    report = audit(SOUND + "\n" + own, "mail.shop.example")
    assert report.dmarc.psl_answer == by_list
    assert rules <= {finding.rule for finding in report.findings}


def test_long_record_in_several_strings_is_one_text(audit: Callable[..., AuditReport]) -> None:
    text = "v=spf1 " + " ".join(f"ip4:192.0.2.{number}" for number in range(30)) + " -all"
    report = audit(long_spf(text))
    assert report.spf.record == text


def test_every_finding_says_what_it_rests_on(audit: Callable[..., AuditReport]) -> None:
    def from_dns(finding: Finding) -> bool:
        return finding.rule.partition("_")[0] in ("spf", "dmarc", "mx") and finding.status is not Status.PASS

    for lines, _, _ in CASES.values():
        assert all(finding.evidence and finding.reference for finding in audit(lines).findings if from_dns(finding))


def test_of_a_domain_that_the_file_does_not_hold_nothing_is_claimed(audit: Callable[..., AuditReport]) -> None:
    report = audit(SOUND, "other.example")
    assert (report.verdict, report.score, report.verdicts) == (Status.UNKNOWN, None, {})
