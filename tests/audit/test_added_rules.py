"""Rules about what stands around the mechanisms, as a table: a zone, the cases that show, those that must not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchkit.audit.records.caa import parse_caa
from benchkit.model.audit import AuditReport

SPF = '@ IN TXT "v=spf1 ip4:192.0.2.25 -all"\n'
SOUND = SPF + '_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:d@shop.example"\n@ IN MX 10 mail\n'
SIX = "mail IN AAAA 2001:db8::25\nns1 IN AAAA 2001:db8::53\n"
STS = '_mta-sts IN TXT "v=STSv1; id=1"\nmta-sts IN A 192.0.2.40\n'
BIMI = '"v=BIMI1; l=https://shop.example/logo.svg; a=https://shop.example/logo.pem"'
INCLUDED = 'x IN TXT "v=spf1 {} -all"'
CASES: dict[str, tuple[str, set[str], set[str]]] = {
    "both families": (
        SOUND + SIX,
        {"both_families"},
        {"both_families.mx_without_ipv6", "both_families.dns_without_ipv6"},
    ),
    "IPv4 only": (SOUND, {"both_families.mx_without_ipv6", "both_families.dns_without_ipv6"}, {"both_families"}),
    "IPv6 only at the mail hosts": (
        SOUND.replace("10 mail", "10 six") + "six IN AAAA 2001:db8::6\n",
        {"both_families.mx_without_ipv4"},
        {"both_families.mx_without_ipv6"},
    ),
    "a mail host without any address": (SOUND.replace("10 mail", "10 none"), set(), {"both_families.mx_without_ipv4"}),
    "an authority is named": (
        SOUND + STS + '@ IN CAA 0 issue "ca.example"',
        {"policy_host_caa"},
        {"policy_host_caa.none"},
    ),
    "every authority may": (SOUND + STS, {"policy_host_caa.none"}, {"policy_host_caa"}),
    "only who may report": (SOUND + STS + '@ IN CAA 0 iodef "mailto:a@shop.example"', {"policy_host_caa.none"}, set()),
    "no authority may": (SOUND + STS + '@ IN CAA 0 issue ";"', {"policy_host_caa.forbidden"}, {"policy_host_caa.none"}),
    "the closest set counts": (
        SOUND + STS + '@ IN CAA 0 issue ";"\nmta-sts IN CAA 0 issue "ca.example; validationmethods=dns-01"',
        {"policy_host_caa"},
        {"policy_host_caa.forbidden"},
    ),
    "no policy, no question": (SOUND + '@ IN CAA 0 issue ";"', set(), {"policy_host_caa.forbidden", "policy_host_caa"}),
    "an include that is idle": (
        SOUND.replace("ip4:192.0.2.25", "include:servers.mcsv.net"),
        {"spf_idle_includes.idle"},
        set(),
    ),
    "an include that is used": (
        SOUND.replace("ip4:192.0.2.25", "include:_spf.google.com"),
        set(),
        {"spf_idle_includes.idle"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_case(name: str, audit: Callable[..., AuditReport]) -> None:
    lines, shown, hidden = CASES[name]
    rules = {finding.rule for finding in audit(lines).findings}
    assert shown <= rules
    assert not hidden & rules


@pytest.mark.parametrize(
    ("own", "at", "shown"),
    [
        ("", "default._bimi.shop.example", {"bimi_record.inherited", "bimi_record"}),
        (f"default._bimi.news IN TXT {BIMI}", "default._bimi.news.shop.example", {"bimi_record"}),
        ('default._bimi.news IN TXT "v=BIMI1; l=;"', "default._bimi.news.shop.example", {"bimi_record"}),
    ],
)
def test_a_subdomain_has_the_logo_of_its_organization(
    own: str, at: str, shown: set[str], audit: Callable[..., AuditReport]
) -> None:
    report = audit(f"{SOUND}default._bimi IN TXT {BIMI}\nnews IN MX 10 mail\n{own}", "news.shop.example")
    found = [finding for finding in report.findings if finding.rule.startswith("bimi_record")]
    assert {finding.rule for finding in found} == shown
    assert {finding.evidence[0].name for finding in found} == {at}


@pytest.mark.parametrize(
    ("texts", "limited", "issuers"),
    [
        (['0 issue "a.example"', '0 issue "B.example; x=y"'], True, ("a.example", "b.example")),
        (['0 issue ";"'], True, ()),
        (['0 issue ";"', '0 issue "a.example"'], True, ("a.example",)),
        (['0 issuewild "a.example"'], False, ()),
        (["0 ISSUE a.example"], True, ("a.example",)),
        (["", "x", "0 issue"], False, ()),
        ([], False, ()),
    ],
)
def test_caa(texts: list[str], limited: bool, issuers: tuple[str, ...]) -> None:
    found = parse_caa(texts)
    assert (found.limited, found.issuers) == (limited, issuers)
