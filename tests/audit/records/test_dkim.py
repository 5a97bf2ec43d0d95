"""DKIM keys and signatures: the lint list as a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from benchkit.audit.records.dkim import parse_dkim, select_dkim
from benchkit.audit.records.dkim_signature import parse_dkim_signature

Key = Callable[..., str]


def codes(parsed: Any) -> list[tuple[str, bool]]:
    return [(fault.code, fault.fatal) for fault in parsed.faults]


CASES = [  # a record with {rsa} and {ed} in it, and all faults that it has
    ("v=DKIM1; k=rsa; p={rsa}", []),
    ("p={rsa}", []),
    ("v = DKIM1 ;\tk=rsa; n=a note; unknown=x; p={rsa};", []),
    ("v=DKIM1; k=ed25519; p={ed}", []),
    ("v=DKIM1; k=rsa; h=sha1:sha256; p={rsa}", [("sha1", False)]),
    ("v=DKIM1; h=sha1; p={rsa}", [("no-sha256", True)]),
    ("v=DKIM1; s=tlsrpt; p={rsa}", [("not-for-mail", True)]),
    ("v=DKIM1; s=tlsrpt:email; p={rsa}", []),
    ("v=DKIM1; s=*; t=s; p={rsa}", []),
    ("v=DKIM1; t=y:s; p={rsa}", [("testing", False)]),
    ("v=DKIM1; g=*; p={rsa}", [("obsolete-g", False)]),
    ("v=DKIM1; p=", [("revoked", True)]),
    ("v=DKIM1; k=rsa", [("no-key", True)]),
    ("", [("no-key", True)]),
    ("v=DKIM2; p={rsa}", [("version", True)]),
    ("v=dkim1; p={rsa}", [("version", True)]),
    ("k=rsa; v=DKIM1; p={rsa}", [("version-not-first", False)]),
    ("v=DKIM1; k=dsa; p={rsa}", [("key-type", True)]),
    ("v=DKIM1; junk; p={rsa}", [("tag-without-value", True)]),
    ("v=DKIM1;; p={rsa}", [("empty-tag", False)]),
    ("v=DKIM1; p={rsa}; p={rsa}", [("tag-twice", True)]),
    ("v=DKIM1; p=A", [("base64-cut", True)]),
    ("v=DKIM1; p=AAA", [("base64-padding", True)]),
    ("v=DKIM1; p=A!AA", [("base64", True)]),
    ("v=DKIM1; p=AAAA", [("key-unreadable", True)]),
    ("v=DKIM1; p={ed_wrapped}", [("key-of-other-kind", True)]),
    ("v=DKIM1; k=ed25519; p={ed_wrapped}", [("ed25519-wrapped", True)]),
    ("v=DKIM1; k=ed25519; p=AAAA", [("key-length", True)]),
    ("v=DKIM1; p={rsa512}", [("rsa-below-1024", True)]),
    ("v=DKIM1; p={rsa1024}", [("rsa-below-2048", False)]),
    ("v=DKIM1; p={rsa8192}", [("rsa-above-4096", False)]),
    ("v=DKIM1; p={rsa_e3}", [("rsa-exponent", False)]),
    ("v=DKIM1; p={rsa_pkcs1}", [("rsa-unwrapped", False)]),
    ("v=DKIM1\\; k=rsa\\; p={rsa}", [("version", True), ("backslash", True), ("key-type", True)]),
    ('v=DKIM1; p={rsa}"', [("quotes", True), ("base64-cut", True)]),
    ('v=DKIM1; n=the "new" key \\o/; p={rsa}', []),
    ("v=DKIM1; p={rsa}\x00", [("strange-octets", True), ("base64-cut", True)]),
]


@pytest.mark.parametrize(("template", "wanted"), CASES)
def test_the_lint_list(rsa_key: Key, ed25519_key: Key, template: str, wanted: list[tuple[str, bool]]) -> None:
    keys = {
        "rsa": rsa_key(2048),
        "rsa512": rsa_key(512),
        "rsa1024": rsa_key(1024),
        "rsa8192": rsa_key(8192),
        "rsa_e3": rsa_key(2048, exponent=3),
        "rsa_pkcs1": rsa_key(2048, form="pkcs1"),
        "ed": ed25519_key(),
        "ed_wrapped": ed25519_key("spki"),
    }
    parsed = parse_dkim(template.format(**keys))
    assert codes(parsed) == wanted
    assert parsed.valid == (not any(fatal for _, fatal in wanted))


def test_the_key_itself(rsa_key: Key, ed25519_key: Key) -> None:
    key = parse_dkim(f"v=DKIM1; p={rsa_key(2048)}").key
    assert key is not None
    assert (key.kind, key.bits, key.exponent, key.form) == ("rsa", 2048, 65537, "spki")
    bare = parse_dkim(f"v=DKIM1; p={rsa_key(2048, form='pkcs1')}").key
    assert bare is not None
    assert (bare.form, bare.fingerprint) == ("pkcs1", key.fingerprint)
    edwards = parse_dkim(f"k=ed25519; p={ed25519_key()}").key
    assert edwards is not None
    assert (edwards.kind, edwards.bits, edwards.form) == ("ed25519", 256, "raw")


def test_blanks_inside_the_base64_are_legal(rsa_key: Key) -> None:
    text = rsa_key(2048)
    assert parse_dkim(f"p={text[:40]} {text[40:80]}\r\n\t{text[80:]}").faults == ()


@pytest.mark.parametrize(
    ("text", "is_key"),
    [
        ("v=DKIM1; p=", True),
        ("k=rsa; p=AAAA", True),
        ("v=DKIM2; x=y", True),
        ("v=DMARC1; p=none", False),
        ("v=spf1 -all", False),
        ("hello", False),
        ("", False),
    ],
)
def test_unrelated_texts_are_no_keys(text: str, is_key: bool) -> None:
    assert (select_dkim([text]).only == text) is is_key


SIGNATURE = "v=1; a=rsa-sha256; c=relaxed; d=X.example; s=Sel; h=From : To:\r\n\tSubject; bh=YWJj; b=ZGVm"


def test_a_signature_has_its_parts() -> None:
    parsed = parse_dkim_signature(f"{SIGNATURE}; t=100; x=200; l=5")
    assert codes(parsed) == [("body-length", False)]
    assert (parsed.domain, parsed.selector, parsed.identity) == ("x.example", "sel", "@x.example")
    assert (parsed.header_canonicalization, parsed.body_canonicalization) == ("relaxed", "simple")
    assert parsed.headers == ("from", "to", "subject")
    assert (parsed.body_hash, parsed.signature) == (b"abc", b"def")
    assert (parsed.signed_at, parsed.expires_at, parsed.body_length) == (100, 200, 5)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("v=1", "v=2", "version"),
        ("rsa-sha256", "rsa-sha1", "rsa-sha1"),
        ("rsa-sha256", "dsa-sha256", "algorithm"),
        ("c=relaxed", "c=relaxed/strict", "canonicalization"),
        ("c=relaxed", "q=dns/xyz", "query-method"),
        ("From :", "", "from-unsigned"),
        ("s=Sel; ", "", "tag-missing"),
        ("b=ZGVm", "b=", "tag-missing"),
        ("bh=YWJj", "bh=YWJ", "base64-padding"),
        ("v=1", "v=1; i=a@y.example", "identity"),
        ("v=1", "v=1; i=x.example", "identity"),
        ("d=X.example", "d=example", "domain"),
        ("v=1", "v=1; t=soon", "bad-number"),
        ("v=1", "v=1; t=200; x=100", "expires-before-signing"),
        ("v=1", "v=1; v=1", "tag-twice"),
    ],
)
def test_a_broken_signature_says_why(old: str, new: str, code: str) -> None:
    parsed = parse_dkim_signature(SIGNATURE.replace(old, new, 1))
    assert (code, True) in codes(parsed)
