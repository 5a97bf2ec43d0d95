"""Ctrl-C and kill -9 of a run into the receiving lab, or of what supervises its servers.

No server and no folder stays, and what was sent is stored.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from benchkit.errors import InputError
from benchkit.experiment.parent.run_experiment import LAB_ENDED
from benchkit.experiment.receiving_lab.software import find_software
from tests.experiment.conftest import LIMIT_S, wait_for
from tests.peers.requirements import lacking
from tests.receiving_lab.conftest import ZONE
from tests.receiving_lab.ways import WAYS, scenario_text

MESSAGES = 200
# The provider rejects all of its mail: the run waits for it in the mailbox until `wait_s`.
NEVER_ARRIVES = "[[arm.fate]]\nrejected = 1.0\n[events]\nwait_s = 0\n"


@dataclass(frozen=True, slots=True)
class LabRun:
    """`benchkit run` as a terminal starts it, in a process group of its own. `lab_files`: what the lab makes is in there."""

    process: subprocess.Popen[bytes]
    folder: Path
    lab_files: Path

    @property
    def said(self) -> str:
        return (self.folder / "stderr").read_text("utf-8")

    def press_ctrl_c(self) -> None:
        os.killpg(self.process.pid, signal.SIGINT)

    def exit_code(self) -> int:
        return self.process.wait(LIMIT_S)

    def supervisor(self, number: int) -> psutil.Process:
        """0: the process that benchkit has started for the servers; 1: that one's child, which watches it."""
        (first,) = (
            child for child in psutil.Process(self.process.pid).children() if "supervisor" in " ".join(child.cmdline())
        )
        return first if number == 0 else first.children()[0]

    def leaves_nothing(self) -> bool:
        return not any(self._processes()) and not any(self.lab_files.iterdir())

    def _processes(self) -> Iterator[psutil.Process]:
        """With the lab's folder in their command line, environment (TMPDIR) or working folder."""
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                seen = (*process.cmdline(), *process.environ().values(), process.cwd())
                if any(str(self.lab_files) in text for text in seen):
                    yield process


@pytest.fixture
def lab_run(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[LabRun]:
    try:
        find_software()
    except InputError as error:
        lacking(str(error))
    text = scenario_text(WAYS[:1], ZONE, request.param).replace("[receiving_lab]", "[receiving_lab]\nwait_s = 600")
    (tmp_path / "lab.toml").write_text(text + NEVER_ARRIVES, "utf-8")
    lab_files = Path(tempfile.mkdtemp(prefix="bk-", dir="/tmp"))  # short: the path of a socket has 108 octets at most
    lab_files.chmod(0o755)  # the servers' users go through it
    with (tmp_path / "stderr").open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchkit", "run", "lab.toml"], cwd=tmp_path,
            env={**os.environ, "TMPDIR": str(lab_files)}, stdout=subprocess.DEVNULL, stderr=stderr, start_new_session=True,
        )  # fmt: skip
    try:
        yield LabRun(process, tmp_path, lab_files)
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(lab_files, ignore_errors=True)


def is_starting(run: LabRun) -> bool:
    """Some servers run, the others do not yet."""
    return any(run.lab_files.glob("benchkit-lab-*/rspamd/conf"))


def is_sending(run: LabRun) -> bool:
    return any(np.count_nonzero(np.fromfile(path, np.uint16)) > 2 for path in run.folder.glob("results/*/started.bin"))


def waits_for_mail(run: LabRun) -> bool:
    return "waits for mail in the test mailboxes" in run.said


AT = {"starting": (is_starting, 1), "sending": (is_sending, MESSAGES), "waiting": (waits_for_mail, 1)}
TOLD: dict[Callable[[LabRun], bool], str] = {
    is_starting: "the process that starts the servers died",
    is_sending: LAB_ENDED,
    waits_for_mail: "mailbox 'receiving lab' cannot be read",
}
moments = pytest.mark.parametrize(
    ("lab_run", "moment"), [(messages, moment) for moment, messages in AT.values()], ids=AT, indirect=["lab_run"]
)


@moments
def test_ctrl_c_ends_it_and_what_was_sent_is_stored(lab_run: LabRun, moment: Callable[[LabRun], bool]) -> None:
    wait_for(lambda: moment(lab_run))
    lab_run.press_ctrl_c()
    if moment is is_sending:  # the second one, at the wait for the mail that was sent
        wait_for(lambda: waits_for_mail(lab_run))
        lab_run.press_ctrl_c()
    assert lab_run.exit_code() == 130, lab_run.said
    assert "Traceback" not in lab_run.said
    wait_for(lab_run.leaves_nothing)
    summaries = [json.loads(path.read_text("utf-8")) for path in lab_run.folder.glob("results/*/summary.json")]
    assert len(summaries) == (moment is not is_starting)
    for summary in summaries:
        account: dict[str, Any] = summary["account"]
        assert account["planned"] == sum(account[part] for part in ("accepted", "failed", "in_doubt", "unsent"))
        assert (account["unsent"] > 0) == (moment is is_sending)


@moments
def test_kill_9_leaves_no_server_and_no_folder(lab_run: LabRun, moment: Callable[[LabRun], bool]) -> None:
    wait_for(lambda: moment(lab_run))
    lab_run.process.kill()
    assert lab_run.exit_code() == -signal.SIGKILL
    wait_for(lab_run.leaves_nothing)
    assert "Traceback" not in lab_run.said


@pytest.mark.parametrize(
    ("lab_run", "moment", "number"),
    [*((messages, moment, 0) for moment, messages in AT.values()), (MESSAGES, is_sending, 1)],
    ids=[*AT, "sending, the second process"], indirect=["lab_run"],
)  # fmt: skip
def test_kill_9_of_a_supervisor_leaves_nothing_and_the_run_ends(
    lab_run: LabRun, moment: Callable[[LabRun], bool], number: int
) -> None:
    wait_for(lambda: moment(lab_run))
    lab_run.supervisor(number).kill()
    assert lab_run.exit_code() == (0 if moment is waits_for_mail else 2 if moment is is_starting else 5), lab_run.said
    wait_for(lab_run.leaves_nothing)
    assert "Traceback" not in lab_run.said
    assert TOLD[moment] in lab_run.said
