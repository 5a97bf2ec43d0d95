"""Every figure in the registry passes the suite of benchkit.testing, and is saved in each format."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from benchkit.plots import PLOTS
from benchkit.plots.rendering import save
from benchkit.testing.figure_suite import FigureCase, FigureSuite
from benchkit.testing.synthetic_run import synthesise

OF_ACCEPTED = {"phases"}  # the mean time that an accepted message spent in each phase
OF_FAILURES: set[str] = set()
OF_RATES = {"throughput", "throughput_over_time"}


class TestPlots(FigureSuite):
    cases: ClassVar = [
        FigureCase(
            PLOTS[name], of_accepted=name in OF_ACCEPTED, of_failures=name in OF_FAILURES, of_rates=name in OF_RATES
        )
        for name in PLOTS.names()
    ]


@pytest.mark.parametrize("name", PLOTS.names())
def test_is_registered_under_its_own_name(name: str) -> None:
    assert PLOTS[name].name == name


@pytest.mark.parametrize("name", PLOTS.names())
def test_is_saved_in_the_format_of_its_suffix(name: str, tmp_path: Path) -> None:
    run = synthesise(blocks=8)
    for suffix, magic in ((".svg", b"<?xml"), (".png", b"\x89PNG"), (".pdf", b"%PDF")):
        path = tmp_path / f"{name}{suffix}"
        save(run, name, path)
        assert path.read_bytes().startswith(magic)
