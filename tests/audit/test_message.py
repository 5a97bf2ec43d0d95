"""A real message in the audit: identities, alignment and one-click unsubscription, told as findings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchkit.audit.message.parser import read_mail
from benchkit.audit.message.unsubscribe import judge_unsubscribe
from benchkit.model.audit import AuditReport

EXAMPLE = Path(__file__).with_name("data").joinpath("rfc8463.eml").read_bytes()
KEYS = """brisbane._domainkey.football IN TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
"""
UNSIGNED = b"From: Shop <a@shop.example>\nTo: b@c.example\nSubject: x\nReturn-Path: <bounce@mail.shop.example>\n\nHi\n"
SPF = 'mail IN TXT "v=spf1 ip4:192.0.2.25 -all"\n@ IN TXT "v=spf1 mx -all"\n_dmarc IN TXT "v=DMARC1; p=reject{}"\n'


@pytest.mark.parametrize(
    ("ip", "strict", "case"),
    [
        ("192.0.2.25", "", "message_alignment.spf_only"),
        ("192.0.2.25", "; aspf=s", "message_alignment.not_aligned"),
        ("198.51.100.1", "", "message_alignment.not_aligned"),
        ("", "", "message_alignment.unsure"),
    ],
)
def test_alignment_by_spf(ip: str, strict: str, case: str, audit: Callable[..., AuditReport]) -> None:
    report = audit(SPF.format(strict), mail=read_mail(UNSIGNED), ip=ip)
    assert case in [finding.rule for finding in report.findings]
    assert "message_signatures.none" in [finding.rule for finding in report.findings]


@pytest.mark.parametrize(
    "head", [b"From: a@shop.example\nFrom: b@other.example\n", b"From: a@x.example, b@y.example\n"]
)
def test_one_author_domain_is_wanted(head: bytes, audit: Callable[..., AuditReport]) -> None:
    report = audit("", mail=read_mail(head + b"Subject: x\n\nHi\n"))
    assert "message_alignment.authors" in [finding.rule for finding in report.findings]


@pytest.mark.parametrize(
    ("head", "rule", "told"),
    [
        (
            b"From: a@shop.example, b@shop.example\n",
            "message_alignment.same_domain",
            "2 addresses of shop.example, and",
        ),
        (
            b"From: a@shop.example, b@shop.example\nSender: a@shop.example\n",
            "message_alignment.same_domain",
            "2 addresses",
        ),
        (b"From: a@shop.example\nFrom: b@shop.example\n", "message_mime.twice", "from (2)"),
    ],
)
def test_two_authors_of_one_domain_are_a_finding(
    head: bytes, rule: str, told: str, audit: Callable[..., AuditReport]
) -> None:
    found = {finding.rule: finding.message for finding in audit("", mail=read_mail(head + b"\nHi\n")).findings}
    assert told in found[rule]
    assert ("no Sender" in found[rule]) == ("and" in told)
    assert len({"message_alignment.same_domain", "message_mime.twice"} & set(found)) == 1


@pytest.mark.parametrize(
    ("value", "domains"),
    [
        (b"a@shop.example", ("shop.example",)),
        (b'"b@evil.example" <a@Shop.Example>', ("shop.example",)),
        (b"=?utf-8?q?Caf=C3=A9?= <a@shop.example>", ("shop.example",)),
        ("a@B\u00fccher.example".encode(), ("xn--bcher-kva.example",)),
        (b"nobody", ()),
    ],
)
def test_author_domains(value: bytes, domains: tuple[str, ...]) -> None:
    assert read_mail(b"From: " + value + b"\n\n").author_domains == domains


@pytest.mark.parametrize(
    ("link", "post", "signed", "wrong"),
    [
        ("<https://shop.example/u?1>", "List-Unsubscribe=One-Click", ("list-unsubscribe", "list-unsubscribe-post"), 0),
        ("<mailto:u@shop.example>, <https://shop.example/u>", "List-Unsubscribe=One-Click", None, 0),
        ("<https://shop.example/u>", "List-Unsubscribe=One-Click", ("list-unsubscribe",), 1),
        ("<mailto:u@shop.example>", "List-Unsubscribe=One-Click", None, 1),
        ("<http://shop.example/u>", "", None, 2),
        ("", "List-Unsubscribe=One-Click", None, 1),
        ("", "", None, 1),
    ],
)
def test_one_click(link: str, post: str, signed: tuple[str, ...] | None, wrong: int) -> None:
    assert len(judge_unsubscribe(link, post, signed).wrong) == wrong
