"""The physics as tables, and as simulations whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from benchkit.stats.theory import break_even_rtt, connection_bytes, fit, message_bytes, slow_start_flights

RTTS = np.repeat([1.0, 10.0, 40.0], 15)


@pytest.mark.parametrize(
    ("size", "flights"),
    [
        (1, 0), (14_480, 0), (14_481, 1), (25_000, 1), (43_440, 1), (43_441, 2), (60_000, 2),
        (101_360, 2), (101_361, 3), (200_000, 3), (217_000, 3), (1_000_000, 6),
    ],
)  # fmt: skip
def test_flights_of_slow_start(size: int, flights: int) -> None:
    assert slow_start_flights(size) == flights


@pytest.mark.parametrize(
    ("payload", "turns", "tls", "expected"),
    [(1448, 0, False, 1500), (1449, 0, False, 1553), (100, 4, False, 360), (100, 1, True, 226), (1440, 0, True, 1492)],
)
def test_bytes_of_a_message_on_the_wire(payload: int, turns: int, tls: bool, expected: int) -> None:
    assert message_bytes(payload, turns, tls=tls) == expected


def test_bytes_of_a_connection_on_the_wire() -> None:
    """SYN with its options, ACK, FIN, ACK; TLS adds a hello, and the client's Finished in a packet of its own."""
    assert connection_bytes(2, tls=False) == 60 + 52 + 52 + 52
    assert connection_bytes(2, tls=True) - connection_bytes(2, tls=False) == 517 + 52 + 80


def test_a_line_without_noise_is_found_exactly() -> None:
    found = fit(RTTS, 3.0 + 11 * RTTS, 0.95)
    assert found is not None
    assert found.slope.value == pytest.approx(11)
    assert found.intercept.value == pytest.approx(3)


@pytest.mark.parametrize("rtts", [[], [10.0] * 5, [1.0, 10.0]])
def test_without_two_rtts_and_three_points_there_is_no_line(rtts: list[float]) -> None:
    assert fit(rtts, rtts, 0.95) is None
    assert break_even_rtt(rtts, rtts, 0.95).found == "not identified"


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    draw, covered = np.random.default_rng(1), 0
    for _ in range(400):
        found = fit(RTTS, 3.0 + 11 * RTTS + draw.normal(0, 2, len(RTTS)), 0.90)
        assert found is not None
        assert found.slope.low is not None
        assert found.slope.high is not None
        covered += found.slope.low <= 11 <= found.slope.high
    assert 0.85 < covered / 400 < 0.95


def test_the_break_even_rtt_is_covered_as_often_as_it_says() -> None:
    """SMTP has the quicker server and three turns more: they meet at 2 ms."""
    draw, covered = np.random.default_rng(2), 0
    for _ in range(400):
        found = break_even_rtt(RTTS, -6.0 + 3 * RTTS + draw.normal(0, 2, len(RTTS)), 0.90)
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= 2.0 <= found.high
    assert 0.85 < covered / 400 < 0.95


@pytest.mark.parametrize(
    ("intercept", "slope", "noise", "found"),
    [
        pytest.param(5.0, 3.0, 0.1, "never", id="slower, and the more so the longer the way"),
        pytest.param(-5.0, -3.0, 0.1, "never", id="faster, and the more so"),
        pytest.param(0.1, 3.0, 5.0, "not identified", id="perhaps level just above zero"),
        pytest.param(5.0, 0.0, 0.1, "not identified", id="parallel"),
        pytest.param(-5.0, 0.001, 5.0, "not identified", id="drowned in noise"),
    ],
)
def test_where_no_break_even_is_found(intercept: float, slope: float, noise: float, found: str) -> None:
    draw = np.random.default_rng(3)
    assert break_even_rtt(RTTS, intercept + slope * RTTS + draw.normal(0, noise, len(RTTS)), 0.95).found == found


def test_never_is_said_of_arms_that_do_meet_hardly_ever() -> None:
    draw = np.random.default_rng(4)
    said = [break_even_rtt(RTTS, -0.3 + 3 * RTTS + draw.normal(0, 2, len(RTTS)), 0.90).found for _ in range(400)]
    assert said.count("never") / 400 < 0.05
