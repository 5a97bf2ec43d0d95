"""DMARC as RFC 9989 reads it: what counts, what it means, what is merely odd."""

from __future__ import annotations

import pytest

from benchkit.audit.records.dmarc import Policy, parse_dmarc, select_dmarc

RUA = "rua=mailto:a@x.example"


@pytest.mark.parametrize(
    ("tail", "counts", "policies"),  # of the name itself, an existing name below, a missing one
    [
        ("p=reject", True, "reject reject reject"),
        ("p=reject; sp=none", True, "reject none none"),
        ("p=reject; np=none", True, "reject reject none"),
        ("p=none; sp=quarantine; np=reject", True, "none quarantine reject"),
        ("P=Reject", True, "reject reject reject"),
        (f"{RUA}", True, "none none none"),
        (f"p=rejekt; {RUA}", True, "none none none"),
        (f"p=reject; sp=rejekt; {RUA}", True, "none none none"),
        (f"p=reject; np=; {RUA}", True, "none none none"),
        ("p=reject; sp=rejekt", False, "none none none"),
        ("", False, "none none none"),
        ("rua=a@x.example", False, "none none none"),
        ("rua=https://x.example/reports", True, "none none none"),  # a URI, if one that few receivers serve
        (f"{RUA}; p=reject", True, "reject reject reject"),
        ("p=reject; pct=0", True, "reject reject reject"),
        ("p=reject; junk; x=y; adkim=q", True, "reject reject reject"),
        ("p=reject; p=none", False, "reject reject reject"),  # a tag twice: the whole list is invalid (RFC 6376 §3.2)
        ("p=reject; P=reject", False, "reject reject reject"),
        (f"p=none; {RUA}; x=1; x=2", False, "none none none"),
    ],
)
def test_policies(tail: str, counts: bool, policies: str) -> None:
    record = parse_dmarc(f"v=DMARC1; {tail}")
    assert record.counts is counts
    assert f"{record.policy} {record.subdomain_policy} {record.nonexistent_policy}" == policies


@pytest.mark.parametrize(("asked", "effective"), [("reject", "quarantine"), ("quarantine", "none"), ("none", "none")])
def test_testing_takes_one_step_back(asked: str, effective: str) -> None:
    record = parse_dmarc(f"v=DMARC1; p={asked}; t=y")
    assert record.effective(record.policy) == effective
    assert parse_dmarc(f"v=DMARC1; p={asked}; t=n").effective(Policy(asked)) == asked


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("v=DMARC1", "records"),
        ("V = DMARC1 ; p=none", "records"),
        ("v=DMARC1;p=none", "records"),
        ("v=dmarc1; p=none", "almost"),
        ("v=DMARC1 p=none", "almost"),
        (" v=DMARC1; p=none", "almost"),
        ("v=DMARC12; p=none", "almost"),
        ('"v=DMARC1; p=none"', "almost"),
        ("p=none; v=DMARC1", "almost"),
        ("p=reject; rua=mailto:a@x.example", "almost"),
        ("rua=mailto:a@x.example", "almost"),
        ("\u201cv=DMARC1; p=none\u201d".encode().decode("latin-1"), "almost"),
        ("k=rsa; p=MIIB", "others"),
        ("v=spf1 -all", "others"),
        ("", "others"),
    ],
)
def test_selection_sorts_texts(text: str, kind: str) -> None:
    assert getattr(select_dmarc([text]), kind) == (text,)


@pytest.mark.parametrize(
    ("tail", "code", "place"),
    [
        ("p=none; pct=50", "removed-tag", "pct=50"),
        ("p=none; rf=afrf", "removed-tag", "rf=afrf"),
        ("p=none; ri=86400", "removed-tag", "ri=86400"),
        ("p=no", "bad-policy", "p=no"),
        ("p=none; psd=x", "bad-value", "psd=x"),
        ("p=none; t=1", "bad-value", "t=1"),
        ("p=none; aspf=strict", "bad-value", "aspf=strict"),
        ("p=none; ruf=mailto:a@x.example; fo=9", "bad-value", "fo=9"),
        ("p=none; ruf=mailto:a@x.example; fo=0:1", "bad-value", "fo=0:1"),
        ("p=none; ruf=mailto:a@x.example; fo=d:s:d", "bad-value", "fo=d:s:d"),
        ("p=none; fo=1", "fo-without-ruf", "fo=1"),
        ("p=none; rua=a@x.example", "bad-uri", "a@x.example"),
        ("p=none; rua=https://x.example/", "uri-scheme", "https://x.example/"),
        ("p=none; rua=mailto:x.example", "bad-mailbox", "mailto:x.example"),
        ("p=none; rua=mailto:a@x.example, mailto:b@y.example!10m", "uri-size", "mailto:b@y.example!10m"),
        ("p=none; junk", "tag-without-value", "junk"),
        (RUA, "policy-missing", f"v=DMARC1; {RUA}"),
    ],
)
def test_odd_tags_are_placed_and_harmless(tail: str, code: str, place: str) -> None:
    record = parse_dmarc(f"v=DMARC1; {tail}")
    assert [(fault.code, record.text[slice(*fault.span)]) for fault in record.faults if not fault.fatal] == [
        (code, place)
    ]


def test_report_addresses() -> None:
    record = parse_dmarc(
        "v=DMARC1; p=none; rua=mailto:a@X.example!10m , mailto:b%2Cc@y.example; ruf=mailto:d@z.example"
    )
    assert [(uri.text, uri.domain, uri.size) for uri in (*record.rua, *record.ruf)] == [
        ("mailto:a@X.example", "x.example", "10m"),
        ("mailto:b%2Cc@y.example", "y.example", ""),
        ("mailto:d@z.example", "z.example", ""),
    ]


def test_defaults() -> None:
    record = parse_dmarc("v=DMARC1; p=none")
    assert (record.psd, record.testing, record.adkim, record.aspf, record.fo) == ("u", False, "r", "r", ("0",))
    strict = parse_dmarc("v=DMARC1; p=none; psd=N; t=Y; adkim=S; aspf=s; ruf=mailto:a@x.example; fo=1:d")
    assert (strict.psd, strict.testing, strict.adkim, strict.aspf, strict.fo) == ("n", True, "s", "s", ("1", "d"))
    assert strict.faults == ()
