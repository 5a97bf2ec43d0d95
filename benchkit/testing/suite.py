"""What all suites have in common: pytest runs each test of a suite once for each of its cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings

# A shared machine is late at times, and a suite's tests run on many implementations in one process.
EXAMPLES = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.differing_executors])


class Suite:
    """A subclass sets `cases`; a test that takes `case` runs for each of them, under the case's `label`."""

    cases: ClassVar[Sequence[Any]] = ()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "case" in metafunc.fixturenames:
            metafunc.parametrize("case", self.cases, ids=[case.label for case in self.cases])
