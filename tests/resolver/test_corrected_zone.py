"""A zone file that is corrected as a whole: old lines are comments, new ones are in their place, the rest is untouched."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchkit.model.dns import Record
from benchkit.model.record_fix import RecordFix
from benchkit.resolver.corrected_zone import HEAD, corrected_zone
from benchkit.resolver.zone_file import read_zone

BEGIN = "$ORIGIN a.example.\n$TTL 60\n@ IN SOA ns1 h 1 2 3 4 5\n"
OLD, NEW = Record("TXT", '"old"'), Record("TXT", '"new"')


def corrected(tmp_path: Path, lines: str, *fixes: RecordFix) -> str:
    """What comes after the beginning, which stays."""
    path = tmp_path / "a.zone"
    path.write_text(BEGIN + lines, "utf-8")
    text, _ = corrected_zone(read_zone(path), str(path), fixes)
    assert text.startswith(f"{HEAD}\n{BEGIN}")
    return text.removeprefix(f"{HEAD}\n{BEGIN}")


CASES: dict[str, tuple[str, RecordFix, str]] = {
    "one line": (
        '@ IN TXT "old" ; why\n@ IN A 192.0.2.1\n',
        RecordFix("x", "a.example", (OLD,), (NEW,)),
        '; @ IN TXT "old" ; why\na.example. 60 IN TXT "new"\n@ IN A 192.0.2.1\n',
    ),
    "its own TTL": (
        'w 300 IN TXT "old"\n',
        RecordFix("x", "w.a.example", (OLD,), (NEW,)),
        '; w 300 IN TXT "old"\nw.a.example. 300 IN TXT "new"\n',
    ),
    "several lines": (
        'w IN TXT ( "o" ; one\n\n  "ld"\n  )\n; a comment\n\n@ IN A 192.0.2.1\n',
        RecordFix("x", "w.a.example", (Record("TXT", '"o" "ld"'),), (NEW,)),
        '; w IN TXT ( "o" ; one\n; \n;   "ld"\n;   )\nw.a.example. 60 IN TXT "new"\n; a comment\n\n@ IN A 192.0.2.1\n',
    ),
    "a name that was in the removed line": (
        'w IN TXT "old"\n  IN TXT "else"\n  IN A 192.0.2.1\n',
        RecordFix("x", "w.a.example", (OLD,)),
        '; w IN TXT "old"\nw.a.example.  IN TXT "else"\n  IN A 192.0.2.1\n',
    ),
    "two become one": (
        'w IN TXT "old"\nv IN A 192.0.2.1\nw IN TXT "older"\n',
        RecordFix("x", "w.a.example", (OLD, Record("TXT", '"older"')), (NEW,)),
        '; w IN TXT "old"\nw.a.example. 60 IN TXT "new"\nv IN A 192.0.2.1\n; w IN TXT "older"\n',
    ),
    "a line that is there twice": (
        'w IN TXT "old"\nv IN A 192.0.2.1\nw IN TXT "old"\n',
        RecordFix("x", "w.a.example", (OLD,), (NEW,)),
        '; w IN TXT "old"\nw.a.example. 60 IN TXT "new"\nv IN A 192.0.2.1\n; w IN TXT "old"\n',
    ),
    "a record more, at the end": (
        "@ IN A 192.0.2.1",
        RecordFix("x", "w.a.example", (), (NEW,)),
        '@ IN A 192.0.2.1\n\nw.a.example. 3600 IN TXT "new"\n',
    ),
    "a string that is too long": (
        f'w IN TXT "{"x" * 300}"\n',
        RecordFix("x", "w.a.example", (), (Record("TXT", f'"{"x" * 255}" "{"x" * 45}"'),)),
        f'; w IN TXT "{"x" * 300}"\nw.a.example. 60 IN TXT "{"x" * 255}" "{"x" * 45}"\n',
    ),
    "another zone's name": ("@ IN A 192.0.2.1\n", RecordFix("x", "b.example", (), (NEW,)), "@ IN A 192.0.2.1\n"),
    "a record that is not there": (
        "@ IN A 192.0.2.1\n",
        RecordFix("x", "a.example", (OLD,), (NEW,)),
        "@ IN A 192.0.2.1\n",
    ),
    "Windows line ends": (
        'w IN TXT "old"\r\n@ IN A 192.0.2.1\r\n',
        RecordFix("x", "w.a.example", (OLD,), (NEW,)),
        '; w IN TXT "old"\nw.a.example. 60 IN TXT "new"\n@ IN A 192.0.2.1\n',
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_corrected(name: str, tmp_path: Path) -> None:
    lines, fix, expected = CASES[name]
    assert corrected(tmp_path, lines, fix) == expected


def test_one_change_for_each_kind_of_record_at_a_name(tmp_path: Path) -> None:
    first = RecordFix("SPF record", "a.example", (OLD,), (NEW,))
    second = RecordFix("SPF record", "a.example", (), (Record("TXT", '"newer"'),))
    assert "newer" not in corrected(tmp_path, '@ IN TXT "old"\n', first, second)
