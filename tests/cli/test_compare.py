"""`benchkit compare`: exit codes, forms, and a baseline that is run again beside another scenario."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from benchkit.experiment.parent.run_experiment import RunEnd
from benchkit.model.run import RunStatus
from tests.cli.conftest import Verb

SAMPLE = Path(__file__).parents[2] / "results" / "sample"
ONE_START = SAMPLE.with_name("sample-throughput")
TINY = """
name = "{name}"
[message]
from = "a@a.example"
to = ["B <b@b.example>"]
subject = "s"
text = "t"
[load]
model = "talk"
blocks = 3
messages_per_block = 2
warmup_blocks = 1
[[arm]]
name = "smtp"
transport = "smtp"
client = "wire"
connection = "{connection}"
security = "none"
"""


def slowed(name: str, factor: float) -> str:
    """The sample with every message's time multiplied, in `name`."""
    shutil.copytree(SAMPLE, name)
    path = Path(name, "messages.parquet")
    rows = pq.read_table(path)
    service = pc.multiply(pc.subtract(rows["ended_ns"], rows["started_ns"]), factor)
    ended = pc.add(rows["started_ns"], pc.cast(service, pa.int64(), safe=False))
    pq.write_table(rows.set_column(rows.column_names.index("ended_ns"), "ended_ns", ended), path)
    return name


def test_a_run_beside_its_copy_is_no_regression(verb: Verb) -> None:
    shutil.copytree(ONE_START, "copy")
    done = verb("compare", str(ONE_START), "copy", "--fail-on-regression", "5%", "--markdown")
    assert done.code == 0
    assert done.out.startswith("## benchkit compare")
    assert "cannot tell a change from chance" in " ".join(done.out.split())
    assert "No recorded difference" in done.out


def test_a_run_beside_itself_is_refused(verb: Verb) -> None:
    done = verb("compare", str(SAMPLE), f"{SAMPLE}/../sample")
    assert done.code == 2
    assert done.err.endswith("sample is given twice: each run counts once, and on one side\n")


def test_runs_without_a_common_arm_get_no_table_and_no_word_of_its_rows(verb: Verb) -> None:
    done = verb("compare", str(SAMPLE), str(SAMPLE.with_name("sample-failures")))
    assert done.code == 5
    assert "Holm" not in done.out


def test_slower_runs_end_with_99_where_a_limit_is_given(verb: Verb) -> None:
    before, after = (
        [slowed(f"{side}{n}", factor * (1 + n / 500)) for n in range(2)] for side, factor in (("a", 1.0), ("b", 1.3))
    )
    words = ["compare", before[0], after[0], "--also-baseline", before[1], "--also-new", after[1]]
    done = verb(*words, "--fail-on-regression", "5 %", "--figure", "overlay.svg")
    assert (done.code, done.err) == (99, "drawn in overlay.svg\n")
    assert done.out.startswith("REGRESSION: “smtp, new connection” takes 1.3")
    assert Path("overlay.svg").read_text("utf-8").rstrip().endswith("</svg>")
    document = json.loads(verb(*words, "--json").out)
    assert {arm["change"] for arm in document["arms"]} == {"regression"}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param((), "needs a second run", id="one run"),
        pytest.param((str(SAMPLE), "--rerun", "x.toml"), "and not both", id="both"),
        pytest.param((str(SAMPLE), "--fail-on-regression", "5"), "must be a percentage", id="limit"),
        pytest.param(("nowhere",), "nowhere holds no run", id="no run"),
        pytest.param(("--rerun", "nowhere.toml"), "nowhere.toml", id="no scenario"),
    ],
)
def test_bad_input_is_told_in_a_line(verb: Verb, arguments: tuple[str, ...], expected: str) -> None:
    done = verb("compare", str(SAMPLE), *arguments)
    assert done.code == 2
    assert expected in done.err


def test_runs_the_baseline_again_in_turn_with_another_scenario(verb: Verb) -> None:
    for name, connection in (("first", "reuse"), ("second", "fresh")):
        Path(f"{name}.toml").write_text(TINY.format(name=name, connection=connection), "utf-8")
    assert verb("run", "first.toml", "--set", "load.blocks=4").code == 0
    baseline = next(Path("results").iterdir())
    done = verb("compare", str(baseline), "--rerun", "second.toml", "--pairs", "2")
    assert done.code == 0, done.err
    assert [line.split(": ")[1] for line in done.err.splitlines() if line.startswith("pair")] == [
        "baseline …", "new …", "new …", "baseline …"
    ]  # fmt: skip
    assert "The unit is the pair of runs" in done.out
    assert "--set load.blocks: 4 → nothing" in done.out
    assert [path.name for path in Path().glob(".benchkit*")] == []
    assert len(list(Path("results").iterdir())) == 5


def test_an_interrupted_run_is_the_last(verb: Verb, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signals do after each run what they did before it."""
    Path("second.toml").write_text(TINY.format(name="second", connection="reuse"), "utf-8")
    assert verb("run", "second.toml").code == 0
    baseline, before = next(Path("results").iterdir()), signal.getsignal(signal.SIGTERM)
    ends: list[RunEnd] = []

    def interrupted(*_plan: object, **_send: object) -> RunEnd:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # as a run leaves it
        ends.append(RunEnd(baseline, RunStatus.INTERRUPTED))
        return ends[-1]

    monkeypatch.setattr("benchkit.cli.run.run_plan", interrupted)
    assert verb("compare", str(baseline), "--rerun", "second.toml", "--pairs", "3").code == 130
    assert len(ends) == 1
    assert signal.getsignal(signal.SIGTERM) == before
