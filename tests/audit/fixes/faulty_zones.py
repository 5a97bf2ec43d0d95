"""Zones with the faults that owners really publish: lines, addresses that the owner meant to pass SPF, and the outcome.

The fixes for now make the zone "better"; or it stays the "same", where only the owner can decide, or where only later steps and
requests to others are left.
"""

from __future__ import annotations

import re
from pathlib import Path

GOOD_ZONE = Path(__file__).parents[3] / "scenarios" / "zones" / "good.zone"
_FOUND = re.search(r's1\._domainkey +IN TXT +"(.+)" "(.+)"', GOOD_ZONE.read_text("utf-8"))
assert _FOUND
RSA = "".join(_FOUND.groups())
KEY = f's1._domainkey IN TXT "{RSA[:250]}" "{RSA[250:]}"\n'
MX = "@ IN MX 10 mail\n"
SPF = '@ IN TXT "v=spf1 mx -all"\n'
DMARC = '_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:d@shop.example"\n'
MAIL = "192.0.2.25"
GOOGLE = "@ IN MX 1 smtp.google.com.\n"
MICROSOFT = "@ IN MX 0 shop-example.mail.protection.outlook.com.\n"
PARTS = "".join(f'p{number} IN TXT "v=spf1 ip4:198.51.100.{number} -all"\n' for number in range(14))
Zone = tuple[str, tuple[str, ...], str]


def spf(text: str, rest: str = MX + KEY + DMARC) -> str:
    return f"@ IN TXT {strings(f'v=spf1 {text}')}\n{rest}"


def strings(text: str) -> str:
    """As a zone file has them: at most 200 octets each."""
    return " ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200))


def dmarc(*texts: str, rest: str = MX + KEY + SPF) -> str:
    return "".join(f'_dmarc IN TXT "{text}"\n' for text in texts) + rest


