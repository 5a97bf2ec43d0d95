"""Every kind of defect, and of soundness, that two auditors can be asked about: by feature and name, the lines of a zone.

In the lines `{d}` is the domain; names without a final dot are below it, and below esp.example in SERVICES. The
server refuses to speak of names outside example.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Variants = Mapping[str, str]


def txt(name: str, *texts: str) -> str:
    """TXT records, each cut into strings that are short enough."""
    return "\n".join(f"{name} IN TXT {strings(text)}" for text in texts)


def strings(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return " ".join(f'"{escaped[at : at + 200]}"' for at in range(0, max(len(escaped), 1), 200))


def spf(text: str) -> str:
    return txt("@", f"v=spf1 {text}")


def dmarc(tags: str) -> str:
    return txt("_dmarc", f"v=DMARC1; {tags}")


def numbered(pattern: str, count: int) -> str:
    return "\n".join(pattern.format(number) for number in range(count))


def includes(count: int) -> str:
    return " ".join(f"include:n{number}.esp.example" for number in range(count))


SERVICES = "\n".join(
    (
        txt("ok", "v=spf1 ip4:198.51.100.0/24 -all"),
        txt("two", "v=spf1 -all", "v=spf1 ~all"),
        txt("bad", "v=spf1 moo -all"),
        txt("deep", "v=spf1 include:ok.esp.example a:host.esp.example -all"),
        txt("loop", "v=spf1 include:loop.esp.example -all"),
        txt("round", "v=spf1 include:again.esp.example -all"),
        txt("again", "v=spf1 include:round.esp.example -all"),
        txt("other", "not SPF"),
        "\n".join(txt(f"n{number}", f"v=spf1 ip4:198.51.100.{number} -all") for number in range(12)),
        txt("mail", "v=spf1 ip4:192.0.2.25 -all") + "\nmail IN A 192.0.2.25\nelse IN A 192.0.2.27",
        "host IN A 198.51.100.25\nsix IN AAAA 2001:db8::25\n*._report._dmarc IN TXT v=DMARC1",
        "busy IN MX 10 host\n" + numbered("busy IN MX {0} m{0}", 11) + "\n" + numbered("m{0} IN A 198.51.100.{0}", 11),
    )
)
SPF: Variants = {
    "sound": spf("ip4:192.0.2.1 -all"),
    "none": "",
    "unrelated TXT": txt("@", "verify=1"),
    "two": txt("@", "v=spf1 -all", "v=spf1 mx -all"),
    "nobody": spf("-all"),
    "+all": spf("+all"),
    "no all": spf("ip4:192.0.2.1"),
    "terms after all": spf("-all ip4:192.0.2.1 a"),
    "redirect": spf("redirect=ok.esp.example"),
    "redirect beside all": spf("redirect=gone.esp.example -all"),
    "redirect to nothing": spf("redirect=gone.esp.example"),
    "redirect to itself": spf("redirect={d}"),
    "redirect twice": spf("redirect=ok.esp.example redirect=ok.esp.example"),
    "include": spf("include:deep.esp.example -all"),
    "include twice": spf("include:ok.esp.example include:ok.esp.example -all"),
    "include of a name without SPF": spf("include:other.esp.example -all"),
    "include of no name": spf("include:gone.esp.example -all"),
    "include of two": spf("include:two.esp.example -all"),
    "include of a bad one": spf("include:bad.esp.example -all"),
    "include of itself": spf("include:{d} -all"),
    "include in a circle": spf("include:round.esp.example -all"),
    "include behind all": spf("-all include:gone.esp.example"),
    "include without an answer": spf("include:dark.test -all"),
    "include by macro": spf("include:%{{d1r}}.esp.example -all"),
    "a": spf("a:host.esp.example -all"),
    "a for IPv6 only": spf("a:six.esp.example -all"),
    "a of no name": spf("a:gone.esp.example -all"),
    "two voids": spf("a:gone.esp.example a:lost.esp.example -all"),
    "three voids": spf("a:gone.esp.example a:lost.esp.example a:void.esp.example -all"),
    "three voids of one family": spf("a:six.esp.example a:six.esp.example a:six.esp.example -all"),
    "mx": spf("mx -all"),
    "mx of none": spf("mx:host.esp.example -all"),
    "mx of twelve": spf("mx:busy.esp.example -all"),
    "ptr": spf("ptr -all"),
    "exists by macro": spf("exists:%{{ir}}.%{{v}}._spf.{d} -all"),
    "ten lookups": spf(includes(10) + " -all"),
    "eleven lookups": spf(includes(11) + " -all"),
    "eleven lookups by mx": spf("mx " + includes(9) + " -all"),
    "unknown mechanism": spf("ipv4:192.0.2.1 -all"),
    "unknown mechanism behind all": spf("-all moo"),
    "ip4 of three": spf("ip4:192.0.2 -all"),
    "ip4 with a zero in front": spf("ip4:192.0.02.1 -all"),
    "ip4 /33": spf("ip4:192.0.2.1/33 -all"),
    "ip4 with host bits": spf("ip4:192.0.2.1/24 -all"),
    "ip4=": spf("ip4=192.0.2.1 -all"),
    "ip4 with a space": spf("ip4: 192.0.2.1 -all"),
    "ip6 with one colon less": spf("ip6:2001:db8:1 -all"),
    "ip6 /129": spf("ip6:2001:db8::1/129 -all"),
    "ip6 of IPv4": spf("ip6:192.0.2.1 -all"),
    "a with an address": spf("a:192.0.2.1 -all"),
    "a with prefixes": spf("a:host.esp.example/24//64 -all"),
    "a with a bad prefix": spf("a/024 -all"),
    "a of a label": spf("a:mail -all"),
    "a with a final dot": spf("a:host.esp.example. -all"),
    "include without a domain": spf("include -all"),
    "all with an argument": spf("-all:x"),
    "comma": spf("ip4:192.0.2.1, -all"),
    "macro that is none": spf("include:%{{z}}.esp.example -all"),
    "macro cut off": spf("include:%{{d.esp.example -all"),
    "per cent alone": spf("include:100%.esp.example -all"),
    "unknown modifier": spf("new=1 ip4:192.0.2.1 -all"),
    "unknown modifier twice": spf("new=1 new=2 ip4:192.0.2.1 -all"),
    "exp": spf("-all exp=why.{d}") + "\n" + txt("why", "%{{i}} is none of ours"),
    "exp to nothing": spf("-all exp=gone.{d}"),
    "exp twice": spf("-all exp=why.{d} exp=why.{d}"),
    "upper case": txt("@", "V=SPF1 IP4:192.0.2.1 A:HOST.ESP.EXAMPLE -ALL"),
    "version 10": txt("@", "v=spf10 -all"),
    "version and semicolon": txt("@", "v=spf1; ip4:192.0.2.1 -all"),
    "version alone": txt("@", "v=spf1"),
    "blank in front": txt("@", " v=spf1 -all"),
    "blanks within": txt("@", "v=spf1  ip4:192.0.2.1   -all "),
    "tab within": txt("@", "v=spf1 ip4:192.0.2.1\t-all").replace("\t", "\\009"),
    "quotes within": txt("@", '"v=spf1 -all"'),
    "octets that are no ASCII": txt("@", "v=spf1 include:b") + '"\\252cher.example -all"',
    "in two strings": '@ IN TXT "v=spf1 ip4:192.0" ".2.1 -all"',
    "in two strings that leave a blank out": '@ IN TXT "v=spf1 ip4:192.0.2.1" "-all"',
}
RUA = "rua=mailto:d@{d}"
DMARC: Variants = {
    **{policy: dmarc(f"p={policy}; {RUA}") for policy in ("none", "quarantine", "reject")},
    "missing": "",
    "two": txt("_dmarc", "v=DMARC1; p=none", "v=DMARC1; p=reject"),
    "unrelated beside": dmarc(f"p=reject; {RUA}") + "\n" + txt("_dmarc", "verify=1"),
    "unrelated alone": txt("_dmarc", "verify=1"),
    "SPF there": txt("_dmarc", "v=spf1 -all"),
    "version in lower case": txt("_dmarc", f"v=dmarc1; p=reject; {RUA}"),
    "version 2": txt("_dmarc", f"v=DMARC2; p=reject; {RUA}"),
    "blank in front": txt("_dmarc", f" v=DMARC1; p=reject; {RUA}"),
    "blanks": txt("_dmarc", f"v = DMARC1 ; p = reject ; {RUA} ;"),
    "no semicolons": txt("_dmarc", "v=DMARC1 p=reject"),
    "semicolons only": txt("_dmarc", "v=DMARC1;;; p=reject"),
    "p before v": txt("_dmarc", "p=reject; v=DMARC1"),
    "version alone": txt("_dmarc", "v=DMARC1"),
    "no p, rua": dmarc(RUA),
    "no p, no rua": dmarc("adkim=s"),
    "p last": dmarc(f"{RUA}; p=reject"),
    "p in upper case": dmarc(f"P=REJECT; {RUA}"),
    "p misspelt, rua": dmarc(f"p=rejekt; {RUA}"),
    "p misspelt, no rua": dmarc("p=rejekt"),
    "p empty": dmarc("p="),
    "p twice": dmarc("p=reject; p=none"),
    "sp misspelt": dmarc(f"p=reject; sp=rejekt; {RUA}"),
    "np misspelt": dmarc(f"p=reject; np=rejekt; {RUA}"),
    "sp, np": dmarc(f"p=reject; sp=quarantine; np=none; {RUA}"),
    "pct": dmarc(f"p=reject; pct=50; {RUA}"),
    "pct is no number": dmarc(f"p=reject; pct=all; {RUA}"),
    "rf, ri": dmarc(f"p=reject; rf=afrf; ri=3600; {RUA}"),
    "t=y": dmarc(f"p=reject; t=y; {RUA}"),
    "t=x": dmarc(f"p=reject; t=x; {RUA}"),
    "psd=n": dmarc(f"p=reject; psd=n; {RUA}"),
    "psd=x": dmarc(f"p=reject; psd=x; {RUA}"),
    "adkim=x": dmarc(f"p=reject; adkim=x; {RUA}"),
    "fo": dmarc(f"p=reject; fo=1:d:s; {RUA}; ruf=mailto:f@{{d}}"),
    "fo=0:1": dmarc(f"p=reject; fo=0:1; {RUA}; ruf=mailto:f@{{d}}"),
    "fo=x": dmarc(f"p=reject; fo=x; {RUA}; ruf=mailto:f@{{d}}"),
    "unknown tag": dmarc(f"p=reject; new=1; {RUA}"),
    "a tag without =": dmarc(f"p=reject; junk; {RUA}"),
    "rua without mailto": dmarc("p=reject; rua=d@{d}"),
    "rua by https": dmarc("p=reject; rua=https://{d}/reports"),
    "rua with a size": dmarc("p=reject; rua=mailto:d@{d}!10m"),
    "rua of two": dmarc("p=reject; rua=mailto:d@{d}, mailto:e@{d}"),
    "rua empty": dmarc("p=reject; rua="),
    "rua elsewhere, agreed": dmarc("p=reject; rua=mailto:d@esp.example"),
    "rua elsewhere, not agreed": dmarc("p=reject; rua=mailto:d@other.example"),
    "by CNAME": "_dmarc IN CNAME _policy\n" + txt("_policy", f"v=DMARC1; p=reject; {RUA}"),
    "at the domain itself": txt("@", "v=DMARC1; p=reject"),
    "of the parent": "$ORIGIN {parent}.\n"
    + txt("_dmarc", "v=DMARC1; p=reject; rua=mailto:d@{parent}")
    + "\n$ORIGIN {d}.",
    "two, and the parent's": txt("_dmarc", "v=DMARC1; p=none", "v=DMARC1; p=none")
    + "\n$ORIGIN {parent}.\n"
    + txt("_dmarc", "v=DMARC1; p=reject; rua=mailto:d@{parent}")
    + "\n$ORIGIN {d}.",
    "octets that are no ASCII": '_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:\\252@{d}"',
}
FINE = "m1 IN A 192.0.2.25\n"
MX: Variants = {
    "sound": "@ IN MX 10 m1\n" + FINE,
    "two": "@ IN MX 10 m1\n@ IN MX 20 host.esp.example.\n" + FINE,
    "none, with an address": "@ IN A 192.0.2.80",
    "none": "",
    "null": "@ IN MX 0 .",
    "null among others": "@ IN MX 0 .\n@ IN MX 10 m1\n" + FINE,
    "null with a preference": "@ IN MX 10 .",
    "an alias": "@ IN MX 10 m2\nm2 IN CNAME m1\n" + FINE,
    "no address": "@ IN MX 10 m3\nm3 IN TXT here",
    "no such name": "@ IN MX 10 gone",
    "one twice": "@ IN MX 10 m1\n@ IN MX 20 m1\n" + FINE,
    "an address": "@ IN MX 10 192.0.2.25.",
    "no PTR": "@ IN MX 10 m4\nm4 IN A 192.0.2.99",
    "another's PTR": "@ IN MX 10 m5\nm5 IN A 192.0.2.26",
}
STS: Variants = {
    "sound": "v=STSv1; id=20260101;",
    "none": "",
    "two": "v=STSv1; id=1;|v=STSv1; id=2;",
    "unrelated beside": "v=STSv1; id=1;|verify=1",
    "unrelated alone": "verify=1",
    "no id": "v=STSv1;",
    "id with a hyphen": "v=STSv1; id=2026-01-01;",
    "id of 33": "v=STSv1; id=" + "1" * 33 + ";",
    "id empty": "v=STSv1; id=;",
    "id twice": "v=STSv1; id=1; id=2;",
    "id first": "id=1; v=STSv1;",
    "no final semicolon": "v=STSv1; id=1",
    "blanks": "v=STSv1 ; id=1 ;",
    "blanks around =": "v=STSv1; id = 1;",
    "an extension": "v=STSv1; id=1; ext=2;",
    "version in lower case": "v=stsv1; id=1;",
    "version 2": "v=STSv2; id=1;",
    "junk": "v=STSv1; id=1; junk;",
}
TLS_RPT: Variants = {
    "sound": "v=TLSRPTv1; rua=mailto:t@{d}",
    "by https": "v=TLSRPTv1; rua=https://{d}/tls",
    "none": "",
    "two": "v=TLSRPTv1; rua=mailto:t@{d}|v=TLSRPTv1; rua=mailto:u@{d}",
    "unrelated beside": "v=TLSRPTv1; rua=mailto:t@{d}|verify=1",
    "no rua": "v=TLSRPTv1;",
    "rua empty": "v=TLSRPTv1; rua=",
    "rua of two": "v=TLSRPTv1; rua=mailto:t@{d},https://{d}/tls",
    "rua without a scheme": "v=TLSRPTv1; rua=t@{d}",
    "rua by ftp": "v=TLSRPTv1; rua=ftp://{d}/tls",
    "rua by http": "v=TLSRPTv1; rua=http://{d}/tls",
    "blanks around =": "v=TLSRPTv1; rua = mailto:t@{d}",
    "rua twice": "v=TLSRPTv1; rua=mailto:t@{d}; rua=mailto:u@{d}",
    "version in lower case": "v=tlsrptv1; rua=mailto:t@{d}",
    "version 2": "v=TLSRPTv2; rua=mailto:t@{d}",
    "rua first": "rua=mailto:t@{d}; v=TLSRPTv1",
    "an extension": "v=TLSRPTv1; rua=mailto:t@{d}; ext=1",
    "blanks": "v=TLSRPTv1 ; rua=mailto:t@{d} ;",
}
BIMI: Variants = {
    "sound": "v=BIMI1; l=https://{d}/a.svg; a=https://{d}/a.pem",
    "no certificate": "v=BIMI1; l=https://{d}/a.svg",
    "declined": "v=BIMI1; l=; a=;",
    "none": "",
    "two": "v=BIMI1; l=https://{d}/a.svg|v=BIMI1; l=https://{d}/b.svg",
    "unrelated beside": "v=BIMI1; l=https://{d}/a.svg|verify=1",
    "version alone": "v=BIMI1;",
    "l by http": "v=BIMI1; l=http://{d}/a.svg",
    "l of two": "v=BIMI1; l=https://{d}/a.svg,https://{d}/b.svg",
    "l twice": "v=BIMI1; l=https://{d}/a.svg; l=https://{d}/b.svg",
    "l is no URI": "v=BIMI1; l=logo",
    "a by http": "v=BIMI1; l=https://{d}/a.svg; a=http://{d}/a.pem",
    "avp": "v=BIMI1; l=https://{d}/a.svg; avp=personal",
    "avp of none": "v=BIMI1; l=https://{d}/a.svg; avp=team",
    "unknown tag": "v=BIMI1; l=https://{d}/a.svg; new=1",
    "version in lower case": "v=bimi1; l=https://{d}/a.svg",
    "version 2": "v=BIMI2; l=https://{d}/a.svg",
}
POLICY: Variants = {
    "sound": "version: STSv1\r\nmode: enforce\r\nmx: *.{d}\r\nmax_age: 604800\r\n",
    "line feeds": "version: STSv1\nmode: testing\nmx: m1.{d}\nmax_age: 604800\n",
    "none": "version: STSv1\nmode: none\nmax_age: 604800\n",
    "no final line end": "version: STSv1\nmode: enforce\nmx: m1.{d}\nmax_age: 604800",
    "no version": "mode: enforce\nmx: m1.{d}\nmax_age: 604800\n",
    "version 2": "version: STSv2\nmode: enforce\nmx: m1.{d}\nmax_age: 604800\n",
    "no mode": "version: STSv1\nmx: m1.{d}\nmax_age: 604800\n",
    "mode of none": "version: STSv1\nmode: report\nmx: m1.{d}\nmax_age: 604800\n",
    "no mx": "version: STSv1\nmode: enforce\nmax_age: 604800\n",
    "no max_age": "version: STSv1\nmode: enforce\nmx: m1.{d}\n",
    "max_age too long": "version: STSv1\nmode: enforce\nmx: m1.{d}\nmax_age: 31557601\n",
    "max_age is no number": "version: STSv1\nmode: enforce\nmx: m1.{d}\nmax_age: week\n",
    "max_age twice": "version: STSv1\nmode: enforce\nmx: m1.{d}\nmax_age: 604800\nmax_age: week\n",
    "star within": "version: STSv1\nmode: enforce\nmx: m1.*.{d}\nmax_age: 604800\n",
    "star for a part": "version: STSv1\nmode: enforce\nmx: m*.{d}\nmax_age: 604800\n",
    "an extension": "version: STSv1\nmode: enforce\nmx: m1.{d}\nmax_age: 604800\next: 1\n",
    "a line without a colon": "version: STSv1\nmode: enforce\nmx: m1.{d}\nmax_age: 604800\njunk\n",
    "blanks": "version:STSv1\nmode:  enforce \nmx:m1.{d}\nmax_age:\t604800\n",
    "version last": "mode: enforce\nmx: m1.{d}\nmax_age: 604800\nversion: STSv1\n",
    "empty": "",
}
FEATURES: Mapping[str, Variants] = {
    "spf": SPF,
    "dmarc": DMARC,
    "mx": MX,
    "mta_sts": STS,
    "tls_rpt": TLS_RPT,
    "bimi": BIMI,
    "sts_policy": POLICY,
}
AT = {"mta_sts": "_mta-sts", "tls_rpt": "_smtp._tls", "bimi": "default._bimi"}


def lines_of(feature: str, variant: str, domain: str) -> Iterable[str]:
    """The zone's lines for a feature; none for a policy, which is no record."""
    text = FEATURES[feature][variant]
    if feature == "sts_policy" or not text:
        return ()
    if feature in AT:
        text = txt(AT[feature], *text.split("|"))
    parent = domain.partition(".")[2]
    return text.replace("{d}", domain).replace("{parent}", parent).replace("{{", "{").replace("}}", "}").splitlines()
