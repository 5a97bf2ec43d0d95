"""Authentication-Results as real receivers write them, and RFC 8601's own examples, of which authres is the oracle.

Settled difference: authres 1.2.0 refuses B.7, with a comment behind the version, which RFC 8601 itself gives as valid.
"""

from __future__ import annotations

import authres
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.events.authentication_results import parse_authentication_results

RFC = {  # RFC 8601 appendix B
    "B.2": ("example.org 1; none", "example.org", []),
    "B.3": ("example.com; spf=pass smtp.mailfrom=example.net", "example.com", [("spf", "pass")]),
    "B.4": (
        "example.com; auth=pass (cram-md5) smtp.auth=sender@example.net; spf=pass smtp.mailfrom=example.net",
        "example.com",
        [("auth", "pass"), ("spf", "pass")],
    ),
    "B.5": (
        "example.com; dkim=pass (good signature) header.d=example.com",
        "example.com",
        [("dkim", "pass")],
    ),
    "B.6": (
        (
            'example.com; dkim=pass reason="good signature" header.i=@mail-router.example.net; '
            'dkim=fail reason="bad signature" header.i=@newyork.example.com'
        ),
        "example.com",
        [("dkim", "pass"), ("dkim", "fail")],
    ),
    "B.7": (
        (
            "foo.example.net (foobar) 1 (baz); dkim (Because I like it) / 1 (One yay) = (wait for it) fail "
            "policy (A dot can go here) . (like that) expired (this surprised me) = (as I wasn't expecting it) 1362471462"
        ),
        "foo.example.net",
        [("dkim", "fail")],
    ),
}
OTHERS = {
    "gmail": (
        (
            "mx.google.com;\r\n       dkim=pass header.i=@shop.example header.s=s1 header.b=abcd;\r\n"
            "       spf=pass (google.com: domain of b@shop.example designates 192.0.2.1 as permitted sender) "
            "smtp.mailfrom=b@shop.example;\r\n       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=shop.example"
        ),
        "mx.google.com",
        [("dkim", "pass"), ("spf", "pass"), ("dmarc", "pass")],
    ),
    "microsoft, without a server": (
        (
            "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=shop.example; dkim=pass (signature was verified) "
            "header.d=shop.example;dmarc=pass action=none header.from=shop.example;compauth=pass reason=100"
        ),
        "",
        [("spf", "pass"), ("dkim", "pass"), ("dmarc", "pass"), ("compauth", "pass")],
    ),
    "a semicolon in quotes and in a comment": (
        'mx.example; dkim=fail reason="a; b=c" (x; y=z) header.d=shop.example',
        "mx.example",
        [("dkim", "fail")],
    ),
    "nothing": ("", "", []),
    "a comment that never ends": ("mx.example; spf=pass (oh; dkim=fail", "mx.example", [("spf", "pass")]),
}


@pytest.mark.parametrize("case", [*RFC, *OTHERS])
def test_form(case: str) -> None:
    text, server, results = (RFC | OTHERS)[case]
    found = parse_authentication_results(text)
    assert (found.server, [(each.method, each.result) for each in found.results]) == (server, results)


@pytest.mark.parametrize("case", sorted(set(RFC) - {"B.7"}))
def test_authres_agrees(case: str) -> None:
    text = RFC[case][0]
    theirs = authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {text}")
    ours = parse_authentication_results(text)
    assert ours.server == theirs.authserv_id
    assert [(each.method, each.result, each.reason) for each in ours.results] == [
        (each.method, each.result, each.reason or "") for each in theirs.results
    ]
    assert [each.properties for each in ours.results] == [
        {f"{prop.type}.{prop.name}": prop.value for prop in each.properties} for each in theirs.results
    ]


def test_properties() -> None:
    found = parse_authentication_results(OTHERS["gmail"][0])
    assert found.results[0].properties == {"header.i": "@shop.example", "header.s": "s1", "header.b": "abcd"}
    assert found.result("spf") == "pass"
    assert found.result("arc") == ""


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    parse_authentication_results(text)


def test_a_long_field_is_read_in_bounded_time() -> None:
    parse_authentication_results("(" * 1_000_000)
    parse_authentication_results('x; spf=pass a.b="' + "\\" * 1_000_000)
