"""The include tree: what each term costs, for which family, what it leads to, and where work ends."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from benchkit.audit.spf.build_tree import include_tree
from benchkit.audit.spf.collect_answers import QUESTION_LIMIT
from benchkit.audit.spf.tree import Cost, NodeState, Tree, TreeStatus


def spf(text: str, **held: Any) -> dict[str, Any]:
    return {"TXT": [text], **held}


def tree_of(zone: Any, domain: str = "d.example") -> Tree:
    return asyncio.run(include_tree(zone, domain))


HONEST = {
    "d.example": spf(
        "v=spf1 a mx include:e.example include:%{d2}.f.example exists:%{i}.x.example ptr -all", A=["192.0.2.1"]
    )
    | {"MX": ["10 m.example"]},
    "m.example": {"AAAA": ["2001:db8::1"]},
    "e.example": spf("v=spf1 a:gone.example ip4:192.0.2.0/24 ~all a:never.example"),
    "d.example.f.example": spf("v=spf1 include:e.example ?all"),
}


def test_costs_are_summed_up_the_tree(make_zone: Any) -> None:
    tree = tree_of(make_zone(HONEST))
    costs = {node.term.text: node.cost for node in tree.root.terms}
    assert costs == {
        "a": Cost(1, 0, 1),
        "mx": Cost(1, 0, 0),
        "include:e.example": Cost(2, 1, 1),
        "include:%{d2}.f.example": Cost(3, 1, 1),
        "exists:%{i}.x.example": Cost(1, 0, 0),
        "ptr": Cost(1, 0, 0),
        "-all": Cost(),
    }
    assert tree.cost == Cost(9, 2, 3)
    assert tree.status is TreeStatus.PERMERROR  # an IPv6 sender's third void lookup
    assert [(problem.code, problem.path[-1].term) for problem in tree.problems] == [
        ("too-many-voids", "include:e.example")
    ]


def test_a_repeated_domain_costs_again_but_is_spread_out_once(make_zone: Any) -> None:
    zone = make_zone(HONEST)
    tree = tree_of(zone)
    again = tree.root.terms[3].child.terms[0].child  # type: ignore[union-attr]
    assert again is not None
    assert (again.repeated, again.terms, again.cost) == (True, (), Cost(1, 1, 1))
    assert len(zone.asked) == len(set(zone.asked))


def test_terms_that_are_never_reached_are_kept_but_not_asked_for(make_zone: Any) -> None:
    zone = make_zone({"d.example": spf("v=spf1 ~all a:x.example redirect=y.example")})
    tree = tree_of(zone)
    assert [node.reached for node in tree.root.terms] == [True, False, False]
    assert (tree.cost, zone.asked) == (Cost(), [("d.example", "TXT")])


def test_the_count_goes_on_past_the_limit_and_the_crossing_term_is_named(make_zone: Any) -> None:
    terms = " ".join(f"exists:%{{i}}.{number}.example" for number in range(25))
    tree = tree_of(make_zone({"d.example": spf(f"v=spf1 {terms} -all")}))
    (problem,) = tree.problems
    assert (tree.cost.lookups, problem.code) == (25, "too-many-lookups")
    assert problem.path[-1].term == "exists:%{i}.10.example"


@pytest.mark.parametrize(
    ("zone", "status", "codes"),
    [
        ({}, "none", []),
        ({"d.example": {"A": ["192.0.2.1"]}}, "none", []),
        ({"d.example": {"TXT": "TIMEOUT"}}, "unknown", ["no-answer"]),
        ({"d.example": spf("v=spf1 -all")}, "fine", []),
        ({"d.example": {"TXT": ["v=spf1 -all", "v=spf1 -all"]}}, "permerror", ["several-records"]),
        ({"d.example": spf("v=spf1 -all moo")}, "permerror", ["syntax"]),
        ({"d.example": spf("v=spf1 include:d.example")}, "permerror", ["cycle"]),
        ({"d.example": spf("v=spf1 redirect=gone.example")}, "permerror", ["no-record"]),
        ({"d.example": spf("v=spf1 include:a..b.example -all")}, "permerror", ["no-record"]),
        ({"d.example": spf("v=spf1 a:a..b.example -all")}, "fine", []),
        ({"d.example": spf("v=spf1 a -all", AAAA="TIMEOUT", A=["192.0.2.1"])}, "unknown", ["no-answer"]),
        (
            {"d.example": spf("v=spf1 a include:gone.example -all", A="TIMEOUT")},
            "permerror",
            ["no-answer", "no-record"],
        ),
        ({"d.example": spf("v=spf1 mx -all", MX=[f"{n} m.example" for n in range(11)])}, "permerror", ["too-many-mx"]),
        ({"d.example": spf("v=spf1 exp=gone.example -all")}, "fine", []),
    ],
)
def test_what_is_wrong_has_a_code(make_zone: Any, zone: Any, status: str, codes: list[str]) -> None:
    tree = tree_of(make_zone(zone))
    assert (tree.status, [problem.code for problem in tree.problems]) == (status, codes)


def test_an_answer_that_has_not_come_is_never_a_missing_record(make_zone: Any) -> None:
    tree = tree_of(make_zone({"d.example": spf("v=spf1 include:e.example -all"), "e.example": {"TXT": "TIMEOUT"}}))
    child = tree.root.terms[0].child
    assert child is not None
    assert child.state is NodeState.UNKNOWN
    assert tree.root.terms[0].open_ended


def test_round_trips_are_the_depth_not_the_number_of_includes(make_zone: Any) -> None:
    zone = make_zone(
        {
            "d.example": spf("v=spf1 " + " ".join(f"include:e{n}.example" for n in range(9)) + " -all"),
            **{f"e{n}.example": spf(f"v=spf1 mx:m{n}.example -all") for n in range(9)},
        }
    )
    waves = 0

    async def ask(name: str, kind: str) -> Any:
        nonlocal waves
        first = not running
        running.add((name, kind))
        waves += first
        await asyncio.sleep(0)
        running.discard((name, kind))
        return await zone(name, kind)

    running: set[tuple[str, str]] = set()
    tree = tree_of(ask)
    assert (tree.cost.lookups, waves) == (18, 3)


HOSTILE = {
    "five thousand includes": {"d.example": spf("v=spf1 " + " ".join(f"include:a{n}.example" for n in range(5000)))},
    "every domain includes every other": {
        f"{name}.example": spf("v=spf1 " + " ".join(f"include:a{n}.example" for n in range(40)))
        for name in ("d", *(f"a{n}" for n in range(40)))
    },
    "doubling": {
        "d.example": spf("v=spf1 include:a0.example"),
        **{f"a{n}.example": spf(f"v=spf1 include:a{n + 1}.example include:a{n + 1}.example") for n in range(60)},
    },
    "a chain": {
        "d.example": spf("v=spf1 redirect=a0.example"),
        **{f"a{n}.example": spf(f"v=spf1 redirect=a{n + 1}.example") for n in range(2000)},
    },
    "large records": {
        "d.example": spf("v=spf1 " + " ".join(f"include:a{n}.example" for n in range(300))),
        **{f"a{n}.example": spf("v=spf1 " + "ip4:192.0.2.1 x %{d} " * 3000) for n in range(300)},
    },
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_trees_end(make_zone: Any, name: str) -> None:
    zone = make_zone(HOSTILE[name])
    started = time.process_time()
    tree = tree_of(zone)
    assert tree.status is TreeStatus.PERMERROR
    assert len(zone.asked) <= QUESTION_LIMIT
    assert sum(1 for _ in tree.walk()) <= 50_000
    assert time.process_time() - started < 5
