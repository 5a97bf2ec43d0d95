"""A temporary folder that goes when its owner goes, however that ends: a process of its own waits for the end and removes it.

Also after `kill -9`, which no owner can clean up behind. What still has a file open in there writes on into nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def vanishing_folder() -> Iterator[Path]:
    """Its remover waits at a pipe that nobody writes to, in a session of its own, where no Ctrl-C reaches it."""
    folder = tempfile.mkdtemp(prefix="benchkit-")
    command = (sys.executable, "-m", "benchkit.experiment.vanishing", folder)
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as remover:
        try:
            yield Path(folder)
        finally:
            remover.communicate()


def main() -> None:
    os.read(0, 1)
    shutil.rmtree(sys.argv[1], ignore_errors=True)


if __name__ == "__main__":
    main()
