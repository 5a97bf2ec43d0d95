"""`report` and `plot`: every form of a stored run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Verb

SAMPLE = Path(__file__).parents[2] / "results" / "sample"


@pytest.fixture
def sample(verb: Verb) -> None:
    """`verb` has made a folder of its own the current one."""
    shutil.copytree(SAMPLE, "results/sample")


@pytest.mark.parametrize(("form", "begins"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")])
@pytest.mark.usefixtures("sample")
def test_a_figure_in_each_format(verb: Verb, form: str, begins: bytes) -> None:
    (path,) = verb("plot", "results/sample", "--out", "figures", "--only", "phases", "--format", form).out.split()
    assert path == f"figures/phases.{form}"
    assert Path(path).read_bytes().startswith(begins)


@pytest.mark.parametrize(
    ("form", "begins"), [("--markdown", "## benchkit report"), ("--junit", "<?xml"), ("--csv", "run,scenario,valid")]
)
@pytest.mark.usefixtures("sample")
def test_a_report_in_each_form(verb: Verb, form: str, begins: str) -> None:
    done = verb("report", "results/sample", form)
    assert (done.code, done.out[: len(begins)]) == (0, begins)


def test_one_form_at_a_time(verb: Verb) -> None:
    done = verb("report", "--csv", "--junit")
    assert (done.code, done.err) == (2, "report one format at a time: --csv or --junit\n")


@pytest.mark.usefixtures("sample")
def test_one_page_is_of_one_run_or_of_several_together(verb: Verb) -> None:
    shutil.copytree(SAMPLE, "results/again")
    both = ("report", "results/sample", "results/again", "--html")
    assert verb(*both).out == "results/sample/report.html\nresults/again/report.html\n"
    assert verb(*both, "--out", "both.html").code == 2
    assert verb(*both, "--pooled").code == 2
    assert verb(*both, "--pooled", "--out", "both.html").out == "both.html\n"
    assert Path("both.html").read_text("utf-8").startswith("<!doctype html>")
    assert verb(*both[:3], "--pooled", "--markdown").out.startswith("## ")
    assert verb("report", "results/sample", "--out", "x.html").code == 2


@pytest.mark.usefixtures("sample")
def test_a_page_is_written_beside_the_run_or_where_it_is_asked_for(verb: Verb) -> None:
    assert verb("report", "results/sample", "--html").out == "results/sample/report.html\n"
    assert Path("results/sample/report.html").stat().st_mode & 0o777 == 0o600
    assert verb("report", "results/sample", "--html", "--out", "page.html").out == "page.html\n"
    assert Path("page.html").read_text("utf-8").startswith("<!doctype html>")
    assert verb("report", "results/sample", "--html", "--out", "no/page.html").code == 2
