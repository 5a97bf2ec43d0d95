"""Owners of zones that guides, control panels and text editors have made faulty follow the screen, and their mail passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchkit.audit.facts.dkim_discovery import looks_like_key
from benchkit.model.finding import Status
from tests.audit.fixes.faulty_zones import DMARC, KEY, MX, RSA, SPF
from tests.audit.fixes.published import HEAD, audited
from tests.audit.fixes.test_screen import followed, screen

MAIL = ("192.0.2.25",)
PEM = f'"-----BEGIN PUBLIC KEY----- {RSA[18:240]}" "{RSA[240:]} -----END PUBLIC KEY-----"'
BARE = f'"{RSA[18:240]}" "{RSA[240:]}"'
SLASHED = f'"v=DKIM1{chr(92) * 2}; k=rsa{chr(92) * 2}; {RSA[16:240]}" "{RSA[240:]}"'
SENDGRID = "s{0}._domainkey IN CNAME s{0}.domainkey.u1.wl1.sendgrid.net\n"
OTHERS = "".join(f"s{number}.domainkey.u1.wl1.sendgrid.net. IN TXT {KEY.partition('TXT ')[2]}" for number in (1, 2)) + (
    'sendgrid.net. IN TXT "v=spf1 ip4:198.51.100.0/24 -all"\n'
    'servers.mcsv.net. IN TXT "v=spf1 ip4:198.51.100.0/24 -all"\n'
    'spf.protection.outlook.com. IN TXT "v=spf1 ip4:198.51.100.0/24 -all"\n'
    "25.2.0.192.in-addr.arpa. IN PTR mail.shop.example.\n"
)
ZONES: dict[str, tuple[str, tuple[str, ...]]] = {
    "an MX without its final dot": ("@ IN MX 10 mail.shop.example\n" + SPF + KEY + DMARC, MAIL),
    "every name with the domain twice": (
        "@ IN MX 10 mail.shop.example\n"
        + SPF
        + KEY.replace("s1._domainkey", "s1._domainkey.shop.example")
        + DMARC.replace("_dmarc ", "_dmarc.shop.example "),
        MAIL,
    ),
    "a comma in Microsoft's include": (
        MX + KEY + DMARC + '@ IN TXT "v=spf1 mx include:spf.protection.outlook,com -all"\n',
        MAIL,
    ),
    "DMARC in lower case": (
        MX + SPF + KEY + '_dmarc IN TXT "v=dmarc1; p = reject ; rua = mailto:d@shop.example"\n',
        MAIL,
    ),
    "DMARC without semicolons": (
        MX + SPF + KEY + '_dmarc IN TXT "v=DMARC1 p=reject rua=mailto:d@shop.example"\n',
        MAIL,
    ),
    "DMARC tags without a value": (
        MX + SPF + KEY + '_dmarc IN TXT "v=DMARC1; P=Reject; sp=; pct=; rua=mailto:d@shop.example"\n',
        MAIL,
    ),
    "DMARC with backslashes": (
        MX + SPF + KEY + f'_dmarc IN TXT "v=DMARC1{chr(92) * 2}; p=reject{chr(92) * 2}; rua=mailto:d@shop.example"\n',
        MAIL,
    ),
    "SPF at www and of the SPF type": (
        MX + KEY + DMARC + 'www IN TXT "v=spf1 mx -all"\n@ IN SPF "v=spf1 mx -all"\n',
        MAIL,
    ),
    "the two records of two guides": (
        MX + KEY + DMARC + '@ IN TXT "v=spf1 ip4:192.0.2.25 ~all"\n@ IN TXT "v=spf1 include:servers.mcsv.net ?all"\n',
        MAIL,
    ),
    "a netmask, and no all": (MX + KEY + DMARC + '@ IN TXT "v=spf1 ip4:192.0.2.25/255.255.255.255"\n', MAIL),
    "the key of a PEM file": (MX + SPF + DMARC + f"s1._domainkey IN TXT {PEM}\n", MAIL),
    "the key alone": (MX + SPF + DMARC + f"s1._domainkey IN TXT {BARE}\n", MAIL),
    "a key with backslashes": (MX + SPF + DMARC + f"s1._domainkey IN TXT {SLASHED}\n", MAIL),
    "SendGrid's names without their final dot": (
        MX
        + SPF.replace("mx", "mx include:sendgrid.net")
        + KEY.replace("s1.", "mail.")
        + DMARC
        + SENDGRID.format(1)
        + SENDGRID.format(2),
        MAIL,
    ),
}


@pytest.mark.parametrize("name", ZONES)
def test_an_owner_follows_the_screen(name: str, tmp_path: Path) -> None:
    lines, passing = ZONES[name]
    shown = screen(HEAD + lines, tmp_path)
    assert "Publish now" in shown
    zone = followed(HEAD + lines, shown)
    for ip in passing:
        report = audited(zone, tmp_path, ip=ip, others=OTHERS)
        assert (report.spf.result, report.dmarc.policy) == ("pass", "reject" if "twice" not in name else "none")
        left = {finding.rule for finding in report.findings if finding.status is Status.FAIL and not finding.follows}
        assert not left
        assert any(key.key_type == "rsa" for key in report.dkim)
    assert "Publish now" not in screen(zone, tmp_path)


@pytest.mark.parametrize(
    ("lines", "rule", "words"),
    [
        ("@ IN MX 10 192.0.2.25\n", "mx_targets.literal", "192.0.2.25 is an address"),
        ("@ IN MX 10 gone.other.example\n", "mx_targets.does_not_exist", "`gone.other.example.`"),
        ('s1._domainkey IN TXT "-----BEGIN PUBLIC KEY-----MIIB"\n', "dkim_selectors.no_tags", "without its first line"),
    ],
)
def test_what_only_the_owner_knows_is_said(lines: str, rule: str, words: str, tmp_path: Path) -> None:
    output = screen(HEAD + SPF + DMARC + lines, tmp_path)
    assert rule in output
    assert words in " ".join(output.split())


@pytest.mark.parametrize("text", ["plain text", "google-site-verification=1", "MIIB", "v=spf1 -all", "a.host.example"])
def test_other_texts_are_no_keys(text: str) -> None:
    assert not looks_like_key(text)
