"""What withholds a verdict, what makes a run invalid, and what is only warned of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import RunStatus
from benchkit.model.summary import Verdict
from benchkit.report.content.notices import texts, warning_lines
from benchkit.report.content.sentences import headline
from benchkit.stats.analysis import analyse
from tests.stats.varied import Factory, only, with_arms, with_columns, with_failures, with_rows


def test_an_invalid_run_gives_no_verdict(synthetic_run: Factory) -> None:
    for run in (synthetic_run(blocks=0), synthetic_run(status=RunStatus.BROKEN)):
        summary = analyse(run)
        assert not summary.valid
        assert {contrast.verdict for contrast in summary.contrasts} == {Verdict.WITHHELD}


def test_aa_that_differs_withholds_every_verdict(synthetic_run: Factory) -> None:
    summary = analyse(synthetic_run(times=(1.0, 1.4, 2.9), aa={1: 0}))
    assert not summary.valid
    assert [contrast.verdict for contrast in summary.contrasts] == [Verdict.WITHHELD] * 2
    assert texts(summary.invalid_because) == texts(summary.contrasts[1].reasons)
    assert texts(summary.invalid_because)[0].startswith("A/A differs: arm 1 takes 1.4")


def test_failure_rates_that_differ_withhold_the_arm_s_verdict_only(synthetic_run: Factory) -> None:
    summary = analyse(with_failures(synthetic_run(times=(1.0, 2.9, 2.9)), arm=2, every=10))
    assert summary.valid
    assert [contrast.verdict for contrast in summary.contrasts] == [Verdict.SLOWER, Verdict.WITHHELD]
    assert texts(summary.contrasts[1].reasons) == ("failure rates differ: arm 2 30 of 300, arm 0 0 of 300",)
    assert "arm 2: 30 of 300 messages failed" in warning_lines(summary)


def test_a_real_server_and_an_embedded_one_have_no_verdict(synthetic_run: Factory) -> None:
    run = synthetic_run(times=(1.0, 2.9))
    first, second = run.manifest.arms
    mixed = replace(run, manifest=replace(run.manifest, arms=(replace(first, embedded=False), second)))
    contrast = only(analyse(mixed))
    assert contrast.verdict is Verdict.WITHHELD
    assert "their times cannot be compared: arm 1 uses benchkit's own server" in texts(contrast.reasons)[0]
    assert only(analyse(synthetic_run(times=(1.0, 2.9), embedded=False))).verdict is Verdict.SLOWER


SANDBOXES = [
    # sandbox of arm 0 and of arm 1, other fields of both, whether the report warns
    (("o:testmode", ""), {"embedded": False}, True),
    (("", "o:testmode"), {"embedded": False}, True),
    (("o:testmode", "X-Mailgun-Drop-Message"), {"embedded": False}, False),
    (("", ""), {"embedded": False}, False),
    (("o:testmode", ""), {"embedded": True}, False),
    (("o:testmode", ""), {"embedded": False, "transport": "null"}, False),
]


@pytest.mark.parametrize(("sandboxes", "fields", "warned"), SANDBOXES)
def test_an_arm_in_a_sandbox_beside_one_with_real_mail_is_warned_of(
    synthetic_run: Factory, sandboxes: tuple[str, str], fields: dict[str, Any], warned: bool
) -> None:
    run = synthetic_run(times=(1.0, 2.9))
    arms = zip(run.manifest.arms, sandboxes, strict=True)
    mixed = tuple(replace(arm, sandbox=sandbox, **fields) for arm, sandbox in arms)
    lines = warning_lines(analyse(replace(run, manifest=replace(run.manifest, arms=mixed))))
    found = [line for line in lines if "cannot be compared" in line]
    tested, real = ("arm 0", "arm 1") if sandboxes[0] else ("arm 1", "arm 0")
    expected = f"{tested} sent in the provider's test mode, {real} did not. Give all arms the same sandbox"
    assert [line.endswith(expected) for line in found] == [True] * warned


def test_equal_failure_rates_withhold_nothing(synthetic_run: Factory) -> None:
    run = with_failures(with_failures(synthetic_run(times=(1.0, 2.9)), arm=0, every=10), arm=1, every=10)
    summary = analyse(with_arms(run, expects_faults=True))
    assert only(summary).verdict is Verdict.SLOWER
    assert not any("failed" in warning for warning in warning_lines(summary))


@pytest.mark.parametrize(
    ("policy", "columns", "reason"),
    [
        ("reuse", {"connection": "send"}, "arm 0: 300 connections, but its connection setting (reuse) needs 1 at most"),
        ("reuse", {"connection": "block"}, "arm 0: 30 connections, but its connection setting (reuse) needs 1 at most"),
        (
            "3 messages",
            {"connection": "send"},
            "arm 0: 300 connections, but its connection setting (3 messages) needs 102 at most",
        ),
        ("fresh", {}, "arm 0: 300 messages went over a connection that was not new"),
    ],
)
def test_connections_that_are_not_what_the_arm_says(
    synthetic_run: Factory, policy: str, columns: dict[str, str], reason: str
) -> None:
    run = with_arms(synthetic_run(times=(1.0, 2.9)), connection=policy)
    broken = {name: run.messages[source].astype(run.messages[name].dtype) for name, source in columns.items()}
    contrast = only(analyse(with_columns(run, **broken)))
    assert contrast.verdict is Verdict.WITHHELD
    assert reason in texts(contrast.reasons)


def test_a_rare_reconnection_is_no_doubt_nor_is_one_that_the_scenario_asks_for(synthetic_run: Factory) -> None:
    run = synthetic_run(times=(1.0, 2.9))
    rare = with_columns(run, connection=(run.messages["send"] // 250).astype("int32"))
    asked_for = with_arms(with_columns(run, connection=run.messages["block"]), expects_faults=True)
    assert only(analyse(rare)).verdict is only(analyse(asked_for)).verdict is Verdict.SLOWER


RENO = {"client_congestion": "reno", "server_congestion": "reno"}
TCP = [
    ({}, {}, ()),
    ({"congestion": "reno", **RENO}, {}, ()),  # the scenario asks for it: that is its subject
    (
        RENO,
        {},
        (
            "arm 1: the client's TCP congestion control is reno, not cubic",
            "arm 1: the server's TCP congestion control is reno, not cubic",
        ),
    ),
    ({"nodelay": False}, {}, ("settings of TCP_NODELAY differ: arm 1 False, arm 0 True",)),
    ({"pacing_limit": 5000}, {}, ("TCP pacing limits (bytes/s) differ: arm 1 5,000, arm 0 0",)),
    (
        {"congestion": "", "client_congestion": "bbr"},
        {"congestion": ""},
        ("TCP congestion controls at the client differ: arm 1 bbr, arm 0 cubic",),
    ),
    ({"server_congestion": None}, {}, ()),  # a server that is not embedded
    (dict.fromkeys(("congestion", "client_congestion", "server_congestion", "nodelay", "pacing_limit")), {}, ()),
]


@pytest.mark.parametrize(("arm", "reference", "reasons"), TCP, ids=range(len(TCP)))
def test_tcp_settings_that_differ_unasked_withhold_a_verdict(
    synthetic_run: Factory, arm: dict[str, Any], reference: dict[str, Any], reasons: tuple[str, ...]
) -> None:
    settings: dict[str, Any] = {
        "congestion": "cubic", "client_congestion": "cubic", "server_congestion": "cubic", "nodelay": True, "pacing_limit": 0,
    }  # fmt: skip
    run = with_arms(synthetic_run(times=(1.0, 2.9)), **settings)
    first, second = run.manifest.arms
    arms = (replace(first, **reference), replace(second, **arm))
    contrast = only(analyse(replace(run, manifest=replace(run.manifest, arms=arms))))
    assert set(reasons) <= set(texts(contrast.reasons))
    assert contrast.verdict is (Verdict.WITHHELD if reasons else Verdict.SLOWER)


@pytest.mark.parametrize(("count", "withheld"), [(3, False), (4, True)])
def test_retransmits_withhold_a_verdict_unless_loss_is_the_subject(
    synthetic_run: Factory, count: int, withheld: bool
) -> None:
    run = synthetic_run(times=(1.0, 2.9))
    met = np.zeros(len(run.messages["send"]), "int32")
    met[np.flatnonzero((run.messages["arm"] == 1) & ~run.messages["warmup"])[:count]] = 2
    lossy = with_columns(run, retransmits=met)
    summary = analyse(lossy)
    reason = f"arm 1: TCP retransmitted during {count} of 300 messages"
    assert [arm.retransmitted for arm in summary.arms] == [0, count]
    assert reason in warning_lines(summary)
    assert texts(only(summary).reasons) == ((reason,) if withheld else ())
    for subject in ({"loss_percent": 1.0}, {"queue_kb": 64.0}):
        asked = tuple(replace(condition, asked=subject) for condition in run.manifest.conditions)
        on_purpose = replace(lossy, manifest=replace(run.manifest, conditions=asked))
        assert only(analyse(on_purpose)).verdict is Verdict.SLOWER


def test_blocks_that_are_incomplete_drop_out_pairwise(synthetic_run: Factory) -> None:
    run = synthetic_run(times=(1.0, 2.9), status=RunStatus.INTERRUPTED)
    stopped = with_rows(run, np.flatnonzero(run.messages["send"] < 20 * 20 + 13))  # in the second arm of the 20th block
    stopped = replace(stopped, arrivals={name: column[: 20 * 20 + 13] for name, column in run.arrivals.items()})
    summary = analyse(stopped)
    assert (summary.valid, only(summary).blocks, only(summary).verdict) == (True, 19, Verdict.SLOWER)
    assert "arm 1 and arm 0: 11 of 30 blocks left out because they are incomplete" in warning_lines(summary)
    assert "the run was interrupted: 207 of 620 sends were never started" in warning_lines(summary)


def test_a_block_that_failed_in_one_arm_counts_as_slower_than_any(synthetic_run: Factory) -> None:
    run = synthetic_run(times=(1.0, 2.9))
    lost = (run.messages["arm"] == 1) & (run.messages["block"] == 4)
    outcome = np.where(lost, OutcomeKind.TIMED_OUT, run.messages["outcome"]).astype("int8")
    summary = analyse(with_columns(run, outcome=outcome))
    assert (only(summary).blocks, only(summary).failed_blocks) == (30, 1)
    assert "arm 1 and arm 0: in 1 of 30 blocks one arm failed: they count as slower than any other" in warning_lines(
        summary
    )


@pytest.mark.parametrize(
    ("cause", "log", "said"),
    [
        ("", False, "the run broke: one of its processes died or reported a bug"),
        ("a load worker ended by signal 9, SIGKILL", False, "the run broke: a load worker ended by signal 9, SIGKILL"),
        ("x", True, "the run broke: x; children.log in its folder has what its processes printed"),
    ],
)
def test_a_broken_run_is_invalid_and_points_to_no_missing_file(
    synthetic_run: Factory, tmp_path: Path, cause: str, log: bool, said: str
) -> None:
    run = synthetic_run(status=RunStatus.BROKEN)
    if log:
        (tmp_path / "children.log").touch()
    run = replace(run, path=tmp_path, manifest=replace(run.manifest, broke_because=cause))
    assert texts(analyse(run).invalid_because) == (said,)


def test_only_copies_of_the_baseline_is_no_reason_to_warn_of_a_missing_copy(synthetic_run: Factory) -> None:
    text = (
        "no A/A arm, so the error of this measurement is not known: add an arm with the same settings as the baseline"
    )
    assert text in warning_lines(analyse(synthetic_run()))
    assert text not in warning_lines(analyse(synthetic_run(aa={1: 0})))
    assert text not in warning_lines(analyse(synthetic_run(times=(1.0,))))


def test_late_starts_of_an_open_load_are_a_warning(synthetic_run: Factory) -> None:
    run = synthetic_run(load="open")
    intended = run.messages["started_ns"] - np.where(run.messages["nth"] % 10 == 0, 2_000_000, 0)
    summary = analyse(with_columns(run, intended_ns=intended))
    assert summary.arms[0].late == 30
    late = "every arm: 30 of 300 messages started more than 1 ms late, 30 of them although a connection was free"
    assert late in warning_lines(summary)


def test_a_quarter_of_messages_five_times_slower_shows_in_the_mean_and_as_two_groups(synthetic_run: Factory) -> None:
    for seed in range(20):
        run = synthetic_run(times=(1.0, 0.8), seed=seed)
        slow = (run.messages["arm"] == 1) & (run.messages["send"] % 4 == 0)
        service_ns = run.messages["ended_ns"] - run.messages["started_ns"]
        ended_ns = run.messages["started_ns"] + np.where(slow, 5 * service_ns, service_ns)
        summary = analyse(with_columns(run, ended_ns=ended_ns))
        assert (only(summary).others["mean"].ratio or 0.0) > 1
        assert summary.arms[1].two_groups is not None
        assert any("two groups" in warning for warning in warning_lines(summary))
        assert "form two groups" in headline(summary)


def test_times_that_change_during_the_run_are_named_with_their_place(synthetic_run: Factory) -> None:
    run = synthetic_run(drift=0.0, blocks=40, warmup_blocks=0)
    service_ns = run.messages["ended_ns"] - run.messages["started_ns"]
    later = (run.messages["arm"] == 0) & (run.messages["block"] >= 25)
    ended_ns = run.messages["started_ns"] + np.where(later, 2 * service_ns, service_ns)
    (said,) = [one for one in warning_lines(analyse(with_columns(run, ended_ns=ended_ns))) if "changed near" in one]
    assert said.startswith("arm 0: times changed near measured block 26 of 40")


def test_small_differences_of_failure_rates_withhold_nothing_however_certain(synthetic_run: Factory) -> None:
    run = synthetic_run(times=(1.0, 2.9), blocks=400, messages_per_block=10)
    few = with_failures(with_failures(run, arm=0, every=1000), arm=1, every=400)
    assert only(analyse(few)).verdict is Verdict.SLOWER
