"""From fields of every kind: the domains that they name, and what is said of those that name none."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchkit.audit.message.author import AuthorFaultKind as Kind
from benchkit.audit.message.author import read_authors
from benchkit.audit.message.parser import read_mail
from benchkit.cli.main import app
from benchkit.model.audit import AuditReport

GOOD = Path(__file__).parents[2] / "scenarios" / "zones" / "good.zone"
SHOP = ("shop.example",)
TABLE: tuple[tuple[str, tuple[str, ...], tuple[Kind, ...]], ...] = (
    ("a@shop.example", SHOP, ()),
    ("Shop <a@Shop.Example.>", SHOP, ()),
    ('"b@evil.example" <a@shop.example>', SHOP, ()),
    ('"Doe, Jane" <a@shop.example>', SHOP, ()),
    ('"a@b"@shop.example', SHOP, ()),
    ("a@shop.example (sent for b@other.example)", SHOP, ()),
    ("(x (y) z) a @ shop.example", SHOP, ()),
    ("=?utf-8?Q?a=40x.example_via?= <a@shop.example>", SHOP, ()),
    ("=?utf-8?B?YW5uYUB4LmV4YW1wbGUgdmlh?= <a@shop.example>", SHOP, ()),
    ("<@relay.example:a@shop.example>", SHOP, ()),
    ("<@r1.example,@r2.example:a@shop.example>", SHOP, ()),
    ("a@b\u00fccher.example", ("xn--bcher-kva.example",), ()),
    ("a@x.example, b@y.example", ("x.example", "y.example"), ()),
    ("a@x.example, b@x.example", ("x.example",), ()),
    ("Team: a@shop.example, b@shop.example;", SHOP, ()),
    ("a..b@shop.example", SHOP, ()),
    ("a@b@c", (), (Kind.SEVERAL_AT,)),
    ("Shop <a@b@c>", (), (Kind.SEVERAL_AT,)),
    ("a@legitimate.example@shop.example", (), (Kind.SEVERAL_AT,)),
    ("a@b@c, x@shop.example", SHOP, (Kind.SEVERAL_AT,)),
    ("Undisclosed recipients:;", (), (Kind.GROUP,)),
    ("", (), (Kind.EMPTY,)),
    ("  ", (), (Kind.EMPTY,)),
    ("(only a comment)", (), (Kind.EMPTY,)),
    ("nobody", (), (Kind.NO_ADDRESS,)),
    ("Shop", (), (Kind.NO_ADDRESS,)),
    ("<>", (), (Kind.NO_ADDRESS,)),
    ("Shop <>", (), (Kind.NO_ADDRESS,)),
    ("Shop <a@shop.example", (), (Kind.NO_ADDRESS,)),
    ("Shop a@shop.example", (), (Kind.NO_ADDRESS,)),
    ("@shop.example", (), (Kind.NO_ADDRESS,)),
    ("a@", (), (Kind.NO_DOMAIN,)),
    ("a@shop..example", (), (Kind.NO_DOMAIN,)),
    ("a@.example", (), (Kind.NO_DOMAIN,)),
    ("a@shop example", (), (Kind.NO_DOMAIN,)),
    ("a@-shop.example", (), (Kind.NO_DOMAIN,)),
    ("a@legitimate.com(.attacker.com", ("legitimate.com",), ()),  # the comment is never closed
    ("a@legitimate.com\\.attacker.com", (), (Kind.NO_DOMAIN,)),
    ("a@[192.0.2.1]", (), (Kind.LITERAL,)),
    ("a@[IPv6:2001:db8::1]", (), (Kind.LITERAL,)),
)


@pytest.mark.parametrize(("value", "domains", "kinds"), TABLE)
def test_a_field(value: str, domains: tuple[str, ...], kinds: tuple[Kind, ...]) -> None:
    found = read_authors([value])
    assert (found.domains, tuple(fault.kind for fault in found.faults)) == (domains, kinds)


@pytest.mark.parametrize(
    ("head", "case", "words"),
    [
        ("", "malformed", "there is no From field"),
        ("From:\n", "malformed", "the From field is empty"),
        ("From: a@b@c\n", "malformed", "`a@b@c`, which has more than one @"),
        ("From: Staff:;\n", "malformed", "the group `Staff:;`"),
        ("From: Shop\n", "malformed", "`Shop`, which is not an address"),
        ("From: a@\n", "malformed", "is not a domain"),
        ("From: a@x.example\nFrom: b@y.example\n", "authors", "x.example, y.example in 2 From fields"),
        ("From: a@x.example, b@y.example\n", "authors", "x.example, y.example; DMARC wants exactly one"),
    ],
)
def test_the_audit_says_which_kind(head: str, case: str, words: str, audit: Callable[..., AuditReport]) -> None:
    report = audit("", mail=read_mail(f"{head}Subject: x\n\nHi\n".encode()))
    messages = [finding for finding in report.findings if finding.rule.startswith("message_alignment.")]
    assert [finding.rule for finding in messages] == [f"message_alignment.{case}"]
    assert words in messages[0].message
    assert messages[0].advice


def test_without_a_domain_the_command_says_why(tmp_path: Path) -> None:
    mail = tmp_path / "m.eml"
    mail.write_text("From: a@b@c\nSubject: x\n\nHi\n", "utf-8")
    message = str(CliRunner().invoke(app, ["audit", "--message", str(mail)]).exception)
    assert "`a@b@c`, which has more than one @" in message
    assert "Name the domain" in message
    done = CliRunner().invoke(app, ["audit", "--zone", str(GOOD), "--message", str(mail)])
    assert done.exit_code == 0
    assert "message_alignment.malformed" in done.stdout


def test_any_text_is_read() -> None:
    draw = random.Random(1)
    for _ in range(3_000):
        value = "".join(draw.choices('ab@.,:;<>()"\\[] =?\u00fc\x00\n', k=draw.randrange(30)))
        found = read_authors([value])
        assert found.domains or found.faults or not value.strip(" ,\x00\n")
