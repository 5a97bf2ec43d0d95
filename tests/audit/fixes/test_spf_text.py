"""Typing errors in SPF records as owners make them: what was meant, or "" where that is not clear and no record is offered."""

from __future__ import annotations

import time

import pytest

from benchkit.audit.fixes.spf_merge import NAME_THEM, proposed

ERRORS: dict[str, str] = {
    # a mechanism written as another
    "ipv4:192.0.2.0/24 -all": "ip4:192.0.2.0/24 -all",
    "ip4:2001:db8::1 -all": "ip6:2001:db8::1 -all",
    "a:192.0.2.1 -all": "ip4:192.0.2.1 -all",
    "mx:192.0.2.1 -all": "ip4:192.0.2.1 -all",
    "ip6:192.0.2.1 -all": "ip4:192.0.2.1 -all",
    "ipv6:2001:db8::/48 -all": "ip6:2001:db8::/48 -all",
    "ip:192.0.2.1 -all": "ip4:192.0.2.1 -all",
    "192.0.2.1 -all": "ip4:192.0.2.1 -all",
    "2001:db8::1 -all": "ip6:2001:db8::1 -all",
    "ip4:[192.0.2.1] -all": "ip4:192.0.2.1 -all",
    "ip4:mail.x.example -all": "a:mail.x.example -all",
    "include:192.0.2.1 -all": "ip4:192.0.2.1 -all",
    "ip4:192.0.2.0/255.255.255.0 -all": "ip4:192.0.2.0/24 -all",
    "ip4:192.0.2.0\\24 -all": "ip4:192.0.2.0/24 -all",
    "ip4:192.0.2.77/24 -all": "ip4:192.0.2.0/24 -all",
    # a separator that is missing, too many, or another
    "include.spf.x.example -all": "include:spf.x.example -all",
    "include=_spf.x.example -all": "include:_spf.x.example -all",
    "ip4=192.0.2.1 -all": "ip4:192.0.2.1 -all",
    "mx=mail.x.example -all": "mx:mail.x.example -all",
    "include;_spf.x.example -all": "include:_spf.x.example -all",
    "include::_spf.x.example -all": "include:_spf.x.example -all",
    "ip4.192.0.2.1 -all": "ip4:192.0.2.1 -all",
    "ip4192.0.2.1 -all": "ip4:192.0.2.1 -all",
    "redirect:_spf.x.example": "redirect=_spf.x.example",
    "mx: -all": "mx -all",
    "include:https://_spf.x.example/ -all": "include:_spf.x.example -all",
    # a blank too many
    "include: _spf.x.example -all": "include:_spf.x.example -all",
    "include :_spf.x.example -all": "include:_spf.x.example -all",
    "include _spf.x.example -all": "include:_spf.x.example -all",
    "ip4: 192.0.2.1 -all": "ip4:192.0.2.1 -all",
    "ip4 192.0.2.1 -all": "ip4:192.0.2.1 -all",
    "ip4:192.0.2.0 /24 -all": "ip4:192.0.2.0/24 -all",
    "a: mail.x.example -all": "a:mail.x.example -all",
    "include : _spf.x.example -all": "include:_spf.x.example -all",
    "redirect = _spf.x.example": "redirect=_spf.x.example",
    "ip4 : 192.0.2.1 -all": "ip4:192.0.2.1 -all",
    "mx - all": "mx -all",
    "mx ~ all": "mx ~all",
    # a blank too few
    "ip4:192.0.2.9~all": "ip4:192.0.2.9 ~all",
    "ip4:192.0.2.9-all": "ip4:192.0.2.9 -all",
    "mx-all": "mx -all",
    "mx+a -all": "mx a -all",
    "include:_spf.x.example-all": "include:_spf.x.example -all",
    "include:_spf.x.example~all": "include:_spf.x.example ~all",
    "ip4:192.0.2.1ip4:192.0.2.2 -all": "ip4:192.0.2.1 ip4:192.0.2.2 -all",
    "include:a.exampleinclude:b.example -all": "include:a.example include:b.example -all",
    # other characters
    "mx a ~all;": "mx a ~all",
    "mx a ~all.": "mx a ~all",
    "mx; a; -all": "mx a -all",
    "mx,a -all": "mx a -all",
    "ip4:192.0.2.1, ip4:192.0.2.2 -all": "ip4:192.0.2.1 ip4:192.0.2.2 -all",
    "ip4:192.0.2.1,192.0.2.2 -all": "ip4:192.0.2.1 ip4:192.0.2.2 -all",
    "mx \u2013all": "mx -all",
    "mx\u00a0a -all": "mx a -all",
    "\u201cmx\u201d -all": "mx -all",
    'include:"_spf.x.example" -all': "include:_spf.x.example -all",
    # a letter too many, too few, or another
    "inlcude:_spf.x.example -all": "include:_spf.x.example -all",
    "includ:_spf.x.example -all": "include:_spf.x.example -all",
    "includes:_spf.x.example -all": "include:_spf.x.example -all",
    "exist:%{i}.x.example -all": "exists:%{i}.x.example -all",
    "mx --all": "mx -all",
    "mx -alll": "mx -all",
    "mx ~al": "mx ~all",
    # the record as a whole
    "mx -all v=spf1 a -all": "mx a -all",
    "mx a mx -all": "mx a -all",
    "-all include:_spf.x.example": "include:_spf.x.example -all",
    "-all redirect=_spf.x.example": "include:_spf.x.example -all",
    "redirect=_spf.x.example -all": "include:_spf.x.example -all",
    "mx ?all": "mx ~all",
    "mx +all": "mx ~all",
    "mx all": "mx ~all",
    "mx": "mx ~all",
    "mx ptr ?all": "mx ptr ~all",
    "mx -all ~all": "mx ~all",
    "mx exp=why.x.example ?all": "mx ~all exp=why.x.example",
    "-all;": "-all",
    # not clear: no record is offered
    "mx:10 mail.x.example -all": "",
    "mx 10 mail.x.example -all": "",
    "mx moo -all": "",
    "ip4:192.0.2.300 -all": "",
    "ip4:192.0.2 -all": "",
    "ip4:192.0.2.0/33 -all": "",
    "ip4:192.0.2.1-192.0.2.9 -all": "",
    "ip4: -all": "",
    "include -all": "",
    "mail.x.example -all": "",
    "include:_spf.x.example/24 -all": "",
    "?all": "",
    "+all": "",
    "": "",
}


