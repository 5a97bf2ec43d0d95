"""A load worker that notes which files of benchkit it enters until its first measured send has been recorded.

A file is entered where one of its functions is called. Loading a module and the body of a class do not count, so all modules of
the job's arms are loaded before. Started like any worker; the files go to `entered.json` in the job's folder.
"""

from __future__ import annotations

import inspect
import json
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

import benchkit
from benchkit.experiment.paces import PACES
from benchkit.experiment.process.job import WorkerJob
from benchkit.experiment.process.parent_pipe import ParentLine, run_child
from benchkit.experiment.worker import engine, worker_process
from benchkit.experiment.worker.engine import Engine
from benchkit.providers import PROVIDERS
from benchkit.store import Recorder, recorder
from benchkit.transports import TRANSPORTS

_PACKAGE = f"{Path(benchkit.__file__).parent}/"
FOUND = "entered.json"


class Trip:
    """A profile function of sys.setprofile. `files` are in the order in which they are entered.

    `from_engine` are those that Engine.open and Engine.walk lead to; what the worker itself does meanwhile is not among them.
    """

    def __init__(self) -> None:
        self.files: dict[str, None] = {}
        self.from_engine: dict[str, None] = {}
        self._opened = self._over = False

    def __call__(self, frame: FrameType, event: str, _argument: Any) -> None:
        code = frame.f_code
        if self._over or not code.co_filename.startswith(_PACKAGE) or not code.co_flags & inspect.CO_OPTIMIZED:
            return
        if event == "call":
            self._opened = self._opened or code is Engine.open.__code__
            file = code.co_filename.removeprefix(_PACKAGE)
            self.files[file] = None
            if self._opened and not _is_of_worker(frame):
                self.from_engine[file] = None
        elif event == "return" and code is Recorder.record.__code__:
            self._over = self._opened and not frame.f_locals["cell"].warmup

    def write(self, path: Path) -> None:
        path.write_text(json.dumps([[*self.files], [*self.from_engine]]), "utf-8")


def _is_of_worker(frame: FrameType | None) -> bool:
    """Whether worker_process.py has called it, and not by the engine: its news, the plan's cells."""
    while frame is not None and frame.f_code.co_filename not in (engine.__file__, worker_process.__file__):
        frame = frame.f_back
    return frame is not None and frame.f_code.co_filename == worker_process.__file__


async def watched(line: ParentLine, job: WorkerJob) -> None:
    _load(job)
    recorder.FLUSH_EVERY_NS = 3_600_000_000_000  # on a busy machine it would be due, or not
    trip = Trip()
    threading.setprofile(trip)
    sys.setprofile(trip)
    try:
        await worker_process.work(line, job)
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        trip.write(Path(job.folder, FOUND))


def _load(job: WorkerJob) -> None:
    assert PACES[job.scenario.load.model]
    assert TRANSPORTS["null_null"]
    for endpoint in job.endpoints:
        assert TRANSPORTS[f"{endpoint.arm.transport}_{endpoint.arm.client}"]
        assert not endpoint.arm.provider or PROVIDERS[endpoint.arm.provider]


if __name__ == "__main__":
    run_child(watched, "the watched worker")
