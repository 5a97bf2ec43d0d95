"""SPF's grammar as a table: which faults each text has, and where."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.audit.records.macros import Literal, Macro, parse_macros
from benchkit.audit.records.spf import MechanismKind, Modifier, Qualifier, parse_spf, select_spf

FATAL = [  # terms, the faulty text, the code
    ("-all moo", "moo", "unknown-mechanism"),
    ("-all.", "-all.", "unknown-mechanism"),
    ("-all:x", ":x", "unexpected-argument"),
    ("-all/8", "/8", "unexpected-argument"),
    ("=all", "=all", "unknown-term"),
    ("--all", "--all", "unknown-term"),
    ("1up=foo", "1up=foo", "unknown-term"),
    ("redirect:x.example", "redirect:x.example", "unknown-mechanism"),
    ("moo.cow/far=man", "moo.cow/far=man", "unknown-mechanism"),
    ("include", "include", "domain-missing"),
    ("include:", "", "domain-missing"),
    ("include:x.example/24", "x.example/24", "bad-domain"),
    ("exists", "exists", "domain-missing"),
    ("exists:x.example/24", "x.example/24", "bad-domain"),
    ("ptr/0", "/0", "unexpected-argument"),
    ("a:museum", "museum", "bad-domain"),
    ("a:museum.", "museum.", "bad-domain"),
    ("a:192.0.2.1", "192.0.2.1", "bad-domain"),
    ("a:x.example:8080", "x.example:8080", "bad-domain"),
    ("a:x.-com", "x.-com", "bad-domain"),
    ("a:%{d}example", "%{d}example", "bad-domain"),
    ("a/33", "a/33", "bad-prefix-length"),
    ("a//129", "a//129", "bad-prefix-length"),
    ("a/024", "a/024", "bad-prefix-length"),
    ("a/24/64", "/24", "unexpected-argument"),
    ("a\tmx", "\tmx", "unexpected-argument"),
    ("a:x\x00.example", "\x00", "strange-octets"),
    ("a:\xe9.example", "\xe9", "strange-octets"),
    ("\x80a:x.example", "\x80a:x.example", "unknown-term"),
    ("ip4", "ip4", "address-missing"),
    ("ip4:", ":", "bad-ip4"),
    ("ip4:192.0.2", ":192.0.2", "bad-ip4"),
    ("ip4:192.0.2.1:25", ":192.0.2.1:25", "bad-ip4"),
    ("ip4:192.0.2.01", ":192.0.2.01", "bad-ip4"),
    ("ip4:192.0.2.1\n", ":192.0.2.1\n", "bad-ip4"),
    ("ip4:192.0.2.1/33", ":192.0.2.1/33", "bad-prefix-length"),
    ("ip4:192.0.2.1/032", ":192.0.2.1/032", "bad-prefix-length"),
    ("ip4:192.0.2.1//32", ":192.0.2.1//32", "bad-prefix-length"),
    ("ip4:192.0.2.1/", ":192.0.2.1/", "bad-prefix-length"),
    ("ip4:2001:db8::1", ":2001:db8::1", "bad-ip4"),
    ("-all ip6", "ip6", "address-missing"),
    ("ip6:::1%eth0", ":::1%eth0", "bad-ip6"),
    ("ip6:192.0.2.1", ":192.0.2.1", "bad-ip6"),
    ("ip6:::1/129", ":::1/129", "bad-prefix-length"),
    ("redirect=", "", "domain-missing"),
    ("redirect=-all", "-all", "bad-domain"),
    ("exp= -all", "", "domain-missing"),
    ("redirect=x.example redirect=y.example", "redirect=y.example", "modifier-twice"),
    ("exp=x.example EXP=y.example", "EXP=y.example", "modifier-twice"),
    ("foo=%abc", "%", "macro-syntax"),
    ("exists:foo%.x.example", "%", "macro-syntax"),
    ("exists:%(i).x.example", "%", "macro-syntax"),
    ("exists:%{i", "%", "macro-syntax"),
    ("a:%{a}.x.example", "%{a}", "macro-letter"),
    ("exp=%{r}.x.example", "%{r}", "macro-letter"),
    ("exists:%{d0}.x.example", "%{d0}", "macro-digits"),
]
SOUND = [
    "",
    "   ",
    "-all ",
    "a  -all",
    "a:foo:bar/baz.example.com",
    "a:x.example.",
    "a:.com",
    "a:x.example/0//0",
    "a//64",
    "MX:x.example A PTR:X.example -ALL",
    "a:foo.example.xn--zckzah",
    "a:x.1-2",
    "a:x.example...com",
    "include:%{d2}",
    "exists:%{l1r+-}.%{ir}.%{v}._spf.%{d2}",
    "exists:%{d00128r.-+,/_=}",
    "a:macro%%percent%_%_space%-url-space.example.com",
    "a:x%%",
    "ip6:::ffff:192.0.2.1/128",
    "moo.cow-far_out=man:dog/cat",
    "default=+",
    "foo=",
    "redirect=x.example ~all",
    "ra=postmaster rp=100 rr=all:e:F",
]
LINTED = [
    ("ip4=192.0.2.1", "ip4=192.0.2.1", "mechanism-as-modifier"),
    ("INCLUDE=x.example", "INCLUDE=x.example", "mechanism-as-modifier"),
    ("ip4:192.0.2.1/24", ":192.0.2.1/24", "host-bits"),
    ("rp=101", "rp=101", "report-modifier"),
    ("rr=x", "rr=x", "report-modifier"),
]


@pytest.mark.parametrize(("terms", "place", "code"), FATAL)
def test_fatal_faults_are_placed(terms: str, place: str, code: str) -> None:
    record = parse_spf(f"v=spf1 {terms}")
    assert not record.valid
    assert (code, place) in [(fault.code, record.text[slice(*fault.span)]) for fault in record.faults if fault.fatal]


@pytest.mark.parametrize("terms", SOUND)
def test_sound_records_have_no_fault(terms: str) -> None:
    assert parse_spf(f"v=spf1 {terms}").faults == ()


@pytest.mark.parametrize(("terms", "place", "code"), LINTED)
def test_what_is_legal_but_odd_is_not_fatal(terms: str, place: str, code: str) -> None:
    record = parse_spf(f"v=spf1 {terms}")
    assert record.valid
    assert [(fault.code, record.text[slice(*fault.span)]) for fault in record.faults] == [(code, place)]


def test_a_term_has_its_parts() -> None:
    term = parse_spf("V=sPf1 ~A:mail.x.example/24//64").mechanisms[0]
    assert (term.kind, term.qualifier, term.prefix4, term.prefix6) == (MechanismKind.A, Qualifier.SOFTFAIL, 24, 64)
    assert term.domain is not None
    assert (term.domain.text, term.span, term.domain.span) == ("mail.x.example", (7, 31), (10, 24))
    assert parse_spf("v=spf1 ip4:192.0.2.77/24").mechanisms[0].network == ip_network("192.0.2.0/24")


def test_one_broken_term_leaves_the_others() -> None:
    assert [term.text for term in parse_spf("v=spf1 a moo mx/99 -all").terms] == ["a", "-all"]


def test_what_all_hides() -> None:
    record = parse_spf("v=spf1 redirect=x.example a -all mx exp=y.example")
    assert [term.text for term in record.unreached] == ["redirect=x.example", "mx"]
    assert parse_spf("v=spf1 a redirect=x.example").unreached == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("v=spf1", "records"),
        ("V=SPF1 -all", "records"),
        ("v=spf1\xe9", "almost"),
        ("v=spf10", "almost"),
        ("v=spf1-all", "almost"),
        (" v=spf1 -all", "almost"),
        ('"v=spf1 -all"', "almost"),
        ("v = spf1 -all", "almost"),
        ("spf2.0/pra -all", "almost"),
        ("google-site-verification=x", "others"),
        ("", "others"),
    ],
)
def test_selection_sorts_texts(text: str, kind: str) -> None:
    assert getattr(select_spf([text]), kind) == (text,)


def test_selection_needs_exactly_one() -> None:
    assert select_spf([b"v=spf1 -all", b"\x96"]).only == "v=spf1 -all"
    assert select_spf([b"v=spf1 -all", b"v=spf1 -all"]).only is None
    assert select_spf([]).only is None


MACROS = st.lists(
    st.one_of(
        st.builds("%{{{}{}{}{}}}".format, st.sampled_from("slodipvhSLODIPVH"), st.sampled_from(["", "1", "42"]),
                  st.sampled_from(["", "r"]), st.text("-.+,/_=", max_size=3)),
        st.sampled_from(["%%", "%_", "%-"]),
        st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="%"), min_size=1),
    )
)  # fmt: skip


@given(MACROS)
def test_macro_strings_come_back_whole(pieces: list[str]) -> None:
    text = "".join(pieces)
    string, faults = parse_macros(text)
    escapes = {"%": "%%", " ": "%_", "%20": "%-"}
    written = [
        (escapes[part.text] if part.escape else part.text) if isinstance(part, Literal) else written_macro(part)
        for part in string.parts
    ]
    assert (faults, "".join(written)) == ((), text)


def written_macro(macro: Macro) -> str:
    letter = macro.letter.upper() if macro.escaped else macro.letter
    return f"%{{{letter}{macro.parts or ''}{'r' if macro.reverse else ''}{macro.delimiters}}}"


@given(st.lists(st.sampled_from([*SOUND, *(terms for terms, _, _ in FATAL + LINTED)])))
def test_terms_are_where_they_say_they_are(lists: list[str]) -> None:
    record = parse_spf("v=spf1 " + " ".join(lists))
    for term in record.terms:
        assert record.text[slice(*term.span)] == term.text
        inner = term.value if isinstance(term, Modifier) else term.domain
        assert inner is None or record.text[slice(*inner.span)] == inner.text