@pytest.mark.parametrize("written", ERRORS)
def test_one_record(written: str) -> None:
    found = proposed([[f"v=spf1 {written}".strip().encode()]])
    meant = ERRORS[written]
    assert found.text == (f"v=spf1 {meant}" if meant else "")
    assert bool(found.changes) == bool(meant) or not meant
    assert found.text or found.decide


@pytest.mark.parametrize(
    "right",
    [
        "mx -all",
        "-all",
        "include:_spf.x.example ~all",
        "a:mail.x.example/24 mx//64 -all",
        "exists:%{i}._spf.%{d2} ip6:2001:db8::/32 -all",
        "redirect=_spf.x.example",
        "MX IP4:192.0.2.1 -ALL exp=why.x.example unknown=1 ra=postmaster",
        "-ip4:192.0.2.9 ip4:192.0.2.0/24 ?include:a.example ~all",
    ],
)
def test_what_is_right_stays(right: str) -> None:
    assert proposed([[f"v=spf1 {right}".encode()]]).text.lower() == f"v=spf1 {right}".lower()


@pytest.mark.parametrize(
    ("strings", "meant"),
    [
        (["v=spf1", "mx -all"], "v=spf1 mx -all"),
        (["v=spf1 include:a.example", "include:b.example -all"], "v=spf1 include:a.example include:b.example -all"),
        (["v=spf1 ip4:192.0.2.1", "-all"], "v=spf1 ip4:192.0.2.1 -all"),
        (["v=spf1 mx ", "-all"], "v=spf1 mx -all"),
        (["v=spf1 include:a.exam", "ple -all"], "v=spf1 include:a.example -all"),
        (["v=spf1 ip4:192.0.2.1", "0 -all"], "v=spf1 ip4:192.0.2.10 -all"),
        (["v=spf1 include:_spf.exampl", "a -all"], "v=spf1 include:_spf.exampla -all"),  # `a` may end the name
    ],
)
def test_strings(strings: list[str], meant: str) -> None:
    assert proposed([[each.encode() for each in strings]]).text == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("v=spf1;mx -all", "v=spf1 mx -all"),
        ("v=spf1: mx -all", "v=spf1 mx -all"),
        ("v=spf1mx -all", "v=spf1 mx -all"),
        ("v = spf1 mx -all", "v=spf1 mx -all"),
        ("spf1 mx -all", "v=spf1 mx -all"),
        ("spf=v=spf1 mx -all", "v=spf1 mx -all"),
        (" v=spf1 mx -all", "v=spf1 mx -all"),
        ('"v=spf1 mx -all"', "v=spf1 mx -all"),
        ("\u201cv=spf1 mx -all\u201d", "v=spf1 mx -all"),
        ("\ufeffv=spf1 mx -all", "v=spf1 mx -all"),
        ("(v=spf1 mx -all", "v=spf1 mx -all"),
        ("spf2.0/mfrom,pra mx -all", "v=spf1 mx -all"),
        ("v=spf10 mx -all", ""),
    ],
)
def test_the_version(text: str, meant: str) -> None:
    assert proposed([[text.encode()]]).text == meant


@pytest.mark.parametrize(
    ("records", "meant"),
    [
        (("mx -all", "a -all"), "mx a -all"),
        (("include:a.example ~all", "include:b.example -all"), "include:a.example include:b.example ~all"),
        (("mx ?all", "mx ip4:192.0.2.1 -all"), "mx ip4:192.0.2.1 ~all"),
        (("mx -all", "moo -all"), ""),
        (("redirect=_spf.x.example", "mx -all"), "mx include:_spf.x.example -all"),
    ],
)
def test_several_records_become_one(records: tuple[str, ...], meant: str) -> None:
    found = proposed([[f"v=spf1 {each}".encode()] for each in records])
    assert sorted(found.text.split()) == sorted(f"v=spf1 {meant}".split() if meant else [])


@pytest.mark.parametrize(
    "part",
    [
        "a",
        "a:",
        "include:",
        "ip4:1.2.3.4,",
        "1.2.3.",
        ":",
        "a-",
        "mx ",
        "a.",
        "-all",
        "%{i}",
        "0:",
        '"',
        ",",
        "=",
        "all;",
    ],
)
def test_a_hostile_record_ends_in_a_proposal(part: str) -> None:
    for number in (10, 70, 4_000 // len(part)):
        text = f"v=spf1 include:x.example {part * number} -all"
        started_s = time.process_time()
        found = proposed([[text.encode()]])
        assert time.process_time() - started_s < 2
        assert found.text or found.decide


def test_what_to_decide_is_said() -> None:
    assert proposed([[b"v=spf1 ?all"]]).decide == (NAME_THEM,)
    (decision,) = proposed([[b"v=spf1 mx:10 mail.x.example -all"]]).decide
    assert "`mx`" in decision
    assert "`a:mail.x.example`" in decision
