"""When the generator was the limit: the rule as a table, and from the tables of a run to arms that get no verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benchkit.model.load import LoadModel
from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import LAG_NS, Run
from benchkit.model.summary import GeneratorLoad, Verdict
from benchkit.report.content.notices import texts, warning_lines
from benchkit.stats.analysis import analyse
from benchkit.stats.generator import LATE_NS, lagged_messages, late_by_generator
from benchkit.stats.sample import measured_samples
from benchkit.stats.saturation import MOST_BUSY, MOST_LAGGED, MOST_LATE, limits_of

Factory = Callable[..., Run]


@pytest.mark.parametrize(
    ("load", "generator", "measures"),
    [
        pytest.param("throughput", GeneratorLoad(), [], id="not known"),
        pytest.param("throughput", GeneratorLoad(cpu=0.90, queued=0.0), [], id="at the limit"),
        pytest.param("throughput", GeneratorLoad(cpu=0.91, queued=0.0), ["processor"], id="its core"),
        pytest.param("throughput", GeneratorLoad(cpu=0.91, queued=None), ["processor"], id="a kernel that tells less"),
        pytest.param("throughput", GeneratorLoad(cpu=1.30, queued=0.0), ["processor"], id="threads"),
        pytest.param("throughput", GeneratorLoad(cpu=0.50, queued=0.45), ["processor"], id="a machine shared"),
        pytest.param("open", GeneratorLoad(cpu=0.80, queued=0.0), [], id="open, at the limit"),
        pytest.param("open", GeneratorLoad(cpu=0.81, queued=0.0), ["processor"], id="open, its core"),
        pytest.param("talk", GeneratorLoad(cpu=1.00, queued=0.0), [], id="talk: the client's CPU is what is compared"),
        pytest.param("talk", GeneratorLoad(cpu=0.10, queued=0.8), [], id="talk: paired by block"),
        pytest.param("talk", GeneratorLoad(cpu=0.1, lagged=30), [], id="a tenth under lag"),
        pytest.param("talk", GeneratorLoad(cpu=0.1, lagged=31), ["loop was blocked for a tenth"], id="more under lag"),
        pytest.param("open", GeneratorLoad(cpu=0.1, late=30), [], id="a tenth late"),
        pytest.param("open", GeneratorLoad(cpu=0.1, late=31), ["although a connection was free"], id="more late"),
        pytest.param("open", GeneratorLoad(0.9, 0.1, 99, late=99), ["processor", "blocked", "free"], id="all three"),
    ],
)
def test_the_rule(synthetic_run: Factory, load: str, generator: GeneratorLoad, measures: list[str]) -> None:
    run = synthetic_run(load=load)
    reasons = texts(limits_of(generator, run.manifest, measured_samples(run)[0, 0]))
    assert len(reasons) == len(measures)
    for reason, measure in zip(reasons, measures, strict=True):
        assert measure in reason
        assert "at most" in reason


LEFT_ALONE = "stop other programs on this machine"


@pytest.mark.parametrize(
    ("load", "cores", "together", "queued", "advice"),
    [
        ({"model": "throughput", "concurrency": 9}, 2, 1, 0.02, "set workers = 2, or set a lower concurrency in [load]"),
        ({"model": "throughput", "concurrency": 9, "workers": 2}, 4, 1, 0.02, "set workers = 3, or set a lower concur"),
        ({"model": "throughput", "concurrency": 9, "workers": 2}, 2, 1, 0.02, "use a machine with more cores, or set a lo"),
        ({"model": "throughput", "concurrency": 9}, 0, 1, 0.02, "90 %; set a lower concurrency in [load])"),
        ({"model": "throughput", "concurrency": 2, "workers": 2}, 4, 1, 0.02, '90 %; compare with model = "talk" in [load])'),
        ({"model": "throughput", "concurrency": 1}, 1, 1, 0.02, 'more cores, or compare with model = "talk" in [load]'),
        ({"model": "throughput", "concurrency": 99, "workers": 10}, 64, 1, 0.02, "90 %; set a lower concurrency in [load])"),
        ({"model": "throughput", "concurrency": 9}, 4, 5, 0.02, "90 %; set a lower concurrency in [load])"),
        ({"model": "throughput", "concurrency": 1}, 4, 5, 0.02, "2 % it waited for a core; at most 90 %)"),
        ({"model": "throughput", "concurrency": 9}, 4, 1, 0.2, f"{LEFT_ALONE}, or set a lower concurrency in [load]"),
        ({"model": "open", "concurrency": 9}, 2, 1, 0.02, "set workers = 2, or set a lower rate_per_s in [load]"),
        ({"model": "open", "concurrency": 1}, 2, 1, 0.02, "80 %; set a lower rate_per_s in [load])"),
    ],
    ids=[
        "one more", "and one more", "no core for it", "a run that did not note its cores", "no sender for it", "one of all",
        "no message of a block for it", "shared requests have rules of their own", "and are no talk", "a machine shared",
        "open", "open, one sender",
    ],
)  # fmt: skip
def test_a_reason_says_how_much_and_names_only_what_can_be_set(
    synthetic_run: Factory, load: Mapping[str, Any], cores: int, together: int, queued: float, advice: str
) -> None:
    """Ten messages a block."""
    run = synthetic_run()
    arms = (replace(run.manifest.arms[0], messages_per_request=together),)
    manifest = replace(run.manifest, load=load, host={"cores": cores}, arms=arms)
    (reason,) = texts(limits_of(GeneratorLoad(cpu=0.97 - queued, queued=queued), manifest, measured_samples(run)[0, 0]))
    assert reason.startswith("benchkit itself needed its processor 97 % of the time (for ")
    assert advice in reason


def test_lateness_is_mended_by_what_the_load_can_do_without(synthetic_run: Factory) -> None:
    run = synthetic_run(load="open")
    (reason,) = texts(limits_of(GeneratorLoad(cpu=0.1, late=99), run.manifest, measured_samples(run)[0, 0]))
    assert reason.endswith(f"(at most 10 %; {LEFT_ALONE}, or set a lower rate_per_s in [load])")


def test_every_contrast_with_a_saturated_arm_is_withheld_and_no_other(synthetic_run: Factory) -> None:
    run = synthetic_run(times=(1.0, 2.0, 2.0), load="throughput")
    cpu_ns = np.where(run.cells["arm"] == 2, run.cells["ended_ns"] - run.cells["started_ns"], run.cells["cpu_ns"])
    summary = analyse(replace(run, cells={**run.cells, "cpu_ns": cpu_ns}))
    assert [bool(arm.saturated) for arm in summary.arms] == [False, False, True]
    assert [contrast.verdict for contrast in summary.contrasts] == [Verdict.SLOWER, Verdict.WITHHELD]
    (reason,) = texts(summary.contrasts[1].reasons)
    assert reason == "arm 2: benchkit itself was the limit, not the server"
    assert texts(summary.arms[2].saturated)[0].startswith("benchkit itself needed its processor 100 %")
    assert summary.contrasts[1].ratio == pytest.approx(2, rel=0.05), "the number is shown, and judged by nobody"
    assert summary.valid


@pytest.mark.parametrize("load", ["throughput", "open"])
def test_a_saturated_baseline_withholds_all(synthetic_run: Factory, load: str) -> None:
    summary = analyse(synthetic_run(times=(1.0, 2.0), load=load, cpu=0.5, queued=0.45))
    assert [contrast.verdict for contrast in summary.contrasts] == [Verdict.WITHHELD]
    assert len(texts(summary.contrasts[0].reasons)) == 2, "one for each of the two arms"


@pytest.mark.parametrize(
    ("load", "queued", "expected"),
    [("throughput", 0.11, 1), ("throughput", 0.10, 0), ("open", 0.11, 1), ("talk", 0.11, 0), ("throughput", 0.9, 0)],
    ids=["more than a tenth", "a tenth", "open", "talk: it may share a core with the sink", "saturated, which says it"],
)
def test_a_machine_that_lacks_cores_is_a_warning(
    synthetic_run: Factory, load: str, queued: float, expected: int
) -> None:
    warnings = [
        line
        for line in warning_lines(analyse(synthetic_run(load=load, cpu=0.3, queued=queued)))
        if "waited for a core" in line
    ]
    assert [line.partition(":")[0] for line in warnings] == ["every arm"] * expected


def test_time_that_was_only_waited_away_is_not_the_generator_s(synthetic_run: Factory) -> None:
    run = synthetic_run(load="open", cpu=0.95)
    spare_ns = (run.cells["cpu_ns"] * 0.9).astype("int64")
    summary = analyse(replace(run, cells={**run.cells, "spare_ns": spare_ns}))
    assert summary.arms[0].generator.cpu == pytest.approx(0.095, rel=0.01)
    assert not summary.arms[0].saturated


def test_the_busiest_worker_speaks_for_the_arm(synthetic_run: Factory) -> None:
    run = synthetic_run(load="throughput", cpu=0.95)
    idle = {**run.cells, "worker": run.cells["worker"] + 1, "cpu_ns": run.cells["cpu_ns"] // 10}
    both = {name: np.concatenate((run.cells[name], idle[name])) for name in run.cells}
    assert analyse(replace(run, cells=both)).arms[0].generator.cpu == pytest.approx(0.95)


def test_a_run_that_did_not_watch_itself_says_so(synthetic_run: Factory) -> None:
    for arm in analyse(replace(synthetic_run(load="throughput"), cells={}, lags={})).arms:
        assert arm.generator == GeneratorLoad(cpu=None, queued=None, lagged=None, late=0)
        assert arm.saturated == ()


FIRST, LAST = 20, 29  # rows of the first measured cell: those of arm 0 in the block after the warm-up


@pytest.mark.parametrize(("load", "cpu_ns", "tagged"), [("talk", 0, 10), ("talk", 10**12, 0), ("open", 10**12, 10)])
def test_a_standstill_tags_what_was_under_way_and_a_talk_may_compute(
    synthetic_run: Factory, load: str, cpu_ns: int, tagged: int
) -> None:
    run = synthetic_run(lags=[(FIRST, LAST, cpu_ns)], load=load)
    assert run.lags["called_ns"][0] - run.lags["due_ns"][0] > LAG_NS
    arms = analyse(run).arms
    assert [arm.generator.lagged for arm in arms] == [tagged, 0]
    assert not any(arm.saturated for arm in arms)


def test_the_median_stands_with_the_tagged_and_without_them(synthetic_run: Factory) -> None:
    run = synthetic_run(lags=[(FIRST, LAST, 0)], drift=0.0, block_noise=0.0, message_noise=0.0)
    slow = (run.messages["send"] >= FIRST) & (run.messages["send"] <= LAST)
    ended_ns = run.messages["ended_ns"] + np.where(slow, 10**12, 0)
    arm = analyse(replace(run, messages={**run.messages, "ended_ns": ended_ns})).arms[0]
    assert arm.generator.unlagged_p50_ms.value == arm.service_ms["p50"].value == 5.0
    assert arm.generator.unlagged_p50_ms.low == 5.0


def test_more_than_a_tenth_under_standstills_withholds(synthetic_run: Factory) -> None:
    cells_of_arm_0 = [(row, row + 9, 0) for row in range(20, 20 * 31, 10) if synthetic_run().messages["arm"][row] == 0]
    for number, verdict in ((3, Verdict.SLOWER), (4, Verdict.WITHHELD)):  # of 30 cells
        summary = analyse(synthetic_run(times=(1.0, 2.0), lags=cells_of_arm_0[:number]))
        assert [contrast.verdict for contrast in summary.contrasts] == [verdict]


def table(**columns: list[int]) -> dict[str, Any]:
    return {name: np.array(values) for name, values in columns.items()}


@pytest.mark.parametrize(
    ("started", "ended", "tagged"),
    [(0, 99, False), (0, 100, False), (0, 111, False), (0, 112, True), (0, 200, True), (150, 160, True), (100, 200, True),
     (190, 290, False), (189, 290, True), (200, 300, False), (0, 2000, False), (0, 1999, True), (450, 460, True),
     (300, 400, False), (500, 600, False), (100, 500, True)],
)  # fmt: skip
@pytest.mark.parametrize(("sender", "workers"), [(0, 1), (3, 1), (0, 2), (2, 2)])
def test_under_way_while_the_loop_of_its_worker_stood_still(
    started: int, ended: int, tagged: bool, sender: int, workers: int
) -> None:
    lags = table(worker=[0, 0], due_ns=[100, 400], called_ns=[200, 500])
    message = table(sender=[sender], started_ns=[started], ended_ns=[ended])
    assert lagged_messages(message, lags, workers).tolist() == [tagged]
    assert not lagged_messages({**message, "sender": np.array([1])}, lags, 2).any(), "another worker's loop went on"


MS = LATE_NS


@pytest.mark.parametrize(
    ("intended", "started", "late"),
    [
        pytest.param([0, 10], [0, 10], 0, id="on time"),
        pytest.param([0, 10], [1, 11], 0, id="a timer's width"),
        pytest.param([0, 10], [0, 12], 1, id="free since 5, intended at 10, started at 12"),
        pytest.param([0, 2], [0, 5], 0, id="its connection was busy until 5"),
        pytest.param([0, 2], [0, 7], 1, id="busy until 5, and two more"),
        pytest.param([0, 10], [2, 10], 1, id="the first of all"),
    ],
)
def test_who_was_late(intended: list[int], started: list[int], late: int) -> None:
    """Each message of the one sender takes 4 ms, and closing its connection 1 more."""
    messages = table(
        sender=[0, 0], block=[1, 1], intended_ns=[MS * at for at in intended], started_ns=[MS * at for at in started],
        ended_ns=[MS * (at + 4) for at in started], closed_ns=[MS * 5, 0], outcome=[OutcomeKind.ACCEPTED] * 2,
    )  # fmt: skip
    assert late_by_generator(messages) == late
    alone = {**messages, "sender": np.array([0, 1])}
    waited = sum(begun - meant > 1 for begun, meant in zip(started, intended, strict=True))
    assert late_by_generator(alone) == waited, "of two senders none has another's connection"


@pytest.mark.parametrize(
    ("outcome", "late"), [(OutcomeKind.ACCEPTED, 1), (OutcomeKind.REJECTED, 0), (OutcomeKind.DEFERRED, 0)]
)
def test_who_takes_back_what_was_refused_is_not_free(outcome: OutcomeKind, late: int) -> None:
    messages = table(
        sender=[0, 0], block=[1, 1], intended_ns=[0, 0], started_ns=[0, 9 * MS], ended_ns=[4 * MS, 13 * MS],
        closed_ns=[0, 0], outcome=[outcome, OutcomeKind.ACCEPTED],
    )  # fmt: skip
    assert late_by_generator(messages) == late


@pytest.mark.parametrize(("started", "late"), [(4, 0), (6, 3), (12, 3), (13, 4)])
def test_all_messages_of_a_request_are_as_late_as_it_is(started: int, late: int) -> None:
    """The first two left together at 0 and took 4 ms, the others were due at 1, 2, 3 and 11."""
    requests = [0, 0, started, started, started, started]
    messages = table(
        sender=[7] * 6, block=[1] * 6, intended_ns=[MS * at for at in (0, 0, 1, 2, 3, 11)],
        started_ns=[MS * at for at in requests], ended_ns=[MS * (at + 4) for at in requests], closed_ns=[0] * 6,
        outcome=[OutcomeKind.ACCEPTED] * 6,
    )  # fmt: skip
    assert late_by_generator(messages) == late


def test_of_no_messages_none_was_late(synthetic_run: Factory) -> None:
    assert analyse(synthetic_run(load="open", blocks=0)).arms[0].generator.late == 0


def test_the_thresholds_leave_the_generator_a_tenth() -> None:
    assert 1 - MOST_BUSY[LoadModel.THROUGHPUT] == pytest.approx(MOST_LAGGED) == MOST_LATE
