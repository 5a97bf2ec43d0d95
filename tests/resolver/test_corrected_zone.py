"""A zone file that is corrected as a whole: old lines are comments, new ones are in their place, the rest is untouched."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from benchkit.model.dns import Record
from benchkit.model.record_fix import RecordFix
from benchkit.resolver.corrected_zone import HEAD, UNCHANGED, RaisedSerial, corrected_zone
from benchkit.resolver.zone_file import read_zone

BEGIN = "$ORIGIN a.example.\n$TTL 60\n@ IN SOA ns1 h 1 2 3 4 5\n"
OLD, NEW = Record("TXT", '"old"'), Record("TXT", '"new"')


TODAY = date(2026, 11, 28)
RAISED = f"{HEAD} The serial of the SOA record was raised from 1 to 2.\n{BEGIN.replace('h 1', 'h 2')}"


def corrected(tmp_path: Path, lines: str, *fixes: RecordFix) -> str:
    """What comes after the beginning, where only the serial changes, and only if something else does."""
    path = tmp_path / "a.zone"
    path.write_text(BEGIN + lines, "utf-8")
    made = corrected_zone(read_zone(path), str(path), fixes, TODAY)
    begin = RAISED if made.done else f"{UNCHANGED}\n{BEGIN}"
    assert made.text.startswith(begin)
    return made.text.removeprefix(begin)


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


SOA_TEXTS: dict[str, tuple[str, str]] = {  # before → after; the removed line is not shown
    "one line": ("@ IN SOA ns1 h 7 7 7 7 7\n", "@ IN SOA ns1 h 8 7 7 7 7\n"),
    "several lines, with a comment that looks like it": (
        "@ 60 IN SOA ns1 h ( ; SOA ns1 h 7\n    7 ; serial 7\n  7 7\n  7 7 ) ; end\n",
        "@ 60 IN SOA ns1 h ( ; SOA ns1 h 7\n    8 ; serial 7\n  7 7\n  7 7 ) ; end\n",
    ),
    "a bracket beside it": ("@ IN soa ns1 h\\.a (7 7 7 7 7)\n", "@ IN soa ns1 h\\.a (8 7 7 7 7)\n"),
    "a date, older": ("@ IN SOA ns1 h 2026112703 7 7 7 7\n", "@ IN SOA ns1 h 2026112800 7 7 7 7\n"),
    "at both ends": (
        "@ IN SOA ns1 h 7 7 7 7 7\n@ IN NS ns1\n@ IN SOA ns1 h 7 7 7 7 7\n",
        "@ IN SOA ns1 h 8 7 7 7 7\n@ IN NS ns1\n@ IN SOA ns1 h 8 7 7 7 7\n",
    ),
}


def changed(tmp_path: Path, text: str) -> tuple[str, RaisedSerial | None]:
    """The text without the head and the removed record, and the serial."""
    path = tmp_path / "a.zone"
    path.write_text(text, "utf-8")
    made = corrected_zone(read_zone(path), str(path), [RecordFix("x", "a.example", (OLD,))], TODAY)
    assert len(made.done) == 1
    return made.text.partition("\n")[2].replace('; @ IN TXT "old"\n', ""), made.serial


@pytest.mark.parametrize("name", SOA_TEXTS)
def test_the_serial_is_raised_where_it_stands(name: str, tmp_path: Path) -> None:
    before, after = SOA_TEXTS[name]
    text, serial = changed(tmp_path, f'$ORIGIN a.example.\n$TTL 60\n{before}@ IN TXT "old"\n')
    assert text == f"$ORIGIN a.example.\n$TTL 60\n{after}"
    assert serial is not None


def test_a_soa_record_keeps_its_name_when_the_line_above_goes(tmp_path: Path) -> None:
    text, _ = changed(tmp_path, '$ORIGIN a.example.\n$TTL 60\n@ IN TXT "old"\n  IN SOA ns1 h 7 7 7 7 7\n')
    assert text.endswith("\na.example.  IN SOA ns1 h 8 7 7 7 7\n")


@pytest.mark.parametrize(
    "lines",
    ["@ IN NS ns1\n", "@ IN SOA ns1 h 7 7 7 7 7\n@ IN SOA ns1 h 9 7 7 7 7\n"],
    ids=["no SOA record", "two serials"],
)
def test_a_serial_that_is_not_clear_is_left_to_the_owner(lines: str, tmp_path: Path) -> None:
    zone = f'$ORIGIN a.example.\n$TTL 60\n{lines}@ IN TXT "old"\n'
    path = tmp_path / "a.zone"
    path.write_text(zone, "utf-8")
    made = corrected_zone(read_zone(path), str(path), [RecordFix("x", "a.example", (OLD,))], TODAY)
    assert made.serial is None
    assert made.text.startswith(f"{HEAD} Raise the serial of the SOA record, then load it.\n")
