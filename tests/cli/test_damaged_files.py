"""Baselines, recordings and `--set` values, damaged at random by a seed: one line each, and never a bug in benchkit."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchkit.errors import BUG
from tests.cli.conftest import Done, Verb

ZONE = str(Path(__file__).parents[2] / "scenarios" / "zones" / "good.zone")
VALUES: list[Any] = [
    None,
    0,
    -1,
    10**30,
    1.5,
    float("nan"),
    "",
    "\x1b[31m",
    [],
    [[]],
    {},
    {"a": 1},
    True,
    "x" * 5000,
    [None],
    "shop.example",
]
SCENARIO = """\
name = "s"
[message]
from = "a@b.example"
to = ["c@d.example"]
subject = "s"
text = "t"
[[arm]]
name = "x"
transport = "smtp"
client = "wire"
"""
KEYS = (
    "name", "question", "message", "message.to", "message.to.0", "message.count", "message.headers.X", "load", "load.seed",
    "arm", "arm.0", "arm.0.server", "arm.0.server.port", "arm.0.password", "arm.9", "arm.x", "thresholds.x", "verdict.rope.0",
    "network.rtt_ms", "x.y.z", '"a b".c', "..", "", "=",
)  # fmt: skip
SET_TO = (
    "", "1", "-1", "1e999", "nan", "[]", "{}", "[[]]", '"', "\x1b[31m", "1979-05-27", "0x" + "f" * 5000, "[" * 5000,
    "{a={a={a=1}}}", "true", "\u202e", "x" * 100_000, "{env=1}", "1\nname=2", "9" * 5000, '"\\u0000"', "inf]",
)  # fmt: skip


def is_one_kind_of_answer(done: Done) -> None:
    assert done.code in (0, 2, 3), done.err
    assert BUG not in done.err
    assert "\x1b" not in done.out + done.err


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in items:
        yield from places(value, (*path, key))


def damaged(document: Any, draw: random.Random) -> str:
    """One value replaced or removed, or the text cut, changed or nested."""
    text = json.dumps(document)
    kind, at = draw.randrange(5), draw.randrange(len(text))
    if kind == 0:
        return draw.choice(
            (text[:at], text[:at] + "[" * 100_000 + text[at:], text[:at] + draw.choice('"[{\\x0') + text[at + 1 :])
        )
    copy = json.loads(text)
    *around, last = draw.choice([path for path in places(copy) if path])
    table = copy
    for key in around:
        table = table[key]
    if kind == 1 and isinstance(table, dict):
        del table[last]
    else:
        table[last] = draw.choice(VALUES)
    return json.dumps(copy)


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_baseline_or_recording(seed: int, verb: Verb) -> None:
    draw = random.Random(seed)
    first = verb("audit", "--zone", ZONE, "--json", "--record", "recording", "shop.example")
    assert first.code == 0
    Path("baseline").write_text(damaged(json.loads(first.out), draw), "utf-8")
    is_one_kind_of_answer(verb("audit", "--zone", ZONE, "--baseline", "baseline", "shop.example"))
    lines = Path("recording").read_text("utf-8").splitlines()
    place = draw.randrange(len(lines))
    lines[place] = damaged(json.loads(lines[place]), draw)
    Path("recording").write_text("\n".join(lines), "utf-8")
    is_one_kind_of_answer(verb("audit", "--replay", "recording", "shop.example"))


@pytest.mark.parametrize("key", KEYS)
def test_set_to_anything(key: str, verb: Verb) -> None:
    Path("s.toml").write_text(SCENARIO, "utf-8")
    for value in SET_TO:
        is_one_kind_of_answer(verb("run", "s.toml", "--dry-run", "--set", f"{key}={value}"))
