"""Several workers share a run: one plan, each send once, every cell at the same time, and no one goes on without the others."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from benchkit.errors import TargetUnreachable
from benchkit.experiment.parent.child_process import ChildBroken
from benchkit.experiment.parent.worker_pool import WorkerPool
from benchkit.experiment.plan.schedule import schedule
from benchkit.experiment.worker.start_times import InStep
from benchkit.model.load import Arrivals, LoadModel, LoadSpec
from benchkit.model.run import RunStatus
from benchkit.store import load_run

Text = Callable[..., str]
News = dict[str, Any]
WORKERS = 2
CLOSED = f'model = "throughput"\nconcurrency = 5\nworkers = {WORKERS}\nblocks = 6\nmessages_per_block = 11'
OPEN = f'model = "open"\nrate_per_s = 200\nconcurrency = 6\nworkers = {WORKERS}\nblocks = 6\nmessages_per_block = 7\nseed = 3'


@pytest.mark.parametrize(("load", "per_block", "senders"), [(CLOSED, 11, 5), (OPEN, 7, 6)], ids=["throughput", "open"])
def test_two_workers_send_the_plan_once(program: Any, text: Text, load: str, per_block: int, senders: int) -> None:
    program.write(text("smtp", "smtp fresh", "api", load=load))
    code, summary = program.summary()
    assert code == 0, summary
    planned = 3 * 7 * per_block
    account = summary["account"]
    assert account["planned"] == account["accepted"] == account["arrived_once"] == planned
    (folder,) = program.runs
    run = load_run(folder)
    assert sorted(run.messages["send"]) == list(range(planned))
    kept = run.messages["arm"] != 1
    assert sorted(set(run.messages["sender"][kept])) == list(range(senders))
    assert len(set(run.messages["connection"][~kept])) == 7 * per_block, (
        "a new connection each, and none numbered twice"
    )
    assert len(set(run.messages["connection"][kept])) == 2 * senders
    assert sorted({path.suffix for path in folder.iterdir()}) == [".json", ".parquet"], "no spool is left, of either"


@pytest.mark.parametrize(("recipients", "code"), [(16, 0), (4, 2)], ids=["all differ", "a worker meets one twice"])
def test_several_messages_a_request_are_shared_too(program: Any, text: Text, recipients: int, code: int) -> None:
    program.write("email\n" + "".join(f"user{number}@example.com\n" for number in range(recipients)), "people.csv")
    program.write("Hello", "letter.subject")
    program.write("Hello {{ email }}", "letter.txt")
    batch = 'transport = "api"\nprovider = "mailgun"\nclient = "wire"\nsecurity = "none"\nmessages_per_request = 4\n'
    plan = text(
        f"batch|{batch}", load=CLOSED.replace("11", "16"), message='template = "letter"\nrecipients = "people.csv"'
    )
    program.write(plan.replace('subject = "Grüße"\nto = ["b@example.com"]\n', ""))
    done = program.run("run", "scenario.toml", "--json")
    assert done.returncode == code, done.stderr
    if code:
        assert "give more recipients, or set messages_per_request to 2 or less" in done.stderr
    else:
        account = json.loads(done.stdout)["account"]
        assert account["arrived_once"] == account["planned"] == 7 * 16


def test_they_work_the_same_cell_at_the_same_time(program: Any, text: Text) -> None:
    program.write(text("smtp", "api", load=CLOSED))
    program.summary()
    cells = load_run(program.runs[0]).cells
    order = np.lexsort((cells["arm"], cells["block"]))
    both = {name: column[order].reshape(-1, WORKERS) for name, column in cells.items()}
    assert len(both["worker"]) == 2 * 6
    assert all(sorted(pair) == [0, 1] for pair in both["worker"].tolist())
    spans = sorted(zip(both["started_ns"].min(axis=1), both["ended_ns"].max(axis=1), strict=True))
    assert all(ended <= started for (_, ended), (started, _) in pairwise(spans)), (
        "no cell begins before the one before ends"
    )


def test_an_open_schedule_is_split_and_remains_the_arms_own(program: Any, text: Text) -> None:
    program.write(text("smtp", "api", load=OPEN))
    program.summary()
    messages = load_run(program.runs[0]).messages
    load = LoadSpec(LoadModel.OPEN, 6, 7, 1, 6, 200.0, Arrivals.POISSON, 3, WORKERS)
    for block in range(load.all_blocks):
        for arm in range(2):
            intended_ns = np.sort(messages["intended_ns"][(messages["block"] == block) & (messages["arm"] == arm)])
            assert np.diff(intended_ns).tolist() == np.diff(schedule(load, block)).tolist()


def test_a_plan_says_how_many_share_it(program: Any, text: Text) -> None:
    program.write(text("smtp", load=CLOSED))
    assert "spread over 2 worker processes" in " ".join(program.run("run", "scenario.toml", "--dry-run").stdout.split())


def test_nobody_there_is_said_once_and_leaves_nothing(program: Any, text: Text) -> None:
    nobody = 'transport = "smtp"\nclient = "aiosmtplib"\nserver = { host = "127.0.0.1", port = 1 }\n'
    program.write(text(f"nobody|{nobody}", load=CLOSED))
    done = program.run("run", "scenario.toml")
    assert (done.returncode, done.stderr.strip().count("\n")) == (4, 0)
    assert program.runs == []


class Worker:
    """A child that says what it is told to say, and remembers what it was told."""

    def __init__(self) -> None:
        self.says: asyncio.Queue[News | Exception] = asyncio.Queue()
        self.received: list[str] = []

    async def receive(self) -> News:
        news = await self.says.get()
        if isinstance(news, Exception):
            raise news
        return news

    async def go(self, moment_ns: int) -> None:
        self.received.append(f"go {moment_ns}")

    async def ask_to_stop(self) -> None:
        self.received.append("stop")
        self.says.put_nowait({"done": True, "sent": 3, "interrupted": True})


class Deaf(Worker):
    """Its client has blocked its loop for good."""

    async def ask_to_stop(self) -> None:
        self.received.append("stop")

    def kill(self) -> None:
        self.received.append("kill")
        self.says.put_nowait(ChildBroken("died (signal 9)"))


class Scene:
    def __init__(self, workers: int = 2, kind: type[Worker] = Worker) -> None:
        self.workers = [kind() for _ in range(workers)]
        self.pool = WorkerPool(self.workers, grace_s=0.0)  # type: ignore[arg-type]
        self.heard: list[Mapping[str, Any]] = []

    async def say(self, number: int, **news: Any) -> None:
        self.workers[number].says.put_nowait(news)
        for _ in range(3):  # until it has been heard
            await asyncio.sleep(0)


def play(talk: Callable[[Scene], Coroutine[Any, Any, None]], workers: int = 2) -> tuple[Scene, RunStatus]:
    async def perform() -> tuple[Scene, RunStatus]:
        scene = Scene(workers)
        walk = asyncio.create_task(scene.pool.walk(scene.heard.append))
        await talk(scene)
        return scene, await walk

    return asyncio.run(perform())


@pytest.mark.parametrize("workers", [2, 3])
def test_all_begin_when_the_last_one_is_ready_and_at_one_moment(workers: int) -> None:
    async def talk(scene: Scene) -> None:
        for cell in (1, 2):
            for number in range(workers):
                assert all(len(worker.received) == cell - 1 for worker in scene.workers)
                await scene.say(number, ready=True)
        for number in range(workers):
            await scene.say(number, done=True, sent=1, interrupted=False)

    scene, status = play(talk, workers)
    assert status is RunStatus.COMPLETE
    first, *others = (worker.received for worker in scene.workers)
    assert all(words == first for words in others)
    assert first == sorted(first, key=lambda word: int(word.removeprefix("go ")))
    assert [news["sent"] for news in scene.heard if "sent" in news] == list(range(1, workers + 1))


def test_one_that_was_interrupted_interrupts_the_run_and_no_cell_begins_after_a_stop() -> None:
    async def talk(scene: Scene) -> None:
        await scene.say(0, ready=True)
        await scene.pool.ask_to_stop()
        await scene.say(1, ready=True)

    scene, status = play(talk)
    assert status is RunStatus.INTERRUPTED
    assert [worker.received for worker in scene.workers] == [["stop"], ["stop"]]


def test_who_does_not_heed_the_second_word_is_killed_and_not_who_does_not_heed_the_first() -> None:
    scene = Scene(2, Deaf)

    async def perform() -> None:
        walk = asyncio.create_task(scene.pool.walk(scene.heard.append))
        await scene.pool.ask_to_stop()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert [worker.received for worker in scene.workers] == [["stop"], ["stop"]]
        await scene.pool.ask_to_stop()
        await scene.pool.ask_to_stop()
        await walk

    with pytest.raises(ChildBroken, match="signal 9"):
        asyncio.run(perform())
    assert all(worker.received.count("kill") == 1 for worker in scene.workers)


@pytest.mark.parametrize("ending", [ChildBroken("died"), None], ids=["broken", "unreachable"])
def test_the_end_of_one_is_the_end_of_all(ending: Exception | None) -> None:
    scene = Scene(3)

    async def perform() -> None:
        walk = asyncio.create_task(scene.pool.walk(scene.heard.append))
        await scene.say(0, ready=True)
        scene.workers[1].says.put_nowait(ending or {"unreachable": "nobody there"})
        await walk

    with pytest.raises(ChildBroken if ending else TargetUnreachable):
        asyncio.run(perform())
    assert scene.workers[0].received == scene.workers[2].received == ["stop"]


class Line:
    """The parent's words, one after the other; and what it was told."""

    def __init__(self, *words: str) -> None:
        self.words = list(words)
        self.heard: list[str] = []

    def tell(self, **news: Any) -> None:
        self.heard += news

    async def next_command(self) -> str:
        return self.words.pop(0)


@pytest.mark.parametrize(("last", "stopped"), [("stop", True), ("", False)], ids=["told to stop", "the parent is gone"])
def test_who_stands_ready_is_released_by_the_last_word(last: str, stopped: bool) -> None:
    line = Line("go 17", "go 42", last)

    async def perform() -> tuple[bool, list[int | None]]:
        in_step = InStep(line)  # type: ignore[arg-type]
        stop = await in_step.stop_requested()
        return stop, [await in_step.start() for _ in range(3)]

    assert asyncio.run(perform()) == (stopped, [17, 42, None])
    assert line.heard == ["ready"] * 3
