"""The common part of all suites: pytest runs each test of a suite once for each of its cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings

# A shared machine is late at times, and a suite's tests run on many implementations in one process.
_NO_FAULTS = [HealthCheck.differing_executors, HealthCheck.filter_too_much]
EXAMPLES = settings(deadline=None, max_examples=30, suppress_health_check=_NO_FAULTS)
_APPLIES = "applies_to"
Test = TypeVar("Test", bound=Callable[..., None])


class Suite:
    """A subclass sets `cases`; a test that takes `case` runs for each of them that it applies to, under the case's `label`."""

    cases: ClassVar[Sequence[Any]] = ()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "case" in metafunc.fixturenames:
            applies = getattr(metafunc.function, _APPLIES, lambda _case: True)
            cases = [case for case in self.cases if applies(case)]
            metafunc.parametrize("case", cases, ids=[case.label for case in cases])


def only(applies: Callable[[Any], bool]) -> Callable[[Test], Test]:
    """A test that runs only for the cases of which `applies` holds."""

    def mark(test: Test) -> Test:
        setattr(test, _APPLIES, applies)
        return test

    return mark
