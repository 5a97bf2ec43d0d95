"""DMARC records: of the domain, of its parent, of neither."""

from __future__ import annotations

from tests.peers.checkdmarc.defects.zone_text import Variants, txt

RUA = "rua=mailto:d@{d}"


def dmarc(tags: str) -> str:
    return txt("_dmarc", f"v=DMARC1; {tags}")


OF_PARENT = "$ORIGIN {parent}.\n" + dmarc("p=reject; rua=mailto:d@{parent}") + "\n$ORIGIN {d}."
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
    "no p, rua by https": dmarc("rua=https://{d}/reports"),
    "no p, no rua, and the parent's": dmarc("adkim=s")
    + "\n$ORIGIN {parent}.\n"
    + txt("_dmarc", "v=DMARC1; p=reject; rua=mailto:d@{parent}")
    + "\n$ORIGIN {d}.",
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
    "of the parent": OF_PARENT,
    "two, and the parent's": txt("_dmarc", "v=DMARC1; p=none", "v=DMARC1; p=none") + "\n" + OF_PARENT,
    "octets that are no ASCII": '_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:\\252@{d}"',
}
