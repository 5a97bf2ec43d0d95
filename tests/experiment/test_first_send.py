"""The first measured send of a worker enters few files: a reader who follows it opens each of them.

A bound that is too small for a change lists the files. Raise it only for a file with an idea of its own.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from benchkit.batch import compose
from benchkit.cli.names import known_names
from benchkit.experiment.parent.child_process import Child
from benchkit.experiment.process import targets
from benchkit.experiment.process.job import WorkerJob
from benchkit.scenario import load
from benchkit.sink import MemoryLedger, Sink
from tests.experiment.watched_worker import FOUND

TOKEN = "0badcafe"
ARMS = {
    "smtp wire": 'transport = "smtp"\nclient = "wire"\nconnection = "reuse"\n',
    "smtp aiosmtplib": 'transport = "smtp"\nclient = "aiosmtplib"\nconnection = "reuse"\n',
    "api wire": 'transport = "api"\nprovider = "mailgun"\nclient = "wire"\nconnection = "reuse"\nsecurity = "none"\n',
    "api httpx2": 'transport = "api"\nprovider = "mailgun"\nclient = "httpx2"\nconnection = "reuse"\nsecurity = "none"\n',
}


@pytest.mark.parametrize(
    ("arm", "most", "most_from_engine"),
    [("smtp wire", 34, 18), ("smtp aiosmtplib", 32, 17), ("api wire", 41, 20), ("api httpx2", 42, 21)],
)
def test_few_files_are_entered(
    arm: str, most: int, most_from_engine: int, tmp_path: Path, text: Callable[..., str]
) -> None:
    (tmp_path / "scenario.toml").write_text(
        text(f"{arm}|{ARMS[arm]}", load="blocks = 6\nmessages_per_block = 1"), "utf-8"
    )
    files, from_engine = asyncio.run(_entered(tmp_path))
    assert len(files) <= most, _listed("from the worker's start", files)
    assert len(from_engine) <= most_from_engine, _listed("from Engine.open", from_engine)


def _listed(since: str, files: list[str]) -> str:
    return "\n".join([f"{len(files)} files {since}:", *files])


async def _entered(folder: Path) -> tuple[list[str], list[str]]:
    """From the worker's start, and from Engine.open."""
    scenario = load(folder / "scenario.toml", known_names())
    password = targets.new_password()
    sink = Sink(targets.listeners(scenario, password, start=0), MemoryLedger(), TOKEN)
    ports = dict(enumerate(await sink.start()))
    endpoints = targets.endpoints(scenario, {}, targets.SinkEnd("127.0.0.1", ports, sink.ca_pem, password))
    child = await Child.start("tests.experiment.watched_worker", folder / "children.log")
    try:
        await child.give(
            WorkerJob(scenario, compose(scenario.message), endpoints, TOKEN, str(folder), condition=0, planned=7)
        )
        while "done" not in await child.receive():
            pass
    finally:
        await child.end()
        await sink.stop()
    files, from_engine = json.loads((folder / FOUND).read_text("utf-8"))
    return files, from_engine
