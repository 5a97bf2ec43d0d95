"""Runs hold mail: folders 0700 and files 0600, whatever the umask."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchkit.store import create_folder, private_files, write_text


@pytest.fixture(params=[0o000, 0o022, 0o177], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_run_is_private_whatever_the_umask(umask: int, tmp_path: Path) -> None:
    folder = create_folder(tmp_path, "s", "00000000")
    write_text(folder / "run.json", "{}")
    assert [mode(path) for path in (folder, *folder.iterdir())] == [0o700, 0o600, 0o600]


def test_an_older_file_becomes_private(tmp_path: Path) -> None:
    (tmp_path / "summary.json").write_text("old")
    (tmp_path / "summary.json").chmod(0o644)
    write_text(tmp_path / "summary.json", "new")
    assert mode(tmp_path / "summary.json") == 0o600


def test_what_children_make_is_private_too(umask: int, tmp_path: Path) -> None:
    with private_files():
        (tmp_path / "own").write_text("")
        subprocess.run(["touch", str(tmp_path / "childs")], check=True)
    assert [mode(tmp_path / name) for name in ("own", "childs")] == [0o600, 0o600]
    assert os.umask(umask) == umask, "the umask is the user's again"
