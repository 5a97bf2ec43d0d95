"""The program in the process of the tests."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from benchkit.cli.main import main
from benchkit.experiment.parent.stopping import signals_given_back


class Done(NamedTuple):
    code: int
    out: str
    err: str


Verb = Callable[..., Done]


@pytest.fixture
def verb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Verb:
    """The program in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["benchkit", *arguments])
        with pytest.raises(SystemExit) as ended, signals_given_back():
            main()
        return Done(int(ended.value.code or 0), *capsys.readouterr())

    return call
