"""A temporary folder that is removed however its owner ends: a separate process makes it, waits, and removes it.

This works after `kill -9` too. A process that still has a file open in the folder keeps its deleted file until it closes it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchkit.errors import BenchkitError


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """The separate process waits at a pipe, in its own session, where Ctrl-C does not reach it.

    Raises BenchkitError if it cannot make a folder.
    """
    command = (sys.executable, "-m", "benchkit.experiment.parent.temp_folder")
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, start_new_session=True) as holder:
        assert holder.stdout is not None
        folder = os.fsdecode(holder.stdout.readline().removesuffix(b"\n"))
        if not folder:
            raise BenchkitError("no temporary folder can be made")
        try:
            yield Path(folder)
        finally:
            holder.communicate()


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="benchkit-", ignore_cleanup_errors=True) as folder:
        os.write(1, os.fsencode(folder) + b"\n")
        os.read(0, 1)


if __name__ == "__main__":
    main()
