"""`benchkit history`: sixty generated runs with a step, what was sent by day and month, audits, damaged folders."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

import benchkit
from benchkit.model.tables import EVENTS
from benchkit.store.events import write_events
from tests.cli.conftest import Verb

ROOT = Path(__file__).parents[2]
SOURCE = sorted((ROOT / "results" / "sample-history").iterdir())[0]
RUNS, STEP, NOISE = 60, 30, 0.01


def generated(folder: Path, factors: list[float]) -> None:
    """Copies of a run, one a day, whose stored medians are multiplied."""
    for number, factor in enumerate(factors):
        path = folder / f"run-{number:02}"
        shutil.copytree(SOURCE, path)
        summary = json.loads((path / "summary.json").read_text("utf-8"))
        for arm in summary["arms"][:1]:
            arm["service_ms"]["p50"] = 40.0 * factor
        day = f"2026-{1 + number // 28:02}-{1 + number % 28:02}"
        manifest = json.loads((path / "run.json").read_text("utf-8"))
        manifest |= {"run": f"run-{number:02}", "created_utc": f"{day}T03:00:00+00:00"}
        (path / "summary.json").write_text(json.dumps(summary), "utf-8")
        (path / "run.json").write_text(json.dumps(manifest), "utf-8")


@pytest.fixture(scope="module")
def sixty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sixty")
    factors = np.exp(np.random.default_rng(3).normal(0, NOISE, RUNS))
    factors[STEP:] *= 1.05
    generated(folder, factors.tolist())
    return folder


def test_a_step_of_5_percent_in_sixty_runs_is_found_within_five(sixty: Path, verb: Verb) -> None:
    document = json.loads(verb("history", str(sixty), "--json").out)
    (series,) = [one for one in document["series"] if one["arm"] == "smtp"]
    (change,) = series["time_changes"]
    assert abs(change["place"] - STEP) <= 1
    assert change["found_at"] < STEP + 5
    assert [one["time_changes"] for one in document["series"] if one["arm"] == "api"] == [[]]
    done = verb("history", str(sixty))
    assert (done.code, done.err) == (0, "")
    assert "60 runs of 1 scenario, 2026-01-01 to 2026-03-04. 1 change found:" in " ".join(done.out.split())


def test_no_name_of_a_run_is_broken_on_a_terminal_of_80_columns(verb: Verb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    folder = str(ROOT / "results")
    names = [run["run"] for run in json.loads(verb("history", folder, "--json").out)["runs"]]
    words = verb("history", folder).out.split()
    assert names
    assert [name for name in names if name not in words] == []


def test_says_what_was_sent_by_month_and_day(sixty: Path, verb: Verb) -> None:
    lines = [line.split() for line in verb("history", str(sixty)).out.splitlines()]
    sent = len(benchkit.open_run(SOURCE).messages)
    months = [line for line in lines if line and line[0] in ("2026-01", "2026-02", "2026-03")]
    assert [(line[0], int(line[1]), int(line[2].replace(",", ""))) for line in months] == [
        ("2026-03", 4, 4 * sent), ("2026-02", 28, 28 * sent), ("2026-01", 28, 28 * sent)
    ]  # fmt: skip
    days = [line for line in lines if line and line[0].count("-") == 2 and line[0].startswith("2026")]
    assert len(days) == 31
    assert days[0][0] == "2026-03-04"


def test_the_page_has_figures_and_its_other_forms_have_tables(sixty: Path, verb: Verb) -> None:
    done = verb("history", str(sixty), "--html", "history.html")
    assert (done.code, done.out) == (0, "history.html\n")
    page = Path("history.html").read_text("utf-8")
    assert "How long did a message take, run by run" in page
    assert "<svg" in page
    assert verb("history", str(sixty), "--markdown").out.startswith("## benchkit history")
    assert benchkit.history(sixty).plot("time").svg.rstrip().endswith("</svg>")


def test_a_run_without_a_stored_answer_is_analysed_and_a_damaged_one_is_named(tmp_path: Path, verb: Verb) -> None:
    generated(tmp_path / "runs", [1.0, 1.0, 1.0, 1.0])
    (tmp_path / "runs/run-00/summary.json").unlink()
    (tmp_path / "runs/run-01/summary.json").write_text('{"valid": true, "arms": [{}]}', "utf-8")
    (tmp_path / "runs/run-02/run.json").write_text("{", "utf-8")
    (tmp_path / "runs/run-03/messages.parquet").write_bytes(b"no table")
    document = json.loads(verb("history", str(tmp_path / "runs"), "--json").out)
    assert [run["run"] for run in document["runs"]] == ["run-00", "run-01"]
    assert all(run["arms"][0]["median_ms"] > 0 for run in document["runs"])
    assert ["run-02" in document["unreadable"][0], "run-03" in document["unreadable"][1]] == [True, True]


def test_what_came_back_is_counted_once_events_were_collected(tmp_path: Path, verb: Verb) -> None:
    generated(tmp_path / "runs", [1.0])
    event = {column.name: "" if column.kind == "string" else 0 for column in EVENTS.columns}
    rows = [event | {"send": send, "kind": kind} for send, kind in ((1, "bounced"), (1, "bounced"), (2, "delivered"))]
    write_events(tmp_path / "runs" / "run-00", rows)
    document = json.loads(verb("history", str(tmp_path / "runs"), "--json").out)
    assert [one["bounced"] for one in document["runs"][0]["consumption"]] == [1]
    assert len(benchkit.open_run(tmp_path / "runs" / "run-00").events) == 3


def test_audits_are_shown_by_domain_and_address_with_what_changed(tmp_path: Path, verb: Verb) -> None:
    audits = tmp_path / "runs" / "audits"
    audits.mkdir(parents=True)
    for number, zone in enumerate(("good.zone", "bad.zone", "good.zone")):
        address = ["--ip", "192.0.2.10"] if number == 2 else []
        printed = verb("audit", "shop.example", "--zone", str(ROOT / "scenarios/zones" / zone), "--json", *address).out
        path = audits / f"{number}.json"
        path.write_text(printed, "utf-8")
        os.utime(path, (1_780_000_000 + 86_400 * number,) * 2)
    (audits / "9.json").write_text("[1]", "utf-8")
    output = verb("history", str(tmp_path / "runs")).out
    assert "There is no run." in output
    assert "shop.example" in output
    assert "2026-05-28: pass, 100 of 100" in output
    assert "shop.example, mail from 192.0.2.10" in output
    assert "2026-05-29: fail, 0 of 100; spf: pass → fail" in " ".join(output.split())
    assert "is not the output of benchkit audit --json" in " ".join(output.split())


def test_a_folder_that_is_none_is_told(verb: Verb) -> None:
    done = verb("history", "nowhere")
    assert (done.code, done.err) == (2, "nowhere is not a folder: name the folder that holds the runs\n")
