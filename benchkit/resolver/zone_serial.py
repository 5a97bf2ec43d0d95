"""The serial of a zone's SOA record: which one comes next, and where it is in the file's text.

Secondary servers fetch a zone only when its serial has risen (RFC 1035 §3.3.13), so a zone that changes needs a new one.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

MODULUS = 2**32  # RFC 1982 §3.1: a serial is 32 bits wide, and 0 comes after the largest
DATE_YEARS = range(1987, 2100)  # RFC 1035 is of 1987; ten digits with another year are a counter
CHANGES_A_DAY = 100
PARTS = re.compile(r';[^\n]*|"(?:\\.|[^"\\])*"|[()]|\s+|((?:\\.|[^\s;()"\\])+)', re.DOTALL)


def next_serial(serial: int, today: date) -> int:
    """One more; a date form (YYYYMMDDnn, RFC 1912 §2.2) becomes today's first, or stays a date where it is ahead of today."""
    day = _day(serial)
    if day is None:
        return (serial + 1) % MODULUS
    if day < today:
        return _first_of(today)
    return serial + 1 if serial % CHANGES_A_DAY < CHANGES_A_DAY - 1 else _first_of(day + timedelta(days=1))


def with_serial(record: str, old: int, new: int) -> str | None:
    """The lines of a SOA record with the new serial; comments and layout stay. None where the old one is not found."""
    words = [part for part in PARTS.finditer(record) if part[1]]
    for at, word in enumerate(words[:-3]):
        number = words[at + 3]  # after MNAME and RNAME (RFC 1035 §3.3.13)
        if word[1].upper() == "SOA" and number[1].isdecimal() and int(number[1]) == old:
            return f"{record[: number.start()]}{new}{record[number.end() :]}"
    return None


def _day(serial: int) -> date | None:
    """None where it is no date form."""
    try:
        day = datetime.strptime(f"{serial // CHANGES_A_DAY}", "%Y%m%d").date()  # noqa: DTZ007 (a day, not a moment)
    except ValueError:
        return None
    return day if day.year in DATE_YEARS and serial // CHANGES_A_DAY == int(f"{day:%Y%m%d}") else None


def _first_of(day: date) -> int:
    return int(f"{day:%Y%m%d}") * CHANGES_A_DAY
