"""Several attempts at a certificate's checks: what may be measured again, and what a busy machine explains."""

from __future__ import annotations

import pytest

from benchkit.experiment.certify.attempts import Busyness, combined, needs_another
from benchkit.model.certificate import Certificate, CertificationCheck


def check(name: str, passed: bool, *, of_time: bool) -> CertificationCheck:
    return CertificationCheck(name, "smtp", passed, "", "", of_time)


@pytest.mark.parametrize(
    ("attempts", "passes", "another"),
    [
        (((True, True),), (True, True), False),
        (((True, False),), (True, False), True),
        (((False, True),), (False, True), False),  # a count that is wrong is wrong
        (((True, False), (True, True)), (True, True), False),
        (((True, False), (False, True)), (False, True), False),
        (((True, False), (True, False)), (True, False), True),
    ],
)
def test_times_may_be_measured_again_and_counts_may_not(
    attempts: tuple[tuple[bool, bool], ...], passes: tuple[bool, bool], another: bool
) -> None:
    found = combined(
        [(check("turns", count, of_time=False), check("slope", time, of_time=True)) for count, time in attempts]
    )
    assert tuple(one.passed for one in found) == passes
    assert needs_another(found) is another


@pytest.mark.parametrize(
    ("busy", "of_time", "too_busy"),
    [
        ("the load average was 5.0 on 2 cores", True, True),
        ("the load average was 5.0 on 2 cores", False, False),
        ("", True, False),
    ],
)
def test_a_busy_machine_explains_times_only(busy: str, of_time: bool, too_busy: bool) -> None:
    certificate = Certificate("", "1", "m", "TUN", 1.0, [check("a", False, of_time=of_time)], busy)
    assert certificate.too_busy is too_busy
    assert not certificate.passed


@pytest.mark.parametrize(
    ("busyness", "expected"),
    [
        (Busyness(0.0, 0.0, 1.9, 2), ""),
        (Busyness(0.2, 0.0, 1.9, 2), "had no core for 20% of the time"),
        (Busyness(0.0, 0.1, 1.9, 2), "10% of the cores' time was stolen"),
        (Busyness(0.0, 0.0, 4.0, 2), "load average was 4.0 on 2 cores"),
    ],
)
def test_what_other_work_took_is_said(busyness: Busyness, expected: str) -> None:
    assert expected in busyness.too_busy
    assert bool(expected) == bool(busyness.too_busy)
