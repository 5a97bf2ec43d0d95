"""The limits of a batch. A larger one is refused with one line, because a batch stays in memory during the whole run.

docs/scenario.md states them. A template is a program of the user's, so its time and memory are bounded too.
"""

from __future__ import annotations

import resource
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from benchkit.errors import InputError
from benchkit.model.plain_number import significant

MAX_MESSAGES = 100_000  # distinct ones
MAX_BATCH_BYTES = 256_000_000  # of MIME, all distinct messages together
MAX_FILE_BYTES = 50_000_000  # of one attachment or one line of a CSV file
MAX_TEMPLATE_BYTES = 1_000_000
MAX_RENDERED_CHARS = 10_000_000  # of one template for one message
MAX_RENDER_S = 5.0  # processor time for one message
MAX_RENDER_ALL_S = 300.0  # for all messages
MAX_RENDER_BYTES = 1_000_000_000  # of memory, for all messages

OUTSIDE = "outside the scenario's folder: set allow_files_outside = true at the top of the scenario if it may be used"
_AGAIN_S = 0.1  # the signal comes again where code has swallowed the exception


class RenderTimeout(Exception):
    """A template computed for too long."""


class OutputTooLong(Exception):
    """A template gave too much."""


class LimitError(InputError):
    """A bound of this file is reached: there is no use in going on with the next message."""


TOO_MUCH: Mapping[type[Exception], str] = {
    RenderTimeout: f"it runs for more than {significant(MAX_RENDER_S)} s for one message",
    MemoryError: f"it takes more than {significant(MAX_RENDER_BYTES / 1e9)} GB of memory",
    OutputTooLong: f"it produces more than {MAX_RENDERED_CHARS:,} characters",
}


@contextmanager
def bounded_memory() -> Iterator[None]:
    """What allocates more than MAX_RENDER_BYTES gets a MemoryError; without a bound where the system tells no size."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    bound = _address_space() + MAX_RENDER_BYTES if _address_space() else soft
    if soft != resource.RLIM_INFINITY:
        bound = min(bound, soft)
    resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@contextmanager
def bounded_time() -> Iterator[None]:
    """RenderTimeout after MAX_RENDER_S of processor time. Only a main thread gets signals; elsewhere time has no bound."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _raise_timeout)
    signal.setitimer(signal.ITIMER_VIRTUAL, MAX_RENDER_S, _AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _raise_timeout(number: int, frame: FrameType | None) -> None:
    raise RenderTimeout


def _address_space() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()
