"""Files that are missing, folders, empty, no text, damaged, not to be written: one line that says which and why."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from benchkit.errors import suggestion
from benchkit.providers import PROVIDERS
from tests.cli.conftest import Verb

ROOT = Path(__file__).parents[2]
SAMPLE, ZONE = ROOT / "results" / "sample", str(ROOT / "scenarios" / "zones" / "good.zone")
TEXT = "not UTF-8 text (byte 0)"
TWICE = "sample is given twice: each run counts once"


@pytest.fixture
def files(verb: Verb) -> Verb:
    """The program in a folder that holds one of each kind."""
    Path("folder").mkdir()
    Path("empty").touch()
    Path("bytes").write_bytes(b"\xff\x00")
    Path("object").write_text("{}", "utf-8")
    shutil.copytree(SAMPLE, "sample")
    return verb


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("report nowhere", "nowhere holds no run that can be read: run.json: No such file or directory"),
        ("report folder", "folder holds no run that can be read: run.json: No such file or directory"),
        ("report .", ". is a folder of 1 runs: name one, as sample"),
        ("plot .", ". is a folder of 1 runs: name one, as sample"),
        ("report empty", "empty holds no run that can be read: run.json: Not a directory"),
        ("plot sample --figure phase", 'plot "phase" is unknown; did you mean "phases"?'),
        ("plot sample --out empty", "empty cannot be written: File exists"),
        ("plot sample --out empty/figures", "empty/figures cannot be written: Not a directory"),
        ("init folder/a/b.toml", "folder/a/b.toml cannot be written: No such file or directory"),
        ("init object", "object exists already: name another file, as in: benchkit init mine.toml"),
        ("sink --ca-file folder", "folder cannot be written: Is a directory"),
        ("sink --api acme", f'--api "acme" is not a provider; {suggestion("acme", PROVIDERS.names())}'),
        ("audit --zone folder a.example", "folder cannot be read as a zone file: Is a directory"),
        ("audit --zone bytes a.example", f"bytes cannot be read as a zone file: {TEXT}"),
        ("audit --zone empty a.example", "empty holds no record"),
        ("audit --replay nowhere a.example", "nowhere cannot be read as a recording: No such file or directory"),
        ("audit --replay empty a.example", 'empty:1:1 is not a "benchkit dns recording" of version 1 to 2'),
        ("audit --replay bytes a.example", f"bytes cannot be read as a recording: {TEXT}"),
        (f"audit --zone {ZONE} --record folder shop.example", "folder cannot be written: Is a directory"),
        (f"audit --zone {ZONE} --message folder shop.example", "folder cannot be read: Is a directory"),
        ("audit --baseline bytes a.example", f"bytes is not the output of benchkit audit --json: {TEXT}"),
        ("audit --baseline object a.example", 'object is not the output of benchkit audit --json: "domain" is missing'),
        ("audit bytes", f"bytes cannot be read as a list of domains: {TEXT}"),
        ("report --pooled sample sample", TWICE),
        ("compare sample sample --also-new sample", "sample is given twice: each run counts once, and on one side"),
        (
            "compare sample sample --figure figure.txt",
            "figure.txt has an unknown format: end the name with .svg, .png, .pdf",
        ),
        ("audit empty", "audit name a domain, as in: benchkit audit shop.example"),
    ],
)  # fmt: skip
def test_one_line(words: str, expected: str, files: Verb) -> None:
    done = files(*words.split())
    assert (done.code, done.out, done.err) == (2, "", f"{expected}\n")


def _schema(folder: Path) -> None:
    stored = json.loads((folder / "run.json").read_text("utf-8"))
    (folder / "run.json").write_text(json.dumps(stored | {"schema": 99}), "utf-8")


@pytest.mark.parametrize(
    ("damage", "code", "expected"),
    [
        (_schema, 2, "sample/run.json is of schema 99, and this benchkit reads 1 to "),
        (lambda run: (run / "run.json").write_text("[]"), 2, "sample/run.json is damaged: it is not a JSON object"),
        (lambda run: (run / "run.json").write_bytes(b"\xff"), 2, f"sample holds no run that can be read: run.json: {TEXT}"),
        (lambda run: (run / "phases.parquet").unlink(), 2, "sample: phases.parquet is missing, so "),
        (lambda run: (run / "messages.parquet").write_bytes(b""), 2, "sample/messages.parquet cannot be read: "),
    ],
)  # fmt: skip
def test_a_damaged_run(damage: Callable[[Path], object], code: int, expected: str, files: Verb) -> None:
    damage(Path("sample"))
    done = files("report", "sample")
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(expected)
    assert done.err.count("\n") == 1


def test_a_picture_that_cannot_be_written_keeps_no_answer_back(files: Verb) -> None:
    done = files("report", "sample", "--picture", "none/p.svg")
    assert (done.code, done.err) == (2, "none/p.svg cannot be written: No such file or directory\n")
    assert "slower" in done.out
