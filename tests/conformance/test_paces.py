"""Every pace in the registry passes the suite of benchkit.testing."""

from __future__ import annotations

from typing import ClassVar

from benchkit.experiment.paces import PACES
from benchkit.testing.pace_suite import PaceCase, PaceSuite


class TestPaces(PaceSuite):
    cases: ClassVar = [PaceCase(PACES[name]) for name in PACES.names()]


def test_each_has_the_name_of_its_file() -> None:
    assert [PACES[name].name for name in PACES.names()] == list(PACES.names())
