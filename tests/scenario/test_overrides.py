"""`--set`: what it sets, and what it says when it cannot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchkit.errors import InputError
from benchkit.scenario import Vocabulary, load
from benchkit.scenario.overrides import apply

SET: list[tuple[str, dict[str, Any]]] = [
    ("load.blocks=5", {"load": {"blocks": 5}, "arm": [{"name": "a"}]}),
    ("load.model=open", {"load": {"blocks": 1, "model": "open"}, "arm": [{"name": "a"}]}),
    ('load = {model = "open"}', {"load": {"model": "open"}, "arm": [{"name": "a"}]}),
    ("network.rtt_ms=[1, 2]", {"load": {"blocks": 1}, "arm": [{"name": "a"}], "network": {"rtt_ms": [1, 2]}}),
    ('arm.0.name="b = c"', {"load": {"blocks": 1}, "arm": [{"name": "b = c"}]}),
    ("arm.0.baseline=true", {"load": {"blocks": 1}, "arm": [{"name": "a", "baseline": True}]}),
    (
        'thresholds."a.b.p95"=< 5 ms',
        {"load": {"blocks": 1}, "arm": [{"name": "a"}], "thresholds": {"a.b.p95": "< 5 ms"}},
    ),
    ("name=x\nseed = 3", {"load": {"blocks": 1}, "arm": [{"name": "a"}], "name": "x\nseed = 3"}),
    ("name=", {"load": {"blocks": 1}, "arm": [{"name": "a"}], "name": ""}),
]


@pytest.mark.parametrize(("override", "expected"), SET)
def test_set(override: str, expected: dict[str, Any]) -> None:
    data: dict[str, Any] = {"load": {"blocks": 1}, "arm": [{"name": "a"}]}
    apply([override], data)
    assert data == expected


@pytest.mark.parametrize(
    ("override", "line"),
    [
        ("load.blocks", "--set must be key=value"),
        ("=5", "--set must be key=value"),
        ("", "--set must be key=value"),
        ('"a', "--set must be key=value"),
        ("load.blocks.x=5", "--set load.blocks is not a table"),
        ("arm.2.name=b", "--set arm.2 is not an index of arm, which has 2, counted from 0"),
        ("arm.smtp.name=b", "--set arm.smtp is not an index of arm"),
        ("arm.²=b", "--set must be key=value"),
        ("load.blokcs=5", '--set load.blokcs unknown key; did you mean "blocks"?'),
        ("load.blocks=x", "--set load.blocks must be an integer, not a string"),
        ("arm.0={}", "--set arm.0.name is missing"),
    ],
)
def test_unsettable(override: str, line: str, base: str, vocabulary: Vocabulary, write: Callable[[str], Path]) -> None:
    with pytest.raises(InputError) as caught:
        load(write(base), vocabulary, [override])
    assert str(caught.value).startswith(line)


def test_the_kept_text_says_what_was_set(base: str, vocabulary: Vocabulary, write: Callable[[str], Path]) -> None:
    scenario = load(write(base), vocabulary, ["load.blocks=5", "arm.1.client=httpx"])
    assert scenario.load.blocks == 5
    assert scenario.source == base + "# --set load.blocks=5\n# --set arm.1.client=httpx\n"
    assert load(write(base), vocabulary).source == base
