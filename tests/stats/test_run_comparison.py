"""Two runs side by side: false alarms are rare, a slower arm is found, and nothing is decided from one start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from benchkit.model.run import Run, RunStatus
from benchkit.model.run_comparison import ChangeVerdict, RunComparison, Unit
from benchkit.model.summary import Summary
from benchkit.report.content.run_comparison import comparison_page, headline
from benchkit.report.content.run_differences import differences
from benchkit.stats.analysis import analyse
from benchkit.stats.run_comparison import MeasuredRun, compare_runs, measured
from benchkit.testing.synthetic_run import synthesise

Factory = Callable[..., Run]
TYPICAL: dict[str, Any] = {
    "starts": 10, "start_noise": 0.03, "blocks": 60, "messages_per_block": 4, "drift": 0.05
}  # fmt: skip
PAIRS = 100


@cache
def answer(**recipe: Any) -> Summary:
    """No message fails in these runs, so that one answer does for all of them."""
    return analyse(synthesise(**recipe))


def a_run(seed: int, slower: float = 1.0, **recipe: Any) -> MeasuredRun:
    chosen = TYPICAL | recipe
    return measured(synthesise(times=(1.0, 2.0 * slower), seed=seed, **chosen), answer(**chosen))


def simulated(slower: float, **recipe: Any) -> list[RunComparison]:
    return [compare_runs([a_run(2 * n, **recipe)], [a_run(2 * n + 1, slower, **recipe)]) for n in range(PAIRS)]


def test_two_runs_of_the_same_show_no_regression_in_at_least_95_of_100_pairs() -> None:
    assert sum(not found.regressions for found in simulated(1.0)) >= 95


def test_an_arm_slower_by_a_tenth_is_found_in_at_least_90_of_100_pairs() -> None:
    found = simulated(1.10)
    assert sum([one.arm for one in each.regressions] == ["arm 1"] for each in found) >= 90
    assert all(one.unit is Unit.STARTS and one.units == (10, 10) for each in found for one in each.arms)


def test_what_it_could_have_found_is_about_what_it_finds() -> None:
    told = [one.detectable for each in simulated(1.0)[:20] for one in each.arms]
    assert all(1.03 < (value or 0) < 1.12 for value in told)


@pytest.mark.parametrize(
    ("before", "after", "slower", "unit", "change"),
    [
        pytest.param(1, 1, 1.3, Unit.BLOCKS, ChangeVerdict.NOT_TESTED, id="one start each decides nothing"),
        pytest.param(4, 4, 1.3, Unit.RUNS, ChangeVerdict.REGRESSION, id="several runs of each"),
        pytest.param(6, 1, 1.5, Unit.RUNS, ChangeVerdict.REGRESSION, id="one run where one more would lie"),
        pytest.param(4, 4, 1 / 1.3, Unit.RUNS, ChangeVerdict.IMPROVEMENT, id="faster"),
        pytest.param(8, 8, 1.0, Unit.RUNS, ChangeVerdict.NONE, id="the same"),
    ],
)
def test_the_unit_is_the_run_where_there_are_several(
    before: int, after: int, slower: float, unit: Unit, change: ChangeVerdict
) -> None:
    chosen: dict[str, Any] = {"starts": 1, "start_noise": 0.02}
    earlier = [a_run(seed, **chosen) for seed in range(before)]
    arm = compare_runs(earlier, [a_run(50 + seed, slower, **chosen) for seed in range(after)]).arms[1]
    assert (arm.unit, arm.change) == (unit, change)


@pytest.mark.parametrize(
    ("blocks", "confidence", "needs"), [(2, 0.95, 6), (5, 0.95, 6), (6, 0.95, None), (7, 0.99, 8), (8, 0.99, None)]
)
def test_an_interval_takes_as_many_blocks_as_run_asks_for(blocks: int, confidence: float, needs: int | None) -> None:
    recipe: dict[str, Any] = {"starts": 1, "blocks": blocks}
    sides = [a_run(seed, **recipe) for seed in range(2)]
    before, after = (replace(side, summary=replace(side.summary, confidence=confidence)) for side in sides)
    found = compare_runs([before], [after])
    one = found.arms[1]
    assert (one.ci is None, one.p is None, one.needs) == (needs is not None, needs is not None, needs)
    assert (one.unit, one.units, one.change) == (Unit.BLOCKS, (blocks, blocks), ChangeVerdict.NOT_TESTED)
    shown = str(comparison_page(found, []))
    assert (f"none: needs at least {needs} blocks" in shown) == (needs is not None)
    assert "after Holm" not in shown  # nothing is tested


def test_pairs_of_runs_cancel_what_both_runs_of_a_pair_share() -> None:
    machine = (1.0, 1.4, 0.8, 1.2)
    before = [a_run(n, starts=1, start_noise=0.0, base_ms=5 * slow) for n, slow in enumerate(machine)]
    after = [a_run(9 + n, 1.1, starts=1, start_noise=0.0, base_ms=5 * slow) for n, slow in enumerate(machine)]
    paired, apart = (compare_runs(before, after, paired=flag).arms[1] for flag in (True, False))
    assert (paired.unit, paired.change) == (Unit.PAIRS, ChangeVerdict.REGRESSION)
    assert apart.change is ChangeVerdict.UNDECIDED


def both(sides: list[Run]) -> tuple[list[MeasuredRun], list[MeasuredRun]]:
    first, second = ([measured(run, analyse(run))] for run in sides)
    return first, second


def test_more_failures_are_a_regression_too(synthetic_run: Factory) -> None:
    sides = [synthetic_run(failures=failures, seed=seed) for seed, failures in enumerate(({}, {1: 0.2}))]
    found = compare_runs(*both(sides))
    assert [one.arm for one in found.regressions] == ["arm 1"]
    assert "“arm 1” fails" in headline(found)


def test_a_run_of_failures_has_no_ratio(synthetic_run: Factory) -> None:
    sides = [synthetic_run(failures=failures) for failures in ({}, {1: 1.0})]
    one = compare_runs(*both(sides)).arms[1]
    assert (one.ratio, one.change, one.fails_more) == (None, ChangeVerdict.UNDECIDED, True)


def test_an_invalid_run_is_not_compared_and_arms_of_one_side_are_named(synthetic_run: Factory) -> None:
    run, other = synthetic_run(times=(1.0, 2.0, 3.0)), synthetic_run(times=(1.0, 2.0))
    broken = replace(analyse(other), valid=False)
    found = compare_runs([measured(run, analyse(run))], [measured(other, broken)])
    assert found.unmatched == ("arm 2 (loopback)",)
    assert headline(found) == f"No comparison: {run.manifest.run} is invalid."
    assert comparison_page(found, ["x"]).sections


def test_says_in_what_the_runs_differ(synthetic_run: Factory) -> None:
    text = '[load]\nblocks = 5\n[[arm]]\nname = "a"\nclient = "x"\n# --set load.seed=2\n'
    before = replace(synthetic_run().manifest, scenario_text=text, host={"python": "3.11", "packages": {"httpx": "1"}})
    after = replace(
        before,
        scenario_text=text.replace("5", "6").replace('"x"', '"y"').replace("seed=2", "seed=3"),
        batch_digest="ff" * 16,
        host={"python": "3.12", "packages": {"httpx": "2"}},
    )
    assert differences(before, after) == [
        "--set load.seed: 2 → 3",
        "arm “a”.client: x → y",
        "load.blocks: 5 → 6",
        "The batch differs: 5 messages of 4.10 kB on average → 5 messages of 4.10 kB on average.",
        "python: 3.11 → 3.12",
        "httpx: 1 → 2",
    ]
    assert "No recorded difference" in differences(before, before)[0]
    killed = replace(before, status=RunStatus.KILLED)
    assert differences(before, killed) == [f"{before.run} was killed, so it may not hold all that it planned."]
    assert differences(before, replace(before, scenario_text=text + "# more\n")) == [
        "The scenario's text differs in comments only."
    ]


@pytest.mark.parametrize(("starts", "noise"), [(2, 0.5), (2, 2.0), (3, 1.5)])
def test_few_starts_that_differ_much_say_so_instead_of_an_absurd_number(starts: int, noise: float) -> None:
    recipe: dict[str, Any] = {"starts": starts, "blocks": 6 * starts, "start_noise": noise}
    found = compare_runs([a_run(1, **recipe)], [a_run(2, **recipe)])
    for one in found.arms:
        assert one.detectable is None
        assert one.needs_to_detect is None or one.needs_to_detect > starts
        assert one.ci is None or one.ci[1] < 10 * one.ci[0] or one.change is not ChangeVerdict.UNDECIDED
    assert any(one.needs_to_detect for one in found.arms)
    shown = str(comparison_page(found, []))
    assert "Too few starts to say which change nine of ten such comparisons would find: that needs" in shown
    assert "e+" not in shown


def test_an_invalid_run_shows_no_times_and_no_sentence_comes_twice(synthetic_run: Factory) -> None:
    runs = [synthetic_run(failures=failures) for failures in ({}, {1: 1.0})]
    before, after = both(runs)
    lines = [str(block) for block in comparison_page(compare_runs(before, after), []).sections[0].blocks]
    assert len(lines) == len({*lines})
    broken = [replace(after[0], summary=replace(after[0].summary, valid=False))]
    page = comparison_page(compare_runs(before, broken), [])
    assert [len(section.blocks) for section in page.sections if section.blocks] == [1]


def test_the_caption_tells_which_time_the_table_shows(synthetic_run: Factory) -> None:
    """Not the report's median, which is over all messages."""
    run = synthetic_run(starts=2, blocks=12)
    found = compare_runs(*both([run, run]))
    side = measured(run, analyse(run)).blocks["arm 0", "loopback"]
    medians = [float(np.median(start)) for start in side]
    assert found.arms[0].before_ms == pytest.approx((medians[0] * medians[1]) ** 0.5)
    assert "median of a block's median over a start's blocks, of several starts or runs the geometric mean" in str(
        comparison_page(found, [])
    )
