"""The processes that own the lab's servers and its folder. They end them all when their owner closes the pipe, or dies.

Servers become daemons, change their user and start children in sessions of their own, so a process group or a signal at the
parent's death (which a change of user clears, prctl(2)) does not reach them all. So two processes, one the child of the other,
are subreapers: a process that loses its parent becomes the child of the nearer one. Each kills its children when the other
is killed: then those of the second have become the first's.
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
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchkit.experiment.receiving_lab.server_process import ServerNotStarted
from benchkit.experiment.receiving_lab.servers import LabOrder, LabPorts, start_servers

PREFIX = "benchkit-lab-"
_PR_SET_CHILD_SUBREAPER = 36
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_COMMAND = f"from {__name__} import main; main()"
_LOOK_AGAIN_S = 0.01
_END_S = 20.0


@dataclass(frozen=True, slots=True)
class SupervisedServers:
    """`have_ended`: whether they were ended before their owner asked for it."""

    ports: LabPorts
    have_ended: Callable[[], bool]


@contextmanager
def supervised_servers(order: LabOrder) -> Iterator[SupervisedServers]:
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
        ports = _read_ports(process)
        if not isinstance(ports, LabPorts):
            raise ServerNotStarted(ports)
        yield SupervisedServers(ports, lambda: process.poll() is not None)
    finally:
        with suppress(BrokenPipeError):
            process.stdin.close()
        process.wait()
        # The second process holds the other end too: where the first was killed, it still ends the servers.
        select.select([process.stdout], [], [], _END_S)
        process.stdout.close()


def _read_ports(process: subprocess.Popen[bytes]) -> LabPorts | str:
    assert process.stdout is not None
    try:
        ports: LabPorts | str = pickle.load(process.stdout)
    except EOFError:
        return "the process that starts the servers died"
    return ports


def main() -> None:
    try:
        order: LabOrder = pickle.load(sys.stdin.buffer)
    except (EOFError, pickle.UnpicklingError):  # the owner died first
        return
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    first = os.pidfd_open(os.getpid())
    _own(folder, 0, lambda: _own(folder, first, lambda: _start_and_wait(order, folder)))


def _own(folder: Path, owner: int, start: Callable[[], None]) -> None:
    """Runs `start` in a child, and ends it with all that it started: when it ends, or `owner` (a descriptor) can be read."""
    for number in _SIGNALS:  # its end is its owner's
        signal.signal(number, signal.SIG_IGN)
    _become_subreaper()
    child = os.fork()
    if child == 0:
        try:
            start()
        finally:
            os._exit(0)  # never back into what the parent does next
    select.select([owner, os.pidfd_open(child)], [], [])
    _kill_children()
    shutil.rmtree(folder, ignore_errors=True)


def _start_and_wait(order: LabOrder, folder: Path) -> None:
    """Reports the ports, or the error, and waits until it is killed."""
    for number in _SIGNALS:  # servers inherit what is ignored
        signal.signal(number, signal.SIG_DFL)
    try:
        ports = _ports(order, folder, stack := ExitStack())
        with suppress(BrokenPipeError), os.fdopen(os.dup(1), "wb") as output:  # the owner may be dead
            pickle.dump(ports, output)
        while stack:
            signal.pause()
    except Exception:
        traceback.print_exc()


def _ports(order: LabOrder, folder: Path, stack: ExitStack) -> LabPorts | str:
    try:
        return start_servers(stack, folder, order)
    except OSError as error:
        return str(error)


def _kill_children() -> None:
    """Until the kernel reports no child (ECHILD): then no process of the lab remains."""
    with suppress(ChildProcessError):
        while True:
            for pid in _children():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
            time.sleep(_LOOK_AGAIN_S)


def _children() -> Iterator[int]:
    """The direct children only: their children become ours when they die."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended
            _state, parent, *_ = path.read_text("utf-8", "replace").rpartition(")")[2].split()
            if int(parent) == os.getpid():
                yield int(path.parent.name)


def _become_subreaper() -> None:
    """Linux only, as the lab is (prctl(2))."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
