"""Which run a notebook opens: the newest that suits, else a sample; and a run that draws itself."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import benchkit
from benchkit.errors import InputError
from benchkit.notebook.html import text
from benchkit.notebook.kinds import KINDS
from benchkit.report.content.sentences import headline

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "results" / "sample"
SWEEP = ROOT / "tests" / "store" / "older_runs" / "2026-11-27-sweep"
NEWER, NEWEST = "20260102T000000Z-b-22222222", "20260103T000000Z-c-33333333"


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three runs, the newest of them a sweep; the working folder is theirs."""
    folder = tmp_path / "results"
    for source, name, made in (
        (SAMPLE, "sample", "2026-09-01"),
        (SAMPLE, NEWER, "2026-01-02"),
        (SWEEP, NEWEST, "2026-01-03"),
    ):
        shutil.copytree(source, folder / name)
        manifest = json.loads((folder / name / "run.json").read_text("utf-8")) | {
            "created_utc": f"{made}T00:00:00+00:00"
        }
        (folder / name / "run.json").write_text(json.dumps(manifest), "utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


def test_opens_the_newest_and_a_sample_only_where_there_is_no_other(results: Path) -> None:
    assert benchkit.open_run().path.name == NEWEST
    shutil.rmtree(results / NEWEST)
    own = benchkit.open_run()
    assert own.path.name == NEWER
    assert "sample run" not in repr(own)
    shutil.rmtree(results / NEWER)
    sample = benchkit.open_run()
    assert sample.path.name == "sample"
    for shown in (repr(sample), sample._repr_html_()):
        assert "This is a sample run of benchkit" in shown


def test_a_history_of_too_few_runs_shows_the_samples_and_says_so(results: Path) -> None:
    few = benchkit.history()
    assert few.folder.name == "sample-history"
    for shown in (repr(few), few._repr_html_()):
        assert (
            "These are the twelve sample runs of benchkit: results has 2 of your own, and a history takes 3." in shown
        )
    shutil.copytree(results / NEWER, results / "20260104T000000Z-d-44444444")
    enough = benchkit.history()
    assert (enough.folder, enough.note) == (Path("results"), "")


@pytest.mark.parametrize(("kind", "wanted"), [("latency", NEWEST), ("decision", NEWEST), ("throughput", "sample")])
def test_opens_the_newest_of_a_kind(results: Path, kind: str, wanted: str) -> None:
    assert benchkit.open_run(kind=kind).path.name == wanted


def test_a_sample_of_the_kind_goes_before_others(results: Path) -> None:
    shutil.copytree(SAMPLE, results / "sample-throughput")
    assert benchkit.open_run(kind="throughput").path.name == "sample-throughput"


def test_finds_results_beside_the_folder_of_the_notebooks(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (results.parent / "notebooks").mkdir()
    monkeypatch.chdir(results.parent / "notebooks")
    assert benchkit.open_run().path.name == NEWEST


def test_a_path_and_the_verb_name_a_run(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert benchkit.open_run(results / NEWER).path.name == NEWER
    monkeypatch.setenv("BENCHKIT_RUN", str(results / NEWER))
    assert benchkit.open_run(kind="decision").path.name == NEWER


def test_runs_are_listed_in_time_and_unreadable_ones_are_named(results: Path) -> None:
    (results / NEWER / "run.json").write_text("{", "utf-8")
    found = benchkit.runs(results)
    assert [run.path.name for run in found] == [NEWEST, "sample"]
    assert NEWER in found.unreadable[0]
    assert NEWER in found._repr_html_()
    assert [run.path.name for run in found[:1]] == [NEWEST]


def test_says_what_is_wrong(results: Path) -> None:
    with pytest.raises(InputError, match="latency"):
        benchkit.open_run(kind="speed")
    with pytest.raises(InputError, match="holds no run"):
        benchkit.open_run(results / "nowhere")


def test_without_any_run_it_opens_the_sample_that_comes_with_benchkit(results: Path) -> None:
    shutil.rmtree(results)
    assert benchkit.open_run(kind="failures").path == benchkit.shipped("samples") / "sample-failures"
    with pytest.raises(InputError, match="notebooks, samples, zones"):
        benchkit.shipped("sample")


def test_every_kind_says_of_every_run_whether_it_suits() -> None:
    for kind in KINDS:
        assert benchkit.open_run(SAMPLE, kind=kind).path == SAMPLE


def test_a_run_draws_its_verdict_and_its_arms() -> None:
    run = benchkit.open_run(SAMPLE)
    shown = run._repr_html_()
    assert text(headline(run.summary)) in shown
    assert all(arm.name in shown for arm in run.manifest.arms)
    assert "slower" in run.contrasts._repr_html_()
    assert run.summary.valid
    assert run.name in repr(run)


def test_what_a_run_says_is_text_and_no_markup(results: Path) -> None:
    manifest = json.loads((results / NEWER / "run.json").read_text("utf-8"))
    manifest["arms"][0]["name"] = "<script>alert(1)</script>\x1b[31m"
    (results / NEWER / "run.json").write_text(json.dumps(manifest), "utf-8")
    run = benchkit.open_run(results / NEWER)
    for shown in (run._repr_html_(), run.contrasts._repr_html_(), run.messages._repr_html_(), run.plot("latency").svg):
        assert "<script>alert" not in shown
        assert "\x1b" not in shown


def test_draws_each_figure_that_it_names_and_saves_it(tmp_path: Path) -> None:
    run = benchkit.open_run(SAMPLE)
    assert "latency" in run.figures
    figure = run.plot("latency")
    assert figure._repr_svg_().rstrip().endswith("</svg>")
    assert figure.save(tmp_path / "latency.svg").read_text("utf-8") == figure.svg
    with pytest.raises(InputError, match="latency"):
        run.plot("latencies")


def test_a_model_predicts_what_was_not_measured() -> None:
    run = benchkit.open_run(SWEEP)
    name = run.manifest.arms[0].name
    model = run.model(name)
    assert model.arm == name
    at_ten = model.at(rtt_ms=10).value
    rows = run.predict([10, 20]).rows
    assert (name, 10, at_ten) in [(row.arm, row.rtt_ms, row.ms.value) for row in rows]
    assert {row.verdict is None for row in rows} == {True, False}  # the baseline is not compared with itself
    assert name in run.predict()._repr_html_()
    assert f"{name}, RTT 10 ms" in repr(run.predict([10]))
    with pytest.raises(InputError, match=name):
        run.model("no such arm")


def test_costs_at_prices_of_the_reader_and_the_recommendation() -> None:
    run = benchkit.open_run(SAMPLE)
    assert "No prices" in run.cost()._repr_html_()
    costs = run.cost({"smtp*": 0.25}, currency="EUR")
    assert {cost.price for cost in costs.values if cost.arm.startswith("smtp")} == {0.25}
    assert "provider, EUR" in costs._repr_html_()
    assert costs.plot().svg.rstrip().endswith("</svg>")
    assert "What speed does not decide" in run.recommendation._repr_html_()


def test_compares_two_runs_and_draws_them_over_each_other() -> None:
    found = benchkit.compare(SAMPLE, benchkit.open_run(SAMPLE))
    assert found.values.regressions == ()
    assert "No recorded difference" in found._repr_html_()
    assert repr(found).startswith("<No ")
    runs = benchkit.runs(benchkit.shipped("samples") / "sample-history")
    assert [arm.arm for arm in benchkit.compare(runs[:6], runs[6:]).values.regressions] == ["smtp"]
    with pytest.raises(InputError, match="a run on each side"):
        benchkit.compare(runs, [])
    assert found.plot().svg.rstrip().endswith("</svg>")


def test_importing_benchkit_loads_nothing_else_of_it() -> None:
    code = "import benchkit, sys; print(*[name for name in sys.modules if name.split('.')[0] in {'benchkit', 'numpy'}])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["benchkit"]


def test_only_what_is_there_can_be_asked_for() -> None:
    assert {"audit", "open_run", "runs"} <= set(dir(benchkit))
    with pytest.raises(AttributeError, match="no attribute 'opne_run'"):
        benchkit.__getattr__("opne_run")


def test_a_wheel_ships_every_sample_by_name_and_no_other_run() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    shipped = {path for path in wheel["force-include"] if path.startswith("results")}
    assert shipped == {f"results/{path.name}" for path in (ROOT / "results").glob("sample*")}
