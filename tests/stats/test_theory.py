"""The physics as tables."""

from __future__ import annotations

import pytest

from benchkit.stats.theory import connection_bytes, message_bytes, slow_start_flights


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
