"""The time left: right from the start where the plan has an estimate, and the run's own speed once there is one."""

from __future__ import annotations

import pytest

from benchkit.cli.progress import time_left_s


@pytest.mark.parametrize(
    ("elapsed_s", "share", "expected_s", "left_s"),
    [
        (0.0, 0.0, 100.0, 100.0),
        (1.0, 0.0, 100.0, 99.0),
        (10.0, 0.1, 100.0, 90.0),
        (20.0, 0.1, 100.0, 120.0),  # twice as slow as expected, which counts for two fifths so far
        (50.0, 0.25, 100.0, 150.0),
        (200.0, 1.0, 100.0, 0.0),
        (150.0, 0.0, 100.0, 0.0),
        (1.0, 0.0, None, None),
        (1.0, 0.01, None, None),
        (10.0, 0.1, None, 90.0),
    ],
)
def test_time_left(elapsed_s: float, share: float, expected_s: float | None, left_s: float | None) -> None:
    assert time_left_s(elapsed_s, share, expected_s) == pytest.approx(left_s)
