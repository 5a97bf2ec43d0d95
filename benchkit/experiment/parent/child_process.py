"""The parent's side of a child process: start it, read its messages, ask it to stop, and make sure that it has ended."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path
from signal import Signals
from typing import Any

from benchkit.errors import BenchkitError
from benchkit.experiment.lab.lab import Network
from benchkit.experiment.process.parent_pipe import frame

_END_GRACE_S = 10.0


class ChildBroken(BenchkitError):
    """A child reported an error, or died without a message."""


class Child:
    """One child process, in its own session, so that Ctrl-C reaches only the parent."""

    def __init__(self, module: str, process: asyncio.subprocess.Process) -> None:
        self._module = module
        self._process = process
        self._killed = False
        self._has_job = False

    @classmethod
    async def start(cls, module: str, log: Path, network: Network | None = None) -> Child:
        """Runs a module, in a lab's network if given; its accidental output goes to `log`. It then waits for its job."""
        command = network.command(module) if network else (sys.executable, "-m", module)
        with log.open("ab") as stderr:
            process = await asyncio.create_subprocess_exec(
                *command, pass_fds=network.descriptors if network else (),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=stderr, start_new_session=True,
            )  # fmt: skip
        return cls(module, process)

    async def give(self, job: object) -> None:
        self._has_job = True
        await self._write(frame(job))

    async def receive(self) -> dict[str, Any]:
        """The next message. Raises ChildBroken if the child reports an error, or ends before it reported that it is done."""
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            code = await self._process.wait()
            how = "was killed because it did not react" if self._killed else f"ended {_how(code)}"
            raise ChildBroken(f"{_name(self._module)} {how}")
        news: dict[str, Any] = json.loads(line)
        if "broken" in news:
            raise ChildBroken(news["broken"])
        return news

    async def go(self, moment_ns: int) -> None:
        """Tells a ready worker when the cell begins."""
        await self._write(b"go %d\n" % moment_ns)

    async def ask_to_stop(self) -> None:
        """First call: stop after the current sends. Second call: stop at once."""
        await self._write(b"stop\n")

    def kill(self) -> None:
        """For a child that no longer reacts; `receive` then reports it."""
        self._killed = True
        with suppress(ProcessLookupError):
            self._process.kill()

    async def end(self) -> None:
        """Tells the child to stop, closes the pipe and waits; a child that does not end is killed.

        The command comes first: a pipe that closes without one means that the parent died, and a sink then waits for its
        worker.
        """
        if self._has_job:
            await self.ask_to_stop()
        else:
            self.kill()
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), _END_GRACE_S)
        except TimeoutError:
            self.kill()
            await self._process.wait()

    async def _write(self, data: bytes) -> None:
        assert self._process.stdin is not None
        with suppress(ConnectionError):  # it is dead: `receive` will say so
            self._process.stdin.write(data)
            await self._process.stdin.drain()


_NAMES = {"worker_process": "a load worker", "sink_process": "the embedded server's process"}


def _name(module: str) -> str:
    """In the words of the documentation."""
    return _NAMES.get(last := module.rpartition(".")[2], last)


def _how(code: int) -> str:
    return f"by {_signal(-code)}" if code < 0 else f"with exit code {code}"


def _signal(number: int) -> str:
    """`signal 9, SIGKILL`; real-time signals have no name."""
    return f"signal {number}, {Signals(number).name}" if number in set(Signals) else f"signal {number}"