ZONES: dict[str, Zone] = {
    # SPF
    "a blank before all": (spf("mx - all"), (MAIL,), "better"),
    "an address with a: and one with ipv4:": (
        spf("a:192.0.2.1 ipv4:192.0.2.2 -all"),
        ("192.0.2.1", "192.0.2.2"),
        "better",
    ),
    "commas": (spf("ip4:192.0.2.1, ip4:192.0.2.2, mx -all"), ("192.0.2.1", "192.0.2.2", MAIL), "better"),
    "a record inside the record": (spf("mx -all v=spf1 ip4:192.0.2.1 -all"), (MAIL, "192.0.2.1"), "better"),
    "?all with ptr": (spf("mx ptr ?all"), (MAIL,), "better"),
    "+all": (spf("mx +all"), (MAIL,), "better"),
    "no all": (spf("mx ip4:192.0.2.1"), (MAIL, "192.0.2.1"), "better"),
    "a lone ?all": (spf("?all"), (MAIL,), "better"),
    "a lone ~all": (spf("~all"), (MAIL,), "better"),
    "a lone -all, and mail": (spf("-all"), (), "same"),
    "modifiers in place of mechanisms": (spf("ip4=192.0.2.1 mx= -all"), ("192.0.2.1", MAIL), "better"),
    "a redirect beside all": (spf("redirect=p1.shop.example -all") + PARTS, ("198.51.100.1",), "better"),
    "senders after all": (spf("-all include:p1.shop.example mx") + PARTS, ("198.51.100.1", MAIL), "better"),
    "an include of a record without senders": (
        spf("include:p1.shop.example -all") + 'p1 IN TXT "v=spf1 -all"\n',
        (),
        "same",
    ),
    "two records": (
        spf("mx -all") + '@ IN TXT "v=spf1 include:p1.shop.example ~all"\n' + PARTS,
        (MAIL, "198.51.100.1"),
        "better",
    ),
    "three records, one mistyped": (
        spf("mx -all") + '@ IN TXT "v=spf1 ipv4:192.0.2.1 ~all"\n@ IN TXT "v=spf1 ip4:192.0.2.2 ?all"\n',
        (MAIL, "192.0.2.1", "192.0.2.2"),
        "better",
    ),
    "two records, one not clear": (spf("mx -all") + '@ IN TXT "v=spf1 moo -all"\n', (), "same"),
    "a lost blank": (f'@ IN TXT "v=spf1 ip4:192.0.2.1" "mx -all"\n{MX}{KEY}{DMARC}', ("192.0.2.1", MAIL), "better"),
    "a lost blank between names": (
        f'@ IN TXT "v=spf1 include:p1.shop.example" "include:p2.shop.example -all"\n{MX}{KEY}{DMARC}{PARTS}',
        ("198.51.100.1", "198.51.100.2"),
        "better",
    ),
    "a lost blank after the version": (f'@ IN TXT "v=spf1" "mx -all"\n{MX}{KEY}{DMARC}', (MAIL,), "better"),
    "quotation marks": (f'@ IN TXT "\\"v=spf1 mx -all\\""\n{MX}{KEY}{DMARC}', (MAIL,), "better"),
    "typographic quotation marks": (
        f"@ IN TXT \u201cv=spf1\\032mx\\032-all\u201d\n{MX}{KEY}{DMARC}",
        (MAIL,),
        "better",
    ),
    "a typographic dash": (spf("mx \u2013all"), (MAIL,), "better"),
    "a semicolon after the version": (f'@ IN TXT "v=spf1; mx -all"\n{MX}{KEY}{DMARC}', (MAIL,), "better"),
    "a preference in SPF": (spf("mx:10 mail.shop.example -all"), (), "same"),
    "ptr alone": (spf("ptr -all"), (), "same"),
    "a very wide network": (spf("mx ip4:17.0.0.0/8 -all"), (MAIL,), "same"),
    "a private address": (spf("mx ip4:10.0.0.1 -all"), (MAIL,), "same"),
    "an include that is gone": (spf("mx include:gone.shop.example -all"), (MAIL,), "better"),
    "an include that is gone, and no other": (spf("include:gone.shop.example -all"), (), "same"),
    "an include of itself": (spf("mx include:shop.example -all"), (MAIL,), "better"),
    "an included record of one's own with an error": (
        spf("include:_spf.shop.example -all") + '_spf IN TXT "v=spf1 ipv4:192.0.2.1 -all"\n',
        ("192.0.2.1",),
        "better",
    ),
    "two included records at one name": (
        spf("mx include:_spf.shop.example -all")
        + '_spf IN TXT "v=spf1 ip4:192.0.2.1 -all"\n_spf IN TXT "v=spf1 ip4:192.0.2.2 ~all"\n',
        (MAIL, "192.0.2.1", "192.0.2.2"),
        "better",
    ),
    "an include that is gone, in an included record": (
        spf("mx include:_spf.shop.example -all")
        + '_spf IN TXT "v=spf1 ip4:192.0.2.1 include:gone.shop.example -all"\n',
        (MAIL, "192.0.2.1"),
        "better",
    ),
    "a mistyped include of a provider": (spf("mx include:_spf.gogle.com -all"), (MAIL,), "same"),
    "three hosts that are gone": (
        spf("mx a:x1.shop.example a:x2.shop.example a:x3.shop.example -all"),
        (MAIL,),
        "better",
    ),
    "twelve lookups": (
        spf(" ".join(f"include:p{number}.shop.example" for number in range(12)) + " -all") + PARTS,
        (),
        "same",
    ),
    "twelve lookups, three of them again": (
        spf(" ".join(f"include:p{number}.shop.example" for number in (*range(9), 1, 2, 3)) + " -all") + PARTS,
        tuple(f"198.51.100.{number}" for number in range(9)),
        "better",
    ),
    "no SPF, mail at Google": (GOOGLE + KEY + DMARC, (), "better"),
    "no SPF, mail at Microsoft": (MICROSOFT + KEY + DMARC, (), "better"),
    "a lone -all, and mail at Google": (spf("-all", GOOGLE + KEY + DMARC), (), "same"),
    "a lone ~all, and mail at Google": (spf("~all", GOOGLE + KEY + DMARC), (), "better"),
    "mx for mail at Google": (spf("mx -all", GOOGLE + KEY + DMARC), (), "same"),
    "a mistyped address, and mail at Google": (
        spf("mx ipv4:192.0.2.1 -all", GOOGLE + KEY + DMARC),
        (),
        "better",
    ),
    "no SPF, own MX": (MX + KEY + DMARC, (MAIL,), "better"),
    "no SPF and no MX, but a key": (KEY + DMARC, (), "same"),
    "no SPF and no MX, but an address": ("@ IN A 192.0.2.80\n" + DMARC, (), "same"),
    "nothing at all": ("", (), "better"),
    # DMARC
    "a mistyped policy": (dmarc("v=DMARC1; p=rejekt; rua=mailto:d@shop.example"), (MAIL,), "better"),
    "a policy in quotation marks": (dmarc('v=DMARC1; p=\\"reject\\"; rua=mailto:d@shop.example'), (MAIL,), "better"),
    "a policy with a comma": (dmarc("v=DMARC1; p=reject,; rua=mailto:d@shop.example"), (MAIL,), "better"),
    "commas between tags": (dmarc("v=DMARC1, p=reject, rua=mailto:d@shop.example"), (MAIL,), "better"),
    "p=none without reports": (dmarc("v=DMARC1; p=none"), (MAIL,), "better"),
    "p=none with reports": (dmarc("v=DMARC1; p=none; rua=mailto:d@shop.example"), (MAIL,), "same"),
    "sp and pct": (dmarc("v=DMARC1; p=reject; sp=none; pct=20; rua=mailto:d@shop.example"), (MAIL,), "same"),
    "sp, pct and no reports": (dmarc("v=DMARC1; p=reject; sp=none; pct=20"), (MAIL,), "better"),
    "two policies": (dmarc("v=DMARC1; p=reject; p=none; rua=mailto:d@shop.example"), (MAIL,), "better"),
    "two DMARC records": (
        dmarc("v=DMARC1; p=none; rua=mailto:a@shop.example", "v=DMARC1; p=reject"),
        (MAIL,),
        "better",
    ),
    "DMARC without its version": (dmarc("p=reject; rua=mailto:d@shop.example"), (MAIL,), "better"),
    "DMARC in quotation marks": (dmarc('\\"v=DMARC1; p=reject; rua=mailto:d@shop.example\\"'), (MAIL,), "better"),
    "DMARC at the domain": (
        MX + KEY + SPF + '@ IN TXT "v=DMARC1; p=reject; rua=mailto:d@shop.example"\n',
        (MAIL,),
        "better",
    ),
    "DMARC without the underscore": (
        MX + KEY + SPF + 'dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:d@shop.example"\n',
        (MAIL,),
        "better",
    ),
    "DMARC at a doubled name": (
        MX + KEY + SPF + '_dmarc.shop.example IN TXT "v=DMARC1; p=reject; rua=mailto:d@shop.example"\n',
        (MAIL,),
        "better",
    ),
    "DMARC at three names": (
        dmarc("v=DMARC1; p=quarantine; rua=mailto:d@shop.example")
        + '@ IN TXT "v=DMARC1; p=reject"\ndmarc IN TXT "v=DMARC1; p=none"\n',
        (MAIL,),
        "better",
    ),
    "a report address without mailto:": (dmarc("v=DMARC1; p=reject; rua=d@shop.example"), (MAIL,), "better"),
    "report addresses with a semicolon": (
        dmarc("v=DMARC1; p=reject; rua=mailto:d@shop.example;mailto:e@shop.example"),
        (MAIL,),
        "better",
    ),
    "a policy that is none": (dmarc("v=DMARC1; p=block; rua=mailto:d@shop.example"), (MAIL,), "same"),
    "a void record": (dmarc("v=DMARC1; adkim=s"), (MAIL,), "better"),
    "psd=y": (dmarc("v=DMARC1; p=reject; psd=y; rua=mailto:d@shop.example"), (MAIL,), "better"),
    "testing": (dmarc("v=DMARC1; p=reject; t=y; rua=mailto:d@shop.example"), (MAIL,), "same"),
    "no DMARC": (MX + KEY + SPF, (MAIL,), "better"),
    "reports to another organization": (dmarc("v=DMARC1; p=reject; rua=mailto:d@reports.example"), (MAIL,), "same"),
    "another text at _dmarc": (
        dmarc("v=DMARC1; p=reject; rua=mailto:d@shop.example", "site-verification=1"),
        (MAIL,),
        "better",
    ),
    # everything else
    "MX records with every fault": (
        MX
        + "@ IN MX 15 mail\n@ IN MX 20 alias\n@ IN MX 30 gone\n@ IN MX 40 192.0.2.25.\n@ IN MX 0 .\nalias IN CNAME mail\n"
        + KEY
        + SPF
        + DMARC,
        (MAIL,),
        "better",
    ),
    "the only MX host is gone": ("@ IN MX 10 gone\n" + KEY + SPF + DMARC, (), "same"),
    "the only MX is an alias": ("@ IN MX 10 alias\nalias IN CNAME mail\n" + KEY + SPF + DMARC, (MAIL,), "better"),
    "a null MX with a preference": (
        '@ IN MX 10 .\n@ IN TXT "v=spf1 -all"\n_dmarc IN TXT "v=DMARC1; p=reject"\n',
        (),
        "better",
    ),
    "a parked domain without DMARC": ('@ IN MX 0 .\n@ IN TXT "v=spf1 -all"\n', (), "better"),
    "a parked domain with p=none": (
        '@ IN MX 0 .\n@ IN TXT "v=spf1 -all"\n_dmarc IN TXT "v=DMARC1; p=none"\n',
        (),
        "better",
    ),
    "a key with t=y and g=": (
        f"{MX}{SPF}{DMARC}s1._domainkey IN TXT {strings(RSA.replace('v=DKIM1;', 'v=DKIM1; t=y; g=*;'))}\n",
        (MAIL,),
        "better",
    ),
    "a key at a doubled name": (
        MX + KEY + SPF + DMARC + f's1._domainkey.shop.example IN TXT "{RSA[:250]}" "{RSA[250:]}"\n',
        (MAIL,),
        "better",
    ),
    "a wildcard for mail": (MX + KEY + SPF + DMARC + "* IN MX 10 mail\n", (MAIL,), "same"),
    "two TLS-RPT records": (
        MX
        + KEY
        + SPF
        + DMARC
        + '_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:a@shop.example"\n'
        + '_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:b@shop.example"\n',
        (MAIL,),
        "better",
    ),
    "an MTA-STS id with dashes": (
        MX + KEY + SPF + DMARC + 'mta-sts IN A 192.0.2.40\n_mta-sts IN TXT "v=STSv1; id=2026-11-22"\n',
        (MAIL,),
        "better",
    ),
    "faults everywhere": (
        spf("ipv4:192.0.2.1, mx -all", spf("include:p1.shop.example ?all", PARTS + MX + KEY))
        + dmarc("v=DMARC1; p=rejekt; rua=d@shop.example", rest='@ IN MX 20 gone\ndmarc IN TXT "v=DMARC1; p=none"\n'),
        ("192.0.2.1", MAIL, "198.51.100.1"),
        "better",
    ),
}
