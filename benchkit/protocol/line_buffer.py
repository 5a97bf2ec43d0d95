"""What a server has read but not yet processed, split into command lines and contents.

Decided here (RFC 5321 §2.3.8): a command line ends with CRLF, and a bare LF is refused with 500, so that a hand-typed session
gets a hint; only CRLF.CRLF ends content. Neither a line nor a content that is too long is kept in memory.
"""

from __future__ import annotations

from benchkit.protocol.commands import CRLF, TERMINATOR, Refusal, dot_unstuffed

MAX_LINE = 12_288  # RFC 4954 §4: an AUTH line may be as long


class LineBuffer:
    """`max_size` is of content as it is on the wire, doubled dots included."""

    __slots__ = ("_bytes", "_max_size", "_overflow", "_scanned")

    def __init__(self, max_size: int) -> None:
        self._max_size = max_size
        self._bytes = bytearray()
        self._scanned = 0  # where the search for the end of content goes on
        self._overflow = False  # inside a line or a content whose beginning has been thrown away

    def feed(self, data: bytes) -> None:
        self._bytes += data

    def clear(self) -> None:
        self._bytes.clear()

    def peek_line(self) -> bytes | None:
        """The next line without removing it: None if it is incomplete, b"" if it is too long."""
        end = self._bytes.find(b"\n")
        if end < 0:
            return None
        return b"" if self._overflow or end >= MAX_LINE else bytes(self._bytes[:end]).rstrip(b"\r")

    def take_line(self) -> bytes | None:
        """Removes the next line, without its CRLF. Raises Refusal 500 if it is too long or has a wrong line end."""
        pending = self._bytes
        end = pending.find(b"\n")
        if end < 0:
            if len(pending) > MAX_LINE:
                pending.clear()
                self._overflow = True
            return None
        too_long, self._overflow = self._overflow or end >= MAX_LINE, False
        line = bytes(pending[: end + 1])
        del pending[: end + 1]
        if too_long:
            raise Refusal("500 5.5.6 Line too long")
        if not line.endswith(CRLF):
            raise Refusal("500 5.5.2 A line ends with CRLF")
        return line[:-2]

    def has(self, size: int) -> bool:
        return len(self._bytes) >= size

    def take_exactly(self, size: int) -> bytes | None:
        """Removes exactly this many octets (RFC 3030 §2); None while there are fewer."""
        if not self.has(size):
            return None
        taken = bytes(self._bytes[:size])
        del self._bytes[:size]
        return taken

    def begin_content(self) -> None:
        """DATA was accepted; its CRLF is put back, so that the first content line begins like every other."""
        self._bytes[:0] = CRLF
        self._scanned = 0

    def has_content(self) -> bool:
        return self._bytes.find(TERMINATOR, self._scanned) >= 0

    def take_content(self) -> bytes | None:
        """Removes the whole content, dots undoubled; None while incomplete. Raises Refusal 552 if it is too long."""
        pending = self._bytes
        end = pending.find(TERMINATOR, self._scanned)
        if end < 0:
            self._wait_for_more()
            return None
        too_long, self._overflow = self._overflow or end > self._max_size, False
        content = b"" if too_long else dot_unstuffed(pending[: end + 2])
        del pending[: end + len(TERMINATOR)]
        if too_long:
            raise Refusal("552 5.3.4 Message too big")
        return content

    def _wait_for_more(self) -> None:
        """Remembers what was searched; the first four bytes of the terminator may already be there."""
        if len(self._bytes) > self._max_size + 4:
            self._overflow = True
            del self._bytes[:-4]
        self._scanned = max(0, len(self._bytes) - 4)
