"""A recording gives the same answers, says `unknown` to what it does not hold, and tells a damaged file's line."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.errors import InputError
from benchkit.model.dns import Answer, AnswerState, Ask, Record
from benchkit.resolver import AnswerRecorder, Budget, Replay, Snapshot

FULL = Answer(
    "shop.example",
    "TXT",
    AnswerState.OK,
    records=(Record("TXT", '"a\\000" "\\255"', (b"a\x00", b"\xff"), ttl=300), Record("MX", "10 mx.", (), "mx", 10, 5)),
    cnames=("a.example", "b.example"),
    rcode="NOERROR",
    resolver="[::1]:53",
    rtt_ms=0.1 + 0.2,
    ad=True,
    ede=("22 No Reachable Authority: ünïcode",),
    compact_denial=True,
    wildcard=True,
    queries=7,
)
TEXT = st.text(max_size=8)
RECORDS = st.builds(
    Record,
    TEXT,
    TEXT,
    st.lists(st.binary(max_size=8), max_size=3).map(tuple),
    TEXT,
    st.integers(0, 65535),
    st.integers(0),
)
ANSWERS = st.builds(
    Answer,
    TEXT,
    TEXT,
    st.sampled_from(AnswerState),
    st.lists(RECORDS, max_size=3).map(tuple),
    st.lists(TEXT, max_size=3).map(tuple),
    TEXT,
    TEXT,
    st.floats(0, 1e6),
    st.booleans(),
    st.lists(TEXT, max_size=2).map(tuple),
    st.booleans(),
    st.booleans(),
    st.integers(0, 1000),
)


def always(answer: Answer) -> Ask:
    async def ask(name: str, type: str) -> Answer:  # noqa: A002
        return answer

    return ask


def recorded(path: Path, *answers: Answer) -> Replay:
    recorder = AnswerRecorder()

    async def record() -> None:
        for answer in answers:
            await recorder.of("shop.example", always(answer))(answer.name, answer.type)

    asyncio.run(record())
    recorder.save(path)
    return Replay(path)


def replayed(replay: Replay, name: str, kind: str, domain: str = "shop.example") -> Answer:
    async def ask() -> Answer:
        return await replay.of(domain)(name, kind)

    return asyncio.run(ask())


def test_every_field_comes_back(tmp_path: Path) -> None:
    replay = recorded(tmp_path / "r.jsonl", FULL)
    assert replayed(replay, "SHOP.example.", "txt") == FULL


@given(answer=ANSWERS)
def test_any_answer_comes_back(tmp_path_factory: pytest.TempPathFactory, answer: Answer) -> None:
    path = tmp_path_factory.mktemp("any") / "r.jsonl"
    assert replayed(recorded(path, answer), answer.name, answer.type) == answer


def test_what_was_not_asked_is_unknown_and_never_missing(tmp_path: Path) -> None:
    replay = recorded(tmp_path / "r.jsonl", FULL)
    for answer in (replayed(replay, "other.example", "TXT"), replayed(replay, "shop.example", "TXT", "other.example")):
        assert not answer.state.known
        assert answer.ede == ("not in this recording",)
        assert answer.queries == 0


def test_the_order_of_the_answers_does_not_show(tmp_path: Path) -> None:
    first, second = (Answer(name, "A", AnswerState.NODATA) for name in ("a.example", "b.example"))
    recorded(tmp_path / "1", first, second)
    recorded(tmp_path / "2", second, first)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_the_first_answer_to_a_question_stays() -> None:
    async def run() -> list[Answer]:
        recorder = AnswerRecorder()
        later = Answer("shop.example", "TXT", AnswerState.NXDOMAIN)
        return [await recorder.of("shop.example", always(answer))("shop.example", "TXT") for answer in (FULL, later)]

    assert asyncio.run(run()) == [FULL, FULL]


def test_what_a_budget_cut_short_stays_cut_short(tmp_path: Path) -> None:
    async def audited(ask: Ask) -> tuple[list[Answer], int]:
        snapshot = Snapshot(ask)
        return [await snapshot(f"{number}.example", "A") for number in range(3)], snapshot.queries

    async def live(name: str, type: str) -> Answer:  # noqa: A002
        return Answer(name, type, AnswerState.OK)

    recorder = AnswerRecorder()
    then = asyncio.run(audited(recorder.of("shop.example", Budget(live, queries=2))))
    recorder.save(tmp_path / "r.jsonl")
    assert asyncio.run(audited(Replay(tmp_path / "r.jsonl").of("shop.example"))) == then
    assert then[1] == 2


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ([], 1),
        (["no json"], 0),
        (["[]"], 1),
        (['{"format": "benchkit dns recording", "version": 3}'], 1),
        (['{"format": "benchkit dns recording", "version": 2, "about": []}'], 1),
        ([None, "{}"], 2),
        ([None, "[]"], 2),
        ([None, '{"domain": "a", "asked": ["a", "A"], "name": "a", "type": "A", "state": "perhaps"}'], 2),
        ([None, '{"domain": "a", "asked": ["a", "A"], "name": 1, "type": "A", "state": "ok"}'], 2),
        ([None, '{"domain": "a", "asked": ["a", "A"], "name": "a", "type": "A", "state": "ok", "ede": 1}'], 2),
        ([None, '{"domain": "a", "asked": ["a", "A"], "name": "a", "type": "A", "state": "ok", "queries": "1"}'], 2),
        ([None, '{"domain": "a", "asked": ["a", "A"], "name": "a", "type": "A", "state": "ok", "more": 1}'], 2),
        ([None, '{"domain": "a", "asked": "a", "name": "a", "type": "A", "state": "ok"}'], 2),
    ],
)
def test_a_damaged_file(tmp_path: Path, lines: list[str | None], line: int) -> None:
    head = json.dumps({"format": "benchkit dns recording", "version": 1})
    path = tmp_path / "r.jsonl"
    path.write_text("\n".join(text if text is not None else head for text in lines), "utf-8")
    with pytest.raises(InputError) as caught:
        Replay(path)
    assert caught.value.mistakes[0].line == line


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        Replay(tmp_path / "none")
