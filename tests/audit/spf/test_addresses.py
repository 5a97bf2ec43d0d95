"""The authorised set: first match wins, halves join, overlaps are named; and it agrees with check_host() for any address."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchkit.audit.spf.addresses import AddressSet, authorised
from benchkit.audit.spf.build_tree import include_tree
from benchkit.audit.spf.check_host import check_host
from benchkit.audit.spf.result import SpfResult
from benchkit.audit.spf.sender import sender
from benchkit.audit.spf.tree import TreeStatus


def addresses_of(zone: Any) -> AddressSet:
    return authorised(asyncio.run(include_tree(zone, "d.example")))


def only(text: str) -> dict[str, Any]:
    return {"d.example": {"TXT": [f"v=spf1 {text}"]}}


@pytest.mark.parametrize(
    ("terms", "count4", "count6", "networks"),
    [
        ("-all", 0, 0, []),
        ("+all", 2**32, 2**128, ["0.0.0.0/0", "::/0"]),
        ("?all", 0, 0, []),
        ("ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all", 2**32, 0, ["0.0.0.0/0"]),
        ("ip4:192.0.2.0/25 ip4:192.0.2.128/25 ip4:192.0.2.7 -all", 256, 0, ["192.0.2.0/24"]),
        ("-ip4:192.0.2.0 ip4:192.0.2.0/31 -all", 1, 0, ["192.0.2.1/32"]),
        ("ip6:2001:db8::/64 ip4:192.0.2.1 -all", 1, 2**64, ["192.0.2.1/32", "2001:db8::/64"]),
        ("ip4:192.0.2.1 -ip4:192.0.2.1 ip4:192.0.2.1", 1, 0, ["192.0.2.1/32"]),
        ("exists:here.example ~all", 2**32, 2**128, ["0.0.0.0/0", "::/0"]),
        ("exists:%{i}.example ptr ~all", 0, 0, []),
    ],
)
def test_counts_and_networks(make_zone: Any, terms: str, count4: int, count6: int, networks: list[str]) -> None:
    found = addresses_of(make_zone(only(terms) | {"here.example": {"A": ["127.0.0.2"]}}))
    assert (found.count4, found.count6) == (count4, count6)
    assert [str(network) for network in (*found.networks4, *found.networks6)] == networks


def test_open_ended_terms_are_listed_not_guessed(make_zone: Any) -> None:
    zone = make_zone(only("exists:%{i}.example ptr include:slow.example a -all") | {"slow.example": {"TXT": "TIMEOUT"}})
    terms = [path[-1].term for path in addresses_of(zone).open_ended]
    assert terms == ["exists:%{i}.example", "ptr", "include:slow.example"]


def test_overlaps_name_both_terms(make_zone: Any) -> None:
    zone = make_zone(
        only("ip4:192.0.2.0/28 include:e.example ip4:192.0.2.0/24 -all")
        | {"e.example": {"TXT": ["v=spf1 ip4:192.0.2.1 -all"]}}
    )
    found = [
        ([step.term for step in each.path], each.earlier[-1].term, each.addresses, each.whole)
        for each in addresses_of(zone).overlaps
    ]
    assert found == [
        (["include:e.example", "ip4:192.0.2.1"], "ip4:192.0.2.0/28", 1, True),
        (["ip4:192.0.2.0/24"], "ip4:192.0.2.0/28", 16, False),
    ]


def test_addresses_that_cannot_send_are_named(make_zone: Any) -> None:
    special = addresses_of(make_zone(only("ip4:10.0.0.1 ip6:fe80::/10 ip4:8.0.0.0/6 -all"))).special
    assert [(each.path[-1].term, str(each.network)) for each in special] == [
        ("ip4:10.0.0.1", "10.0.0.0/8"),
        ("ip6:fe80::/10", "fe80::/10"),
    ]


def test_the_path_by_which_an_address_passes(make_zone: Any) -> None:
    zone = make_zone(only("include:e.example -all") | {"e.example": {"TXT": ["v=spf1 ip4:203.0.113.0/24 ?all"]}})
    found = addresses_of(zone)
    path = found.path_of(ip_address("203.0.113.5"))
    assert [(step.domain, step.term) for step in path] == [
        ("d.example", "include:e.example"),
        ("e.example", "ip4:203.0.113.0/24"),
    ]
    assert found.path_of(ip_address("203.0.114.5")) == ()
    assert found.path_of(ip_address("2001:db8::5")) == ()


DOMAINS = ("d.example", "e.example", "f.example", "g.example")
TERM = st.one_of(
    st.builds("ip4:192.0.2.{}/{}".format, st.integers(0, 15), st.integers(28, 32)),
    st.builds("ip6:2001:db8::{:x}/{}".format, st.integers(0, 15), st.integers(124, 128)),
    st.builds("{}:{}{}".format, st.sampled_from(["a", "mx", "include"]), st.sampled_from(DOMAINS), st.just("")),
    st.sampled_from(
        ["a", "mx/31//127", "all", "exists:e.example", "exists:gone.example", "redirect=g.example", "a/33", "x"]
    ),
)
RECORD = st.lists(st.builds("{}{}".format, st.sampled_from(["", "", "", "-", "~", "?"]), TERM), max_size=5).map(
    lambda terms: "v=spf1 " + " ".join(term.lstrip("-~?") if "=" in term else term for term in terms)
)
HOST = st.fixed_dictionaries(
    {"TXT": st.lists(RECORD, min_size=1, max_size=1)},
    optional={
        "A": st.lists(st.builds("192.0.2.{}".format, st.integers(0, 15)), max_size=2),
        "AAAA": st.lists(st.builds("2001:db8::{:x}".format, st.integers(0, 15)), max_size=2),
        "MX": st.lists(st.builds("10 {}".format, st.sampled_from(DOMAINS)), max_size=2, unique=True),
    },
)
SOMEBODY = st.one_of(
    st.builds("192.0.2.{}".format, st.integers(0, 15)), st.builds("2001:db8::{:x}".format, st.integers(0, 15))
)


@settings(max_examples=300)
@given(zone=st.dictionaries(st.sampled_from(DOMAINS[1:]), HOST), root=HOST, ip=SOMEBODY)
def test_tree_and_set_agree_with_check_host(make_zone: Any, zone: Any, root: Any, ip: str) -> None:
    """A fine tree breaks for no one, and its set holds exactly who passes, by the very path of the evaluation."""
    held = make_zone({**zone, "d.example": root})
    tree = asyncio.run(include_tree(held, "d.example"))
    evaluation = asyncio.run(check_host(held, sender(ip, "a@d.example")))
    if tree.status is TreeStatus.FINE:
        assert evaluation.result not in (SpfResult.PERMERROR, SpfResult.TEMPERROR, SpfResult.NONE)
        passing = authorised(tree).path_of(ip_address(ip))
        assert passing == (evaluation.path if evaluation.result is SpfResult.PASS else ())
    if evaluation.result is SpfResult.PERMERROR:
        assert tree.status is TreeStatus.PERMERROR
