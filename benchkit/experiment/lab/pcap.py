"""A capture file as tcpdump and Wireshark read it: the classic pcap format with nanoseconds, raw IP packets.

https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html: magic 0xa1b23c4d, version 2.4, LINKTYPE_RAW (101).
Every record is written at once and whole: a killed process leaves a file that can be read, and a full disk ends the capture
and not the run.
"""

from __future__ import annotations

import struct
import time
from contextlib import suppress
from pathlib import Path

_FILE_HEADER = struct.Struct("=IHHiIII")
_RECORD_HEADER = struct.Struct("=IIII")
_NANOSECOND_MAGIC = 0xA1B23C4D
_LINKTYPE_RAW = 101
_SNAPSHOT_LENGTH = 65535


class PcapWriter:
    """Appends packets; stamps are of the monotonic clock, and are shifted once to the wall clock that readers expect."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self._size = 0
        self._shift_ns = time.time_ns() - time.perf_counter_ns()
        self._going_on = self._append(_FILE_HEADER.pack(_NANOSECOND_MAGIC, 2, 4, 0, 0, _SNAPSHOT_LENGTH, _LINKTYPE_RAW))
        self.captured = 0

    def write(self, packet: bytes, now_ns: int) -> None:
        if not self._going_on:
            return
        seconds, nanoseconds = divmod(now_ns + self._shift_ns, 1_000_000_000)
        self._going_on = self._append(_RECORD_HEADER.pack(seconds, nanoseconds, len(packet), len(packet)) + packet)
        self.captured += self._going_on

    def close(self) -> None:
        self._file.close()

    def _append(self, record: bytes) -> bool:
        """Whether there was room for the whole record; a partial one is removed."""
        with suppress(OSError):
            if self._file.write(record) == len(record):
                self._size += len(record)
                return True
        with suppress(OSError):
            self._file.truncate(self._size)
        return False
