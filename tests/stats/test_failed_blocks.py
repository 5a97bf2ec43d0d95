"""Blocks and starts in which an arm failed: they count in the ranks, are never called faster, and are said."""

from __future__ import annotations

import numpy as np
import pytest

from benchkit.model.summary import Verdict
from benchkit.report.content.notices import texts
from benchkit.report.content.sentences import headline
from benchkit.stats.analysis import analyse
from tests.stats.varied import Factory, only, with_failed


def test_an_arm_that_is_out_for_a_quarter_of_its_blocks_is_never_faster(synthetic_run: Factory) -> None:
    for seed in range(20):
        run = synthetic_run(times=(1.0, 0.78), blocks=20, seed=seed)
        out = (run.messages["arm"] == 1) & (run.messages["block"] % 4 == 1)
        summary = analyse(with_failed(run, out))
        assert summary.valid
        assert only(summary).verdict is not Verdict.FASTER


@pytest.mark.parametrize("messages", [1, 4])
@pytest.mark.parametrize("blocks", [8, 12, 20, 40])
@pytest.mark.parametrize("baseline_out", [0, 1, 2])
def test_nor_where_the_baseline_fails_too_and_messages_are_few(
    synthetic_run: Factory, messages: int, blocks: int, baseline_out: int
) -> None:
    """A quarter of the arm's blocks, and up to a tenth of the baseline's."""
    for seed in range(4):
        run = synthetic_run(times=(1.0, 0.6), blocks=blocks, messages_per_block=messages, seed=seed)
        order = 1 + np.random.default_rng(seed).permutation(blocks)
        quarter, further = order[: blocks // 4], order[blocks // 4 :][: baseline_out * blocks // 20]
        block, arm = run.messages["block"], run.messages["arm"]
        out = ((arm == 1) & np.isin(block, quarter)) | ((arm == 0) & np.isin(block, further))
        summary = analyse(with_failed(run, out))
        assert summary.valid
        assert only(summary).verdict is not Verdict.FASTER


def test_one_block_that_failed_by_accident_withholds_nothing(synthetic_run: Factory) -> None:
    run = synthetic_run(times=(1.0, 0.6), blocks=9, messages_per_block=1)
    out = (run.messages["arm"] == 1) & (run.messages["block"] == 4)
    assert only(analyse(with_failed(run, out))).verdict is not Verdict.WITHHELD


def test_a_baseline_that_failed_in_a_block_leaves_the_ratio_a_sentence(synthetic_run: Factory) -> None:
    """Its ratio has no lower bound, so that turned over it has no upper one."""
    run = synthetic_run(times=(1.0, 0.5), blocks=7, messages_per_block=1)
    out = (run.messages["arm"] == 0) & (run.messages["block"] == 4)
    summary = analyse(with_failed(run, out))
    assert only(summary).verdict is Verdict.FASTER
    assert "faster in the median [" in headline(summary)
    assert "∞)" in headline(summary)


def test_arms_that_are_out_in_turns_have_no_ratio_and_say_why(synthetic_run: Factory) -> None:
    run = synthetic_run(times=(1.0, 1.0), blocks=20, messages_per_block=4)
    out = (run.messages["arm"] == 1) == (run.messages["block"] <= 10)
    summary = analyse(with_failed(run, out))
    contrast = only(summary)
    assert (contrast.ratio, contrast.verdict) == (None, Verdict.UNDECIDED)
    assert "in 20 of 20 blocks one arm failed" in headline(summary)


def test_starts_in_which_an_arm_failed_are_not_called_too_few_blocks(synthetic_run: Factory) -> None:
    """Each arm failed in six of the ten blocks of one start of four."""
    run = synthetic_run(times=(1.0, 1.0), blocks=40, messages_per_block=4, starts=4)
    block, arm = run.messages["block"], run.messages["arm"]
    out = ((arm == 1) & (block < 7)) | ((arm == 0) & (block > 11) & (block < 18))
    contrast = only(analyse(with_failed(run, out)))
    assert (contrast.ci, contrast.verdict) == (None, Verdict.UNDECIDED)
    assert contrast.blocks_needed is None
    assert texts(contrast.reasons) == ("in 12 of 40 blocks one arm failed: they count as slower than any other",)


@pytest.mark.parametrize("starts", [1, 2])
def test_blocks_in_which_both_arms_fail_are_not_called_too_few(synthetic_run: Factory, starts: int) -> None:
    run = synthetic_run(times=(1.0, 1.0, 1.0), blocks=6, messages_per_block=4, starts=starts)
    summary = analyse(with_failed(run, run.messages["arm"] < 2))
    contrast = next(one for one in summary.contrasts if one.arm == "arm 1")
    assert texts(contrast.reasons) == (
        "in 6 of 6 blocks half or more of both arms' messages failed: these have no ratio",
    )
