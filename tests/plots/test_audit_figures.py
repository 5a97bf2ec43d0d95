"""Figures of audits: the ten that are followed and those that are not, and documents with little in them."""

from __future__ import annotations

from typing import Any

import pytest

from benchkit.plots.audit_figures import COLOURS, FOLLOWED, PALE, heat_map, lookups

Terms = list[dict[str, Any]]


def term(text: str, below: Terms | None = None) -> dict[str, Any]:
    include = None if below is None else {"terms": below}
    return {"term": text, "lookups": 1 + sum(each["lookups"] for each in below or []), "include": include}


def document(terms: Terms | None) -> dict[str, Any]:
    tree = None if terms is None else {"terms": terms}
    spf = {"tree": tree, "lookups": None if terms is None else sum(each["lookups"] for each in terms)}
    return {"domain": "shop.example", "spf": spf, "mechanisms": {"spf": "fail"}, "score": None}


@pytest.mark.parametrize(
    ("terms", "includes", "followed", "past"),
    [
        ([term("mx")], 0, 1, 0),
        ([term("mx") for _ in range(12)], 0, 10, 2),
        ([term("mx"), term("include:a", [term("a") for _ in range(9)]), term("ptr")], 1, 10, 2),
        ([], 0, 0, 0),
        (None, 0, 0, 0),
    ],
)
def test_a_bar_for_every_lookup(terms: Terms | None, includes: int, followed: int, past: int) -> None:
    drawn = lookups(document(terms))
    assert [drawn.count(f"fill: {colour}") for colour in (PALE, FOLLOWED, COLOURS["fail"])] == [
        includes,
        followed,
        past,
    ]


def test_a_fleet_with_a_domain_of_which_nothing_is_known() -> None:
    drawn = heat_map([document(None), document(None) | {"mechanisms": {}}])
    assert drawn.count(f"fill: {COLOURS['fail']}") == 1
    assert drawn == heat_map([document(None), document(None) | {"mechanisms": {}}])
