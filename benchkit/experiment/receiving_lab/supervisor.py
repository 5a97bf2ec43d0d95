"""The process that owns the lab's servers and its folder. It ends them all when its owner closes the pipe, or dies.

Servers become daemons, change their user and start children in sessions of their own, so a process group or a signal at the
parent's death (which a change of user clears, prctl(2)) does not reach them all. This process is their subreaper: whatever
loses its parent becomes its child, and it ends once it has no child left.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from benchkit.experiment.receiving_lab.server_process import ServerNotStarted
from benchkit.experiment.receiving_lab.servers import LabOrder, LabPorts, start_servers

PREFIX = "benchkit-lab-"
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_COMMAND = f"from {__name__} import main; main()"
_LOOK_AGAIN_S = 0.01


@contextmanager
def supervised_servers(order: LabOrder) -> Iterator[LabPorts]:
    """The owner's side. In a session of its own no Ctrl-C of a terminal reaches the servers. Raises ServerNotStarted."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        (sys.executable, "-c", _COMMAND),
        stdin=pipe, stdout=pipe, start_new_session=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with suppress(BrokenPipeError):  # it is dead, as the next line finds out
            pickle.dump(order, process.stdin)
            process.stdin.flush()
        told = _told(process)
        if not isinstance(told, LabPorts):
            raise ServerNotStarted(told)
        yield told
    finally:
        with suppress(BrokenPipeError):
            process.stdin.close()
        process.wait()
        process.stdout.close()


def _told(process: subprocess.Popen[bytes]) -> LabPorts | str:
    assert process.stdout is not None
    try:
        told: LabPorts | str = pickle.load(process.stdout)
    except EOFError:
        return "the process that starts the servers died"
    return told


def main() -> None:
    try:
        order: LabOrder = pickle.load(sys.stdin.buffer)
    except (EOFError, pickle.UnpicklingError):  # the owner died first
        return
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    starter = os.fork()
    if starter == 0:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        _start_and_wait(order, folder)
    for number in _SIGNALS:  # its end is the owner's
        signal.signal(number, signal.SIG_IGN)
    select.select([0, os.pidfd_open(starter)], [], [])
    _kill_children()
    shutil.rmtree(folder, ignore_errors=True)


def _start_and_wait(order: LabOrder, folder: Path) -> NoReturn:
    """In the starter: tells the ports, or why there are none, and waits until it is killed."""
    try:
        told = _ports(order, folder, stack := ExitStack())
        with suppress(BrokenPipeError), os.fdopen(os.dup(1), "wb") as output:  # the owner may be dead
            pickle.dump(told, output)
        while stack:
            signal.pause()
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(1)  # never back into `main`, whose folder it is not


def _ports(order: LabOrder, folder: Path, stack: ExitStack) -> LabPorts | str:
    try:
        return start_servers(stack, folder, order)
    except OSError as error:
        return str(error)


def _kill_children() -> None:
    """Until the kernel says that there is none (ECHILD): then no process of the lab remains."""
    with suppress(ChildProcessError):
        while True:
            for pid in _children():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
            time.sleep(_LOOK_AGAIN_S)


def _children() -> Iterator[int]:
    """Not their children: those become ours when they die."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended
            _state, parent, *_ = path.read_text("utf-8", "replace").rpartition(")")[2].split()
            if int(parent) == os.getpid():
                yield int(path.parent.name)


def _prctl(option: int, value: int) -> None:
    """Linux only, as the lab is."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value)
