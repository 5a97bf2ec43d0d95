"""How many sends were started, in a file that survives a kill of its process: a mapped page belongs to the kernel, not to it.

A send that was started and has no record is in doubt: its server may have taken it. Numbers by condition, by arm, and by
warm-up or measured, as signed 64-bit integers in this machine's order.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Sequence
from pathlib import Path
from struct import Struct, iter_unpack

from benchkit.errors import StoreError

_NUMBER = Struct("q")


class StartedCounter:
    """One worker's; a later segment of the run goes on counting in the same file. Raises StoreError where it cannot be made."""

    def __init__(self, folder: Path, worker: int, arms: int, conditions: int) -> None:
        path = folder / f"started-{worker}.bin"
        self._arms = arms
        size = place_of(arms, conditions, 0, warmup=True) * _NUMBER.size
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                os.posix_fallocate(
                    descriptor, 0, size
                )  # a page without room on the disk would end the process by SIGBUS
                self._map = mmap.mmap(descriptor, size)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise StoreError(f"{path}: {error.strerror}") from error

    def add(self, condition: int, arm: int, count: int, *, warmup: bool) -> None:
        offset = place_of(self._arms, condition, arm, warmup=warmup) * _NUMBER.size
        _NUMBER.pack_into(self._map, offset, _NUMBER.unpack_from(self._map, offset)[0] + count)

    def close(self) -> None:
        self._map.close()


def place_of(arms: int, condition: int, arm: int, *, warmup: bool) -> int:
    return (condition * arms + arm) * 2 + (not warmup)


def read_started(folder: Path) -> tuple[int, ...]:
    """The sum over the workers; empty where no worker has begun to count."""
    counts = [_numbers(path) for path in sorted(folder.glob("started-*.bin"))]
    return tuple(sum(numbers) for numbers in zip(*counts, strict=False))


def remove_started(folder: Path) -> None:
    for path in folder.glob("started-*.bin"):
        path.unlink()


def _numbers(path: Path) -> Sequence[int]:
    data = path.read_bytes()
    return [number for (number,) in iter_unpack("q", data[: len(data) // _NUMBER.size * _NUMBER.size])]
