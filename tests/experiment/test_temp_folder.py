"""A temporary folder is removed when its owner ends, in whatever way; the remover holds standard error open until then."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

OWNER = """\
import os, signal, sys
from benchkit.experiment.parent.temp_folder import temporary_folder
with temporary_folder() as folder:
    (folder / "run").mkdir()
    (folder / "run" / "messages.arrow").write_bytes(b"x")
    print(folder, len(list(folder.rglob("*"))), flush=True)
    {end}
"""


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("pass", 0),
        ("sys.exit(3)", 3),
        ("os.kill(os.getpid(), signal.SIGKILL)", -9),
        ("os.killpg(os.getpgid(0), signal.SIGINT)", -2),
    ],
)
def test_the_folder_goes_with_its_owner(end: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    command = [sys.executable, "-c", OWNER.format(end=end)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, start_new_session=True)
    folder, entries = done.stdout.split()
    assert (done.returncode, Path(folder).parent, entries) == (code, tmp_path, "2"), done.stderr
    assert list(tmp_path.iterdir()) == []
