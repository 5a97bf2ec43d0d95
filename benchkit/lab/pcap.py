"""A capture file as tcpdump and Wireshark read it: the classic pcap format with nanoseconds, raw IP packets.

https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html: magic 0xa1b23c4d, version 2.4, LINKTYPE_RAW (101).
"""

from __future__ import annotations

import struct
import time
from pathlib import Path
from typing import BinaryIO

_FILE_HEADER = struct.Struct("=IHHiIII")
_RECORD_HEADER = struct.Struct("=IIII")
_NANOSECOND_MAGIC = 0xA1B23C4D
_LINKTYPE_RAW = 101
_SNAPSHOT_LENGTH = 65535


class PcapWriter:
    """Appends packets; stamps are of the monotonic clock, and are shifted once to the wall clock that readers expect."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("wb")
        self._shift_ns = time.time_ns() - time.perf_counter_ns()
        self._file.write(_FILE_HEADER.pack(_NANOSECOND_MAGIC, 2, 4, 0, 0, _SNAPSHOT_LENGTH, _LINKTYPE_RAW))

    def write(self, packet: bytes, now_ns: int) -> None:
        seconds, nanoseconds = divmod(now_ns + self._shift_ns, 1_000_000_000)
        self._file.write(_RECORD_HEADER.pack(seconds, nanoseconds, len(packet), len(packet)) + packet)

    def close(self) -> None:
        self._file.close()
