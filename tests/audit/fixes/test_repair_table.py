"""Typing errors of a table, through the whole audit: the record that is offered, or none and what to decide."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchkit.model.finding import Status
from benchkit.model.record_fix import value_of
from tests.audit.fixes.faulty_zones import DMARC, KEY, MX, RSA, SPF, strings
from tests.audit.fixes.published import HEAD, audited, for_now, published

OTHERS = """x.example. IN A 192.0.2.99
_spf.x.example. IN TXT "v=spf1 ip4:198.51.100.1 -all"
mail.x.example. IN A 198.51.100.2
spf.x.example. IN TXT "v=spf1 ip4:198.51.100.3 -all"
xn--bcher-kva.x.example. IN TXT "v=spf1 ip4:198.51.100.4 -all"
"""
TABLE: dict[str, str] = {
    '"v=spf1 ipv4:192.0.2.0/24 -all"': "ip4:192.0.2.0/24 -all",
    '"v=spf1 ip4:2001:db8::1 -all"': "ip6:2001:db8::1 -all",
    '"v=spf1 a:192.0.2.1 -all"': "ip4:192.0.2.1 -all",
    '"v=spf1 ip6:192.0.2.1 -all"': "ip4:192.0.2.1 -all",
    '"v=spf1 include.spf.x.example -all"': "include:spf.x.example -all",
    '"v=spf1 include=_spf.x.example -all"': "include:_spf.x.example -all",
    '"v=spf1 include: _spf.x.example -all"': "include:_spf.x.example -all",
    '"v=spf1 ip4: 192.0.2.1 -all"': "ip4:192.0.2.1 -all",
    '"v=spf1 mx - all"': "mx -all",
    '"v=spf1 ip4:192.0.2.9~all"': "ip4:192.0.2.9 ~all",
    '"v=spf1 mx a ~all;"': "mx a ~all",
    '"v=spf1 mx a -all;"': "mx a -all",
    '"v=spf1 mx a \u2013all"': "mx a -all",
    '"v=spf1 mx,a -all"': "mx a -all",
    '"v=spf1 ip4:192.0.2.1, ip4:192.0.2.2 -all"': "ip4:192.0.2.1 ip4:192.0.2.2 -all",
    '"v=spf1 mx:10 mail.x.example -all"': "",
    '"v=spf1 mx -all v=spf1 a -all"': "mx a -all",
    '"v=spf1 ptr -all"': "",
    '"v=spf1 ip4:17.0.0.0/8 -all"': "",
    '"v=spf1" "mx -all"': "mx -all",
    '"v=spf1 mx include:_spf.x.example" "include:spf.x.example -all"': "mx include:_spf.x.example include:spf.x.example -all",
    '"v=spf1 mx ?all"': "mx ~all",
    '"v=spf1 mx ptr ?all"': "mx ptr ~all",
    '"v=spf1 mx include:bücher.x.example -all"': "mx include:xn--bcher-kva.x.example -all",
    '"v=spf1 mx ip4：192.0.2.1 -all"': "mx ip4:192.0.2.1 -all",
    '"v=spf1 mх -all"': "",  # a Cyrillic letter
    '"v=spf1 mx include:@x.example -all"': "",
    '"v=spf1 mx ip4:192.0.2.1-192.0.2.9 -all"': "",
    '"v=spf1 mx inclued:_spf.x.example -all"': "mx include:_spf.x.example -all",
    '"v=spf1 mx ip4 192.0.2.1 -all"': "mx ip4:192.0.2.1 -all",
    '"v=spf1 mx redirect:_spf.x.example"': "mx redirect=_spf.x.example",
    '"v=spf1 all mx"': "mx ~all",
    '"v=spf1 mx ip4:192.0.2.1:25 -all"': "mx ip4:192.0.2.1 -all",
    '"v=spf1 mx ip4:192.0.2.01 -all"': "mx ip4:192.0.2.1 -all",
    '"v=spf1 mx a:192.0.2.1:587 -all"': "mx ip4:192.0.2.1 -all",
    '"v=spf1 mx ip4:192.0.02.0/24 -all"': "mx ip4:192.0.2.0/24 -all",
    '"v=spf1 mx ip4:192.0.2.1:99999 -all"': "",
    '"v=spf1 mx ip4:192.0.2.0300 -all"': "",
}
POLICIES: dict[str, str] = {
    "p=none": "p=none; rua=mailto:postmaster@shop.example",
    'p=\\"reject\\"; rua=mailto:d@shop.example': "p=reject; rua=mailto:d@shop.example",
    "p=reject,; rua=mailto:d@shop.example": "p=reject; rua=mailto:d@shop.example",
    "p:reject; rua:mailto:d@shop.example": "p=reject; rua=mailto:d@shop.example",
    "p=reject; rua=mailto:d@shop.example mailto:e@shop.example": (
        "p=reject; rua=mailto:d@shop.example,mailto:e@shop.example"
    ),
    "p=reject; rua=mailto:d@shop.example; rua=mailto:e@shop.example": (
        "p=reject; rua=mailto:d@shop.example,mailto:e@shop.example"
    ),
    "p=reject; rua=https://x.shop.example/r": "p=reject; rua=mailto:postmaster@shop.example",
    "p=reject; rua=mailto:d@bücher.example": "p=reject; rua=mailto:d@xn--bcher-kva.example",
    "p=reject; adkim=strict; rua=mailto:d@shop.example": "p=reject; adkim=s; rua=mailto:d@shop.example",
    "p=reject; sp=rejet; rua=mail:d@shop.example": "p=reject; sp=reject; rua=mailto:d@shop.example",
    "p=r\u0435ject; rua=mailto:d@shop.example": "p=reject; rua=mailto:d@shop.example",
    "\u0440=reject; rua=mailto:d@shop.example": "p=reject; rua=mailto:d@shop.example",
    "p=qu\u0430rantine; rua=mailto:d@shop.example": "p=quarantine; rua=mailto:d@shop.example",
    "p=n\u043en\u0435; rua=mailto:d@shop.example": "p=none; rua=mailto:d@shop.example",
    "p=reject; rua=mailt\u043e:d@shop.example": "p=reject; rua=mailto:d@shop.example",
    "p=reject; rua=mailto://d@shop.example": "p=reject; rua=mailto:d@shop.example",
    "p=rejekt; rua=mailto:d@shop.example": "p=reject; rua=mailto:d@shop.example",
}
OWN = "@ IN A 192.0.2.80\n"


@pytest.mark.parametrize("written", TABLE)
def test_spf(written: str, tmp_path: Path) -> None:
    report = audited(f"{HEAD}{MX}{OWN}{KEY}{DMARC}@ IN TXT {written}\n", tmp_path, others=OTHERS)
    offered = [fix for fix in report.fixes if fix.what == "SPF record" and fix.is_for_now]
    assert [value_of(fix.after[0]) for fix in offered] == ([f"v=spf1 {TABLE[written]}"] if TABLE[written] else [])
    if not offered:
        messages = [
            each
            for each in report.findings
            if each.rule.startswith("spf_") and each.status in (Status.FAIL, Status.WARN)
        ]
        assert messages
        assert all(each.advice for each in messages)


@pytest.mark.parametrize("written", POLICIES)
def test_dmarc(written: str, tmp_path: Path) -> None:
    zone = f'{HEAD}{MX}{KEY}@ IN TXT "v=spf1 mx -all"\n_dmarc IN TXT "v=DMARC1; {written}"\n'
    report = audited(zone, tmp_path)
    (offered,) = (fix for fix in report.fixes if fix.what == "DMARC record" and fix.is_for_now)
    assert value_of(offered.after[0]) == f"v=DMARC1; {POLICIES[written]}"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("_dmarc", "v=DMARC1; p=r\u0435ject; rua=mailto:d@shop.example"),
        ("_dmarc", "v=DM\u0410RC1; p=reject; rua=mailto:d@shop.example"),
        ("_dmarc", "v=DMARC1; \u0440=reject; rua=mailto:d@shop.example"),
        ("s1._domainkey", RSA.replace("p=MII", "p=MI\u0406")),
        ("s1._domainkey", RSA.replace("p=MII", "\u0440=MII")),
        ("@", "v=spf1 m\u0445 -all"),
        ("@", "v=s\u0440f1 mx -all"),
        ("_mta-sts", "v=ST\u0405v1; id=1"),
    ],
)
def test_a_letter_that_only_looks_like_ascii_is_named(name: str, text: str, tmp_path: Path) -> None:
    good = {"_dmarc": DMARC, "s1._domainkey": KEY, "@": SPF}
    zone = HEAD + MX + "".join(line for each, line in good.items() if each != name) + f"{name} IN TXT {strings(text)}\n"
    report = audited(zone, tmp_path)
    assert any("only looks like" in f"{each.message} {each.advice}" for each in report.findings)
    assert all(value_of(record).isascii() for fix in report.fixes for record in fix.after)


@pytest.mark.parametrize("before", ["v=spf1 ", "TXT ", "_dmarc "])
def test_what_stands_before_the_version_of_dmarc_loses_no_intent(before: str, tmp_path: Path) -> None:
    zone = f'{HEAD}{MX}{KEY}@ IN TXT "v=spf1 mx -all"\n_dmarc IN TXT "{before}v=DMARC1; p=reject; rua=mailto:d@shop.example"\n'
    (offered,) = (fix for fix in audited(zone, tmp_path).fixes if fix.is_for_now and fix.name.startswith("_dmarc"))
    assert value_of(offered.after[0]) == "v=DMARC1; p=reject; rua=mailto:d@shop.example"


@pytest.mark.parametrize("spf", ["", "v=spf1 ~all", "v=spf1 ?all", "v=spf1 - all"])
@pytest.mark.parametrize("dmarc", ["", "v=DMARC1; p=none", "v=DMARC1; p=rejekt"])
def test_a_null_mx_without_a_sender_becomes_a_parked_domain_at_once(spf: str, dmarc: str, tmp_path: Path) -> None:
    texts = {"@": spf, "_dmarc": dmarc}
    zone = f"{HEAD}@ IN MX 0 .\n" + "".join(f'{name} IN TXT "{text}"\n' for name, text in texts.items() if text)
    report = audited(published(zone, for_now(audited(zone, tmp_path))), tmp_path)
    assert (report.verdict, report.score, report.fixes) == (Status.PASS, 100, ())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("p=", "p:"),
        ("k=rsa", "k=RSA"),
        ("p=MII", "p=M,II"),
        (";", "\\\\;"),
        ("p=MII", 'p=\\"MII'),
        ("p=MII", "p=\u201cMII"),
        ("p=MII", "\u0440=MII"),
        ("v=DKIM1", "v=D\u041aIM1"),
        ("k=rsa", "k=rs\u0430"),
        ("v=DKIM1", "v=DMARC1"),
        ("v=DKIM1", "v=spf1"),
    ],
)
def test_a_key_with_stray_characters_is_the_same_key_again(old: str, new: str, tmp_path: Path) -> None:
    zone = f"{HEAD}{MX}{SPF}{DMARC}s1._domainkey IN TXT {strings(RSA.replace(old, new))}\n"
    (fix,) = (each for each in audited(zone, tmp_path).fixes if each.what == "DKIM key")
    assert value_of(fix.after[0]) == RSA
    assert not [each for each in audited(published(zone, [fix]), tmp_path).fixes if each.what == "DKIM key"]
