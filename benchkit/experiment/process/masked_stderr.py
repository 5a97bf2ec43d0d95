"""What libraries print and log in a child process goes into the run's folder: without the secrets that the child knows."""

from __future__ import annotations

import io
from typing import TextIO

from benchkit.model.secret_mask import SecretMask


class MaskedStderr(io.TextIOBase):
    """Line by line, so that no secret is cut between two writes."""

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
        """What has no line end yet is written too: nothing may be lost at the end of the process."""
        self._stream.write(self._mask.hide(self._line))
        self._line = ""
        self._stream.flush()
