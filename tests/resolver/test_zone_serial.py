"""The next serial of a zone: always a later one (RFC 1982 §3.2), and a date where it was a date."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.resolver.zone_serial import MODULUS, next_serial

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("serial", "following"),
    [
        pytest.param(1, 2, id="a counter"),
        pytest.param(0, 1, id="zero"),
        pytest.param(2026112701, 2026112800, id="yesterday"),
        pytest.param(1999123199, 2026112800, id="long ago"),
        pytest.param(2026112800, 2026112801, id="today"),
        pytest.param(2026112899, 2026112900, id="the hundredth change of today"),
        pytest.param(2026113099, 2026120100, id="no day follows in its month"),
        pytest.param(2027010105, 2027010106, id="ahead of today"),
        pytest.param(2028022899, 2028022900, id="a leap year"),
        pytest.param(2026113200, 2026113201, id="no such day: a counter"),
        pytest.param(202611281, 202611282, id="nine digits: a counter"),
        pytest.param(1764288000, 1764288001, id="seconds since 1970: a counter"),
        pytest.param(4000010101, 4000010102, id="no year of the DNS: a counter"),
        pytest.param(MODULUS - 1, 0, id="the largest"),
        pytest.param(2**31 - 1, 2**31, id="half way"),
    ],
)
def test_the_next(serial: int, following: int) -> None:
    assert next_serial(serial, TODAY) == following


@given(st.integers(0, MODULUS - 1) | st.integers(1987010100, 2099123199), st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_secondary_servers_always_see_a_later_one(serial: int, today: date) -> None:
    ahead = (next_serial(serial, today) - serial) % MODULUS
    assert 0 < ahead < MODULUS // 2


@given(st.dates(date(1987, 1, 1), date(2099, 12, 30)), st.integers(0, 99), st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_a_date_stays_a_date(day: date, change: int, today: date) -> None:
    following = next_serial(int(f"{day:%Y%m%d}{change:02d}"), today)
    assert datetime.strptime(f"{following // 100}", "%Y%m%d").date() >= max(day, today)  # noqa: DTZ007 (a day)
