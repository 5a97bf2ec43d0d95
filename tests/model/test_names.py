"""One public class name, one meaning: a reader who has met a name in one room may expect the same thing in every other."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

HOUSE = Path(__file__).parents[2]
SHARED = {
    "Client": "the contract (model/contracts.py), and in each module of transports the client that implements it",
}


def test_no_public_class_name_has_two_meanings() -> None:
    places = defaultdict(list)
    for path in sorted((HOUSE / "benchkit").rglob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(HOUSE)))
    twice = {name: where for name, where in places.items() if len(where) > 1}
    assert twice.keys() == SHARED.keys(), {name: where for name, where in twice.items() if name not in SHARED}
