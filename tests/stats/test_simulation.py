"""The statistics on machines whose truth is known: hundreds of synthetic runs that drift by half from end to end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from benchkit.model.run import Run
from benchkit.model.summary import Verdict
from benchkit.stats.aa import differing_pairs
from benchkit.stats.comparison import Comparison, compare_arms
from benchkit.stats.sample import measured_samples
from benchkit.stats.verdict import rope_rule

Factory = Callable[..., Run]
ROPE = (0.90, 1.10)
RUNS = 300
TRUTHS = {1: 1.0, 2: 2.9, 3: 1.05}


def comparisons_of(run: Run) -> list[Comparison]:
    return compare_arms(run, measured_samples(run))


@pytest.fixture(scope="module")
def simulated(synthetic_run: Factory) -> list[list[Comparison]]:
    times = (1.0, *TRUTHS.values())
    runs = (synthetic_run(times=times, messages_per_block=3, seed=seed) for seed in range(RUNS))
    return [comparisons_of(run) for run in runs]


def share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags)


def verdict_of(comparison: Comparison) -> Verdict:
    assert comparison.ci is not None
    return rope_rule(comparison.ci, ROPE)


@pytest.mark.parametrize("arm", TRUTHS)
def test_interval_of_the_ratio_covers_the_truth_under_drift(simulated: list[list[Comparison]], arm: int) -> None:
    intervals = [run[arm - 1].ci for run in simulated]
    covered = [ci is not None and ci[0] <= TRUTHS[arm] <= ci[1] for ci in intervals]
    assert 0.90 <= share(covered) <= 0.99


def test_an_arm_2_9_times_as_slow_is_called_slower(simulated: list[list[Comparison]]) -> None:
    assert all(verdict_of(run[1]) is Verdict.SLOWER for run in simulated)


@pytest.mark.parametrize("arm", [1, 3])
def test_an_arm_inside_the_rope_is_hardly_ever_called_faster_or_slower(
    simulated: list[list[Comparison]], arm: int
) -> None:
    verdicts = [verdict_of(run[arm - 1]) for run in simulated]
    assert share([verdict in (Verdict.FASTER, Verdict.SLOWER) for verdict in verdicts]) <= 0.02
    assert share([verdict is Verdict.EQUIVALENT for verdict in verdicts]) >= (0.5 if arm == 1 else 0.0)


def aa_alarms(synthetic_run: Factory, bias: float, blocks: int, noise: float, runs: int = RUNS) -> float:
    """How often an A/A pair with that bias is said to differ."""
    found = []
    for seed in range(runs):
        run = synthetic_run(
            times=(1.0, bias), aa={1: 0}, blocks=blocks, block_noise=noise, messages_per_block=1, seed=1000 + seed
        )
        found.append(bool(differing_pairs(comparisons_of(run), ROPE)))
    return share(found)


@pytest.mark.parametrize(("blocks", "noise"), [(6, 0.1), (7, 0.5), (8, 0.1), (12, 0.3), (30, 0.05), (30, 0.5)])
def test_an_unbiased_aa_pair_hardly_ever_differs(synthetic_run: Factory, blocks: int, noise: float) -> None:
    assert aa_alarms(synthetic_run, 1.0, blocks, noise) <= 0.02


@pytest.mark.parametrize(
    ("bias", "blocks", "noise", "caught"), [(1.2, 30, 0.05, 0.95), (0.8, 30, 0.05, 0.95), (1.5, 7, 0.05, 0.9)]
)
def test_a_biased_aa_pair_is_caught(
    synthetic_run: Factory, bias: float, blocks: int, noise: float, caught: float
) -> None:
    assert aa_alarms(synthetic_run, bias, blocks, noise, runs=100) >= caught


def test_a_bias_that_cannot_turn_a_verdict_is_let_pass(synthetic_run: Factory) -> None:
    run = synthetic_run(times=(1.0, 1.03), aa={1: 0}, block_noise=0.005, message_noise=0.005)
    (comparison,) = comparisons_of(run)
    assert comparison.p_value is not None
    assert comparison.p_value < 1e-6
    assert not differing_pairs([comparison], ROPE)
