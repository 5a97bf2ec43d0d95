"""The suites of benchkit.testing catch what a contributor can get wrong: each mutant fails the test that its row names.

The right implementation that a mutant is made of passes that same test, so that nothing but the fault is caught.
"""

from __future__ import annotations

import pytest

from tests.conformance.mutants import checks, figures, paces, providers, statistics, templates, transports
from tests.conformance.mutants.mutant import Mutant

TABLES = (providers, templates, transports, statistics, figures, checks, paces)
MUTANTS: list[Mutant] = [mutant for table in TABLES for mutant in table.mutants()]
RIGHT = {(mutant.caught_by, mutant.right.label): mutant for mutant in MUTANTS}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.label} ({mutant.caught_by})")
def test_it_is_caught(mutant: Mutant) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011 (an assertion, or what the fault itself raises)
        mutant.try_on(mutant.wrong)


@pytest.mark.parametrize("mutant", RIGHT.values(), ids=lambda mutant: f"{mutant.right.label} {mutant.caught_by}")
def test_what_it_was_made_of_passes(mutant: Mutant) -> None:
    mutant.try_on(mutant.right)


def test_there_are_enough_of_each_registry() -> None:
    assert len(MUTANTS) >= 60
    assert len({mutant.label for mutant in MUTANTS}) == len(MUTANTS)
    assert all(len(list(table.mutants())) >= 7 for table in TABLES)
