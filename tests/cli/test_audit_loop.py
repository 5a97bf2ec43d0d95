"""The loop of the audits gives what they give, raises what they raise, and never writes out a fleet's reports for no one."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from benchkit.cli.audit_loop import run_audits
from benchkit.errors import InputError, Mistake


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """As it was before: what suits a short-lived program does not suit the tests."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


class Reports:
    written = 0

    def __repr__(self) -> str:
        Reports.written += 1
        return "reports"


def test_what_the_audits_give_is_handed_over_and_not_written_out() -> None:
    given = Reports()

    async def audits() -> Reports:
        return given

    assert run_audits(audits()) is given
    assert Reports.written == 0


def test_what_the_audits_raise_is_raised() -> None:
    async def audits() -> None:
        raise InputError(Mistake("other.example", "is not in shop.zone"))

    with pytest.raises(InputError, match="is not in"):
        run_audits(audits())
