"""The CPU cores of this process: it is bound to those of its job, and the cores it ran on are recorded."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Collection
from contextlib import suppress

_LIBC = ctypes.CDLL(None)


def bind_to(cores: Collection[int]) -> None:
    """Binds this process and all its later threads. If the machine refuses, it stays unbound."""
    if cores:
        with suppress(OSError):
            os.sched_setaffinity(0, cores)


class CoresUsed:
    """Call `note_core` from time to time; a call costs less than a microsecond."""

    def __init__(self) -> None:
        self._cores: set[int] = set()
        self.note_core()

    def note_core(self) -> None:
        core = _LIBC.sched_getcpu()
        if core >= 0:
            self._cores.add(core)

    def as_news(self, name: str, bound_to: Collection[int]) -> dict[str, object]:
        """For the record of the start: "bound" only if the kernel confirms it."""
        self.note_core()
        pinned = sorted(bound_to) if bound_to and os.sched_getaffinity(0) == set(bound_to) else []
        return {"name": name, "pinned": pinned, "ran_on": sorted(self._cores)}
