"""A run that may end at planned looks: it ends when all is decided, goes to its end when not, and its account closes."""

from __future__ import annotations

import json
import signal
from typing import Any

import pytest

from tests.experiment.conftest import LIMIT_S, wait_for

Text = Any
LOAD = 'blocks = {blocks}\nmax_blocks = {most}\nuntil = "decided"\nmessages_per_block = 4\nrestarts = {restarts}'
ARMS = ("smtp fresh", "smtp")
CLOSE = "[verdict]\nconfidence = 0.99999\n"  # so few blocks never decide that
WIDE = "[verdict]\nrope = [0.001, 1000]\n"  # everything is, at the first look that can


def manifest_of(program: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((program.runs[0] / "run.json").read_text("utf-8"))
    return found


def test_it_ends_at_the_look_that_decides(program: Any, text: Text) -> None:
    program.write(text(*ARMS, load=LOAD.format(blocks=10, most=400, restarts=1)) + WIDE)
    code, summary = program.summary()
    assert code == 0, summary["invalid_because"]
    assert summary["status"] == "complete"
    assert summary["contrasts"][0]["verdict"] == "EQUIVALENT"
    decided = summary["design"]["decided"]
    assert decided == manifest_of(program)["looked"][-1] <= 23
    assert summary["account"]["planned"] == summary["account"]["arrived_once"] == (decided + 1) * 4 * 2
    assert [arm["planned"] for arm in summary["arms"]] == [decided * 4] * 2


@pytest.mark.parametrize(("restarts", "starts", "looks"), [(1, 1, [4, 6]), (2, 4, [4, 6])])
def test_it_goes_to_its_last_block_where_nothing_is_decided(
    restarts: int, starts: int, looks: list[int], program: Any, text: Text
) -> None:
    program.write(text("smtp", "api", load=LOAD.format(blocks=4, most=9, restarts=restarts)) + CLOSE)
    _, summary = program.summary()
    manifest = manifest_of(program)
    assert (manifest["decided"], manifest["looked"]) == (None, looks)
    assert summary["design"]["starts"] == starts
    measured = 9 if restarts == 1 else 8
    assert summary["account"]["planned"] == summary["account"]["arrived_once"] == (measured + starts) * 4 * 2
    assert summary["contrasts"][0]["confidence"] == pytest.approx(1 - 0.00001 / 3)


def test_ctrl_c_is_no_decision(program: Any, text: Text) -> None:
    program.write(text(*ARMS, load=LOAD.format(blocks=500, most=5000, restarts=1)))
    process = program.start("run", "scenario.toml", "--json")
    wait_for(lambda: any(path.stat().st_size for path in program.folder.glob("results/*/started.bin")))
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 130, err
    account = json.loads(out)["account"]
    assert account["planned"] == 5001 * 4 * 2
    assert account["planned"] == account["accepted"] + account["failed"] + account["unsent"]


def test_what_was_laid_down_is_registered_before_the_first_send_and_a_change_is_told(program: Any, text: Text) -> None:
    program.write(text(*ARMS, load="blocks = 6\nmessages_per_block = 1"))
    _, summary = program.summary()
    assert summary["design"]["as_registered"]
    assert len(summary["design"]["registered"]) == 64
    (folder,) = program.runs
    stored = manifest_of(program)
    (folder / "run.json").write_text(json.dumps(stored | {"rope": [0.5, 2.0]}), "utf-8")
    output = program.run("report", str(folder)).stdout
    assert "is not what was registered" in " ".join(output.split())
    (folder / "run.json").write_text(json.dumps(stored | {"certificate": "another"}), "utf-8")
    assert "is not what was registered" not in " ".join(program.run("report", str(folder)).stdout.split())
