"""What Python code does to the machine while it is watched: files that it writes, and calls that wait. Judges nothing.

An audit hook (PEP 578) sees every way into the interpreter's calls; it cannot be removed, so there is one, which is off.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from unittest.mock import patch

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = ("os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.link", "os.symlink", "os.truncate", "shutil.move")
_WAITS = ("subprocess.Popen", "os.system")
_watching: dict[int, list[str]] = {}  # thread → what it did


@contextmanager
def watched() -> Iterator[list[str]]:
    """The files that this thread writes or changes, and its calls that block, in words."""
    _install()
    seen: list[str] = []
    thread = threading.get_ident()
    sleep = time.sleep  # raises an audit event from Python 3.13 on only

    def noted(seconds: float) -> None:
        if threading.get_ident() == thread:
            seen.append("blocks the event loop: time.sleep")
        sleep(seconds)

    _watching[thread] = seen
    try:
        with patch.object(time, "sleep", noted):
            yield seen
    finally:
        del _watching[thread]


@cache
def _install() -> None:
    sys.addaudithook(_note)


def _note(event: str, arguments: tuple[object, ...]) -> None:
    seen = _watching.get(threading.get_ident()) if _watching else None
    if seen is None:
        return
    if event == "open" and len(arguments) > 2 and isinstance(arguments[2], int) and arguments[2] & _WRITES:
        if not str(arguments[0]).endswith(".pyc") and ".pyc." not in str(arguments[0]):  # an import's own cache
            seen.append(f"writes {arguments[0]!r}")
    elif event in _CHANGES and ".pyc" not in str(arguments):
        seen.append(f"{event} {arguments[0]!r}")
    elif event in _WAITS:
        seen.append(f"blocks the event loop: {event}")
