"""Faults that owners of domains really make, each named as what it is: a zone, the rule that shows, words of its message."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchkit.audit.message.parser import read_mail
from benchkit.audit.records.dkim_signature import parse_dkim_signature
from benchkit.model.audit import AuditReport
from benchkit.model.finding import Finding, Status

SPF = '@ IN TXT "v=spf1 ip4:192.0.2.25 -all"'
DMARC = '_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:d@shop.example"'
SOUND = f"{SPF}\n{DMARC}\n@ IN MX 10 mail\n"
KEY = '"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="'
FAULTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "an alias of nothing at _dmarc": (
        f"{SPF}\n_dmarc IN CNAME gone",
        "dmarc_record.dangling",
        ("_dmarc.shop.example is an alias of gone.shop.example", "nxdomain"),
    ),
    "a policy twice": (
        f'{SPF}\n_dmarc IN TXT "v=DMARC1; p=reject; p=none"',
        "dmarc_record.void",
        ("p= appears more than once, which voids the record",),
    ),
    "DMARC without its version": (
        f'{SPF}\n_dmarc IN TXT "p=reject; rua=mailto:d@shop.example"',
        "dmarc_record.almost",
        ("p=reject",),
    ),
    "DMARC in quotation marks": (
        f'{SPF}\n_dmarc IN TXT "\\"v=DMARC1; p=reject\\""',
        "dmarc_record.almost",
        ("v=DMARC1",),
    ),
    "DMARC in typographic quotation marks": (
        f'{SPF}\n_dmarc IN TXT "\u201cv=DMARC1; p=reject\u201d"',
        "dmarc_record.almost",
        ("'\u201cv=DMARC1; p=reject\u201d'", "a typographic quotation mark \u201c (U+201C)"),
    ),
    "DMARC at the domain": (
        f'{SPF}\n@ IN TXT "v=DMARC1; p=reject"',
        "dmarc_misplaced.apex",
        ("shop.example holds a DMARC record", "_dmarc.shop.example"),
    ),
    "DMARC without the underscore": (
        f'{SOUND}dmarc IN TXT "v=DMARC1; p=reject"',
        "dmarc_misplaced.no_underscore",
        ("dmarc.shop.example holds",),
    ),
    "DMARC at a doubled name": (
        f'{SOUND}_dmarc.shop.example IN TXT "v=DMARC1; p=reject"',
        "dkim_doubled_name.doubled",
        ("_dmarc.shop.example.shop.example",),
    ),
    "a public suffix that is none": (
        f'{SPF}\n_dmarc IN TXT "v=DMARC1; p=reject; psd=y; rua=mailto:d@shop.example"',
        "dmarc_public_suffix.ordinary",
        ("psd=y calls shop.example a public suffix", "organization of its own"),
    ),
    "SPF in typographic quotation marks": (
        f"{DMARC}\n@ IN TXT \u201cv=spf1\\032mx\\032-all\u201d",
        "spf_record.almost",
        ("'\u201cv=spf1 mx -all\u201d'", "a typographic quotation mark \u201c (U+201C)"),
    ),
    "SPF behind an invisible character": (
        f'{DMARC}\n@ IN TXT "\ufeffv=spf1 mx -all"',
        "spf_record.almost",
        ("an invisible character (ZERO WIDTH NO-BREAK SPACE, U+FEFF)",),
    ),
    "a typographic dash before all": (
        f'{DMARC}\n@ IN TXT "v=spf1 mx \u2013all"',
        "spf_syntax.error",
        ("'\u2013all'", "a typographic dash \u2013 (U+2013)"),
    ),
    "a no-break space in SPF": (
        f'{DMARC}\n@ IN TXT "v=spf1 include:a.shop.example\u00a0-all"',
        "spf_syntax.error",
        ("an invisible character (NO-BREAK SPACE, U+00A0)",),
    ),
    "a second TXT beside a key": (
        f'{SOUND}s1._domainkey IN TXT {KEY}\ns1._domainkey IN TXT "google-site-verification=1"',
        "dkim_selectors.beside",
        ("s1._domainkey.shop.example holds a key and another TXT record, 'google-site-verification=1'",),
    ),
    "a host name as TXT": (
        f'{SOUND}s1._domainkey IN TXT "s1.domainkey.u1.wl1.sendgrid.net"',
        "dkim_selectors.host_name",
        ("s1.domainkey.u1.wl1.sendgrid.net", "looks like the target of a CNAME"),
    ),
}


def of_rule(report: AuditReport, rule: str) -> Finding:
    (found,) = [finding for finding in report.findings if finding.rule == rule]
    return found


@pytest.mark.parametrize("name", FAULTS)
def test_fault(name: str, audit: Callable[..., AuditReport]) -> None:
    lines, rule, words = FAULTS[name]
    found = [each for each in audit(lines).findings if each.rule == rule]
    assert {each.status for each in found} <= {Status.WARN, Status.FAIL}
    messages = [each.message for each in found]
    assert [message for message in messages if all(word in message for word in words)], messages


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        (SOUND, "dmarc_misplaced"),
        (SOUND, "dmarc_public_suffix"),
        (f"{SOUND}s1._domainkey IN TXT {KEY}", "dkim_selectors.beside"),
        (f'{SOUND}x._domainkey IN TXT "plain text"', "dkim_selectors.host_name"),
        (f'{SOUND}*._domainkey IN TXT "any.host.name.example"', "dkim_selectors.host_name"),
        (f'{SOUND}* IN TXT "v=DMARC1; p=none"', "dmarc_misplaced.no_underscore"),
    ],
)
def test_what_is_no_fault(lines: str, rule: str, audit: Callable[..., AuditReport]) -> None:
    bad = (Status.WARN, Status.FAIL)
    assert not [each for each in audit(lines).findings if each.rule.startswith(rule) and each.status in bad]


MAIL = "From: {}\r\n{}To: b@there.example\r\n\r\nHi\r\n"


@pytest.mark.parametrize(
    ("author", "domains"),
    [
        ("=?utf-8?B?YW5uYUB4LmV4YW1wbGUgdmlhIFNob3A=?= <a@shop.example>", ("shop.example",)),  # anna@x.example via Shop
        ("=?utf-8?Q?=22a=40evil=2Eexample=22=2C?= <a@shop.example>", ("shop.example",)),
        ("=?utf-8?Q?=3Cb=40evil=2Eexample=3E=2C?= <a@shop.example>", ("shop.example",)),
        ("a@shop.example, =?utf-8?Q?b=40evil.example?= <c@other.example>", ("shop.example", "other.example")),
    ],
)
def test_an_address_in_an_encoded_display_name_is_no_author(author: str, domains: tuple[str, ...]) -> None:
    assert read_mail(MAIL.format(author, "").encode()).author_domains == domains


@pytest.mark.parametrize(
    ("field", "mail_from", "helo", "rule", "subject"),
    [
        ("Return-Path: <>\r\n", "", "mail.shop.example", "spf_result", "postmaster@mail.shop.example (the HELO name"),
        ("", "<>", "mail.shop.example", "spf_result", "postmaster@mail.shop.example (the HELO name"),
        ("Return-Path: <a@shop.example>\r\n", "<>", "mail.shop.example", "spf_result", "postmaster@mail.shop.example"),
        ("Return-Path: <a@shop.example>\r\n", "", "", "spf_result", "shop.example"),
        ("", "a@shop.example", "", "spf_result", "shop.example"),
        ("", "", "mail.shop.example", "spf_result.no_identity", ""),
        ("Return-Path: <>\r\n", "", "", "spf_result.no_identity", ""),
    ],
)
def test_the_identity_that_spf_is_evaluated_for(
    field: str, mail_from: str, helo: str, rule: str, subject: str, audit: Callable[..., AuditReport]
) -> None:
    """RFC 7208 §2.4: a bounce is judged by postmaster and the HELO name; where nothing tells the sender, none is guessed."""
    lines = SOUND + 'mail IN TXT "v=spf1 a -all"'
    mail = read_mail(MAIL.format("a@shop.example", field).encode())
    found = of_rule(audit(lines, ip="192.0.2.25", mail=mail, mail_from=mail_from, helo=helo), rule)
    assert subject in found.subject


def test_without_a_message_the_assumed_sender_is_told(audit: Callable[..., AuditReport]) -> None:
    assert "postmaster@shop.example (assumed)" in of_rule(audit(SOUND, ip="192.0.2.25"), "spf_result").subject


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ("d=legitimate.com(.attacker.com; s=s1", "bad-name"),
        ("d=legitimate.com\x00.attacker.com; s=s1", "bad-name"),
        ('d=shop.example; s=s1."x"', "bad-name"),
        ("d=shop.example; s=a b", "bad-name"),
        ("d=shop..example; s=s1", "bad-name"),
        ("d=-shop.example; s=s1", "bad-name"),
        ("d=shop.example; s=" + "x" * 64, "bad-name"),
        ("d=shop.example; s=aweber_key_a", ""),
        ("d=shop.example; s=a.b-c", ""),
        ("d=b\u00fccher.example; s=s1", ""),
        ("d=shop.example; s=s1; i=a=40b@shop.example", ""),
        ("d=shop.example; s=s1; i=a=2Eb=40shop.example", ""),
        ("d=shop.example; s=s1; i=a@other.example", "identity"),
        ("d=shop.example; s=s1; i=a=40other.example", "identity"),
    ],
)
def test_names_in_a_signature(tags: str, code: str) -> None:
    whole = f"v=1; a=rsa-sha256; h=from; bh=AAAA; b=AAAA; {tags}".encode().decode("latin-1")
    codes = [
        fault.code for fault in parse_dkim_signature(whole).faults if fault.fatal and fault.code != "strange-octets"
    ]
    assert codes == ([code] if code else [])
