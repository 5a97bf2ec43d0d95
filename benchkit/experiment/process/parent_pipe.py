"""The child's side of the pipe to its parent: a pickled job and then commands come in, JSON lines go out.

If the parent dies, its end of the pipe closes, and the child ends too. A child ignores the signals of the
terminal: the parent handles them. What libraries print and log goes into the run's folder, without the secrets that the child
knows.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import pickle
import signal
import struct
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TextIO

import uvloop

from benchkit.errors import StoreError
from benchkit.model.secret import NO_SECRETS, SecretMask

_OWN_WORDS = ("ca_pem",)  # nothing that a server could have said, and long
_LENGTH = struct.Struct("!Q")


class ParentLine:
    """Taken once, at the start of a child process."""

    def __init__(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._reader: asyncio.StreamReader | None = None
        # What a library prints must not get between these lines: its stdout becomes stderr.
        self._output = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        self.mask = NO_SECRETS  # hides what the job has revealed

    def receive(self) -> Any:
        """The job. Read unbuffered, so that the next command stays for `next_command`."""
        (size,) = _LENGTH.unpack(_read_exactly(_LENGTH.size))
        job = pickle.loads(_read_exactly(size))
        self.mask = job.mask
        sys.stderr = MaskedStderr(sys.stderr, self.mask)
        return job

    def tell(self, **news: Any) -> None:
        """Sends one message to the parent, without secrets. If the parent has ended, it is dropped without an error."""
        with suppress(OSError):
            print(json.dumps(self._masked(news)), file=self._output, flush=True)

    def _masked(self, news: Any) -> Any:
        if isinstance(news, dict):
            return {key: value if key in _OWN_WORDS else self._masked(value) for key, value in news.items()}
        return self.mask.hide(news) if isinstance(news, str) else news

    async def next_command(self) -> str:
        """Waits for the parent's next command: "stop", or "go" and a time; empty if the parent has ended."""
        if self._reader is None:
            self._reader = reader = asyncio.StreamReader()
            loop = asyncio.get_running_loop()
            await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        return (await self._reader.readline()).decode("ascii").strip()


def run_child(life: Callable[[ParentLine, Any], Coroutine[Any, Any, None]], who: str) -> None:
    """A child's `main`: takes the job, runs it, and reports the error if it did not finish."""
    line = ParentLine()
    try:
        job = line.receive()
    except EOFError:  # the parent died first
        return
    try:
        uvloop.run(life(line, job))
    except StoreError as error:
        line.tell(broken=str(error))
    except Exception as error:
        line.tell(broken=f"a bug in benchkit, in {who}: {type(error).__name__}: {error}")
        raise


def frame(job: object) -> bytes:
    """The bytes for `receive`: the job after its length."""
    pickled = pickle.dumps(job)
    return _LENGTH.pack(len(pickled)) + pickled


def _read_exactly(size: int) -> bytes:
    parts = []
    while size:
        part = os.read(0, size)
        if not part:
            raise EOFError("the parent died before it had handed over the job")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


class MaskedStderr(io.TextIOBase):
    """Hides secrets line by line, so that a secret split over two writes is found."""

    def __init__(self, stream: TextIO, mask: SecretMask) -> None:
        self._stream = stream
        self._mask = mask
        self._line = ""

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._stream.fileno()

    def write(self, text: str) -> int:
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            self._stream.write(self._mask.hide(line) + "\n")
        return len(text)

    def flush(self) -> None:
        """Also writes an unfinished line: nothing may be lost when the process ends."""
        self._stream.write(self._mask.hide(self._line))
        self._line = ""
        self._stream.flush()
