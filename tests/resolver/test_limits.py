"""What one domain may cost, and that a question has one answer."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from benchkit.model.clock import ManualClock
from benchkit.model.dns import Answer, AnswerState
from benchkit.resolver import Budget, Snapshot
from benchkit.resolver.retry_budget import BudgetExhausted, RetryBudget


class Numbering:
    """Every answer costs `cost` queries and tells which it is; `gate` holds them back."""

    def __init__(self, cost: int = 1, gate: asyncio.Event | None = None) -> None:
        self.cost, self.gate, self.asked = cost, gate, 0

    async def __call__(self, name: str, type: str) -> Answer:  # noqa: A002
        self.asked += 1
        number = self.asked
        if self.gate:
            await self.gate.wait()
        return Answer(name, type, AnswerState.OK, resolver=str(number), queries=self.cost)


def test_queries_run_out() -> None:
    async def run() -> list[Answer]:
        ask = Budget(Numbering(cost=2), queries=5)
        return [await ask(f"{number}.example", "TXT") for number in range(4)]

    answers = asyncio.run(run())
    assert [answer.state for answer in answers] == ["ok", "ok", "ok", "timeout"]
    assert "5 queries" in answers[3].ede[0]
    assert answers[3].queries == 0


def test_another_way_is_paid_out_of_the_same_purse() -> None:
    async def run() -> list[Answer]:
        budget, server = Budget(Numbering(), queries=3), Numbering(cost=2)
        return [
            await ask("a.example", "A")
            for ask in (budget, budget.shared_with(server), budget, budget.shared_with(server))
        ]

    assert [answer.state for answer in asyncio.run(run())] == ["ok", "ok", "timeout", "timeout"]


def test_many_at_once_do_not_pass_the_limit() -> None:
    async def run() -> tuple[int, list[Answer]]:
        asked = Numbering()
        ask = Budget(asked, queries=10)
        return asked.asked, await asyncio.gather(*(ask(f"{number}.example", "A") for number in range(50)))

    _, answers = asyncio.run(run())
    assert sum(answer.queries for answer in answers) == 10


def test_queries_beyond_a_questions_first_are_taken_as_they_leave() -> None:
    """A question that is sent again and again, with others at the same time, ends where the domain's queries do."""

    async def stubborn(name: str, type: str) -> Answer:  # noqa: A002
        budget = RetryBudget(ManualClock(), 0, 0)
        with suppress(BudgetExhausted):
            while True:
                budget.spend()
                await asyncio.sleep(0)
        return Answer(name, type, AnswerState.TIMEOUT, queries=budget.queries)

    async def run() -> list[Answer]:
        ask = Budget(stubborn, queries=10)
        return await asyncio.gather(*(ask(f"{number}.example", "A") for number in range(4)))

    assert sum(answer.queries for answer in asyncio.run(run())) == 10


def test_cached_answers_cost_nothing() -> None:
    async def run() -> list[Answer]:
        ask = Budget(Numbering(cost=0), queries=1)
        return [await ask("a.example", "A") for _ in range(100)]

    assert {answer.state for answer in asyncio.run(run())} == {AnswerState.OK}


def test_time_runs_out_before_a_question() -> None:
    async def run() -> list[Answer]:
        clock, asked = ManualClock(), Numbering()
        ask = Budget(asked, seconds=5.0, clock=clock)
        first = await ask("a.example", "A")
        clock.advance(5_000_000_000)
        return [first, await ask("b.example", "A")]

    first, second = asyncio.run(run())
    assert (first.state, second.state) == ("ok", "timeout")
    assert "5 s" in second.ede[0]


def test_time_runs_out_during_a_question() -> None:
    async def run() -> Answer:
        return await Budget(Numbering(gate=asyncio.Event()), seconds=0.01)("a.example", "A")

    answer = asyncio.run(run())
    assert answer.state == "timeout"
    assert "no answer before" in answer.ede[0]


def test_time_that_ran_out_cancels_nothing_else() -> None:
    async def run() -> Answer:
        async with asyncio.timeout(60):
            answer = await Budget(Numbering(gate=asyncio.Event()), seconds=0.01)("a.example", "A")
            await asyncio.sleep(0)
        assert (task := asyncio.current_task())
        assert not task.cancelling()
        return answer

    assert asyncio.run(run()).state == "timeout"


def test_a_question_that_is_cancelled_from_outside_ends() -> None:
    async def run() -> bool:
        asked = asyncio.ensure_future(Budget(Numbering(gate=asyncio.Event()), seconds=60)("a.example", "A"))
        await asyncio.sleep(0)
        asked.cancel()
        await asyncio.wait([asked])
        return asked.cancelled()

    assert asyncio.run(run())


def test_a_snapshot_asks_once_and_counts_once() -> None:
    async def run() -> tuple[Snapshot, Numbering, list[Answer]]:
        asked = Numbering(cost=3)
        ask = Snapshot(asked)
        names = ["a.example", "A.Example.", "b.example", "a.example"]
        return ask, asked, list(await asyncio.gather(*(ask(name, "txt") for name in names)))

    ask, asked, answers = asyncio.run(run())
    assert asked.asked == 2
    assert ask.queries == 6
    assert [answer.resolver for answer in answers] == ["1", "1", "2", "1"]
    assert [answer.name for answer in ask.answers] == ["a.example", "b.example"]


def test_a_cancelled_asker_leaves_the_answer_to_the_others() -> None:
    async def run() -> Answer:
        gate = asyncio.Event()
        ask = Snapshot(Numbering(gate=gate))
        first = asyncio.ensure_future(ask("a.example", "A"))
        second = asyncio.ensure_future(ask("a.example", "A"))
        await asyncio.sleep(0)
        first.cancel()
        gate.set()
        return await second

    assert asyncio.run(run()).state == "ok"
