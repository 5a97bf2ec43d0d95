"""Worked examples of the rules about DMARC."""

from __future__ import annotations

from collections.abc import Mapping

from benchkit.audit.examples.example import Example

_RUA = "rua=mailto:dmarc@shop.example"


def _dmarc(text: str, name: str = "_dmarc") -> str:
    return f'{name} IN TXT "v=DMARC1; {text}"'


DMARC: Mapping[str, Example] = {
    "dmarc_record": Example(
        "several",
        f"{_dmarc('p=none')}\n{_dmarc(f'p=reject; {_RUA}')}",
        "Of two DMARC records receivers use none.",
        _dmarc(f"p=reject; {_RUA}"),
    ),
    "dmarc_misplaced": Example(
        "no_underscore",
        _dmarc("p=reject", "dmarc"),
        "Receivers look at `_dmarc`, with the underscore, and nowhere else.",
        _dmarc("p=reject"),
    ),
    "dmarc_syntax": Example(
        "policy",
        _dmarc(f"p=rejekt; {_RUA}"),
        "The policy is mistyped, so receivers act as if it were `none`.",
        _dmarc(f"p=reject; {_RUA}"),
    ),
    "dmarc_policy": Example(
        "none",
        _dmarc(f"p=none; {_RUA}"),
        "Forged mail is delivered. Go on to quarantine when the reports show that your own mail is aligned.",
        _dmarc(f"p=quarantine; {_RUA}"),
    ),
    "dmarc_subdomains": Example(
        "existing",
        _dmarc(f"p=reject; sp=none; {_RUA}"),
        "Mail forged from news.shop.example is delivered, although mail forged from shop.example is refused.",
        _dmarc(f"p=reject; {_RUA}"),
    ),
    "dmarc_removed_tags": Example(
        "pct",
        _dmarc(f"p=reject; pct=20; {_RUA}"),
        "RFC 9989 has no pct=: new receivers apply the policy to all mail, older ones to a fifth.",
        _dmarc(f"p=reject; {_RUA}"),
    ),
    "dmarc_suffix_list": Example(
        "record",
        _dmarc(f"p=reject; {_RUA}", "_dmarc.mail"),
        "For mail from news.mail.shop.example, new receivers walk up to this record. Older ones look at the name itself and at "
        "shop.example, and find none.",
        f"{_dmarc(f'p=reject; {_RUA}', '_dmarc.mail')}\n{_dmarc(f'p=reject; {_RUA}', '_dmarc.news.mail')}",
        domain="news.mail.shop.example",
    ),
    "dmarc_public_suffix": Example(
        "ordinary",
        _dmarc(f"p=reject; psd=y; {_RUA}"),
        "`psd=y` is for registries: every subdomain becomes an organization of its own, which aligns with nothing else.",
        _dmarc(f"p=reject; {_RUA}"),
    ),
    "strict_alignment": Example(
        "subdomain",
        _dmarc(f"p=reject; aspf=s; {_RUA}"),
        "SendGrid sends with an envelope of a subdomain, which strict SPF alignment never accepts.",
        _dmarc(f"p=reject; {_RUA}"),
        around='@ IN TXT "v=spf1 include:sendgrid.net -all"',
    ),
    "dmarc_reports": Example(
        "missing",
        _dmarc("p=reject"),
        "Without rua= no one learns which of the domain's own mail fails.",
        _dmarc(f"p=reject; {_RUA}"),
    ),
    "dmarc_external_reports": Example(
        "not_agreed",
        _dmarc("p=reject; rua=mailto:d@reports.example"),
        "Receivers send reports to another domain only if that domain says that it takes them.",
        f"{_dmarc('p=reject; rua=mailto:d@reports.example')}\n"
        'shop.example._report._dmarc.reports.example. IN TXT "v=DMARC1"',
        around="reports.example. IN A 192.0.2.99",
    ),
}
