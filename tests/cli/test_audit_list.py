"""`benchkit audit --list` as a script meets it: the two files, the exit codes, and input that is wrong."""

from __future__ import annotations

import csv
import json
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Verb

ZONE = Path(__file__).parents[2] / "scenarios" / "zones" / "good.zone"
LIST = "name,email\nAnn,Ann@Shop.Example\nBob,bob@gmial.com\nCy,info@shop.example\nDi,nonsense\n"


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(LIST, "utf-8")
    return path


def test_every_row_is_in_one_of_the_files(verb: Verb, listed: Path) -> None:
    done = verb("audit", "--list", "people.csv", "--zone", str(ZONE), "--json")
    document = json.loads(done.out)
    assert (done.code, document["rows"], document["kept"]) == (0, 4, 1)
    assert document["rejected"] == {"syntax": 1, "typing_error": 1, "role": 1}
    clean, rejected = listed.with_name("people.clean.csv"), listed.with_name("people.rejected.csv")
    assert clean.read_text("utf-8") == "name,email\nAnn,Ann@Shop.Example\n"
    lines = rejected.read_text("utf-8").splitlines()
    assert lines[0] == "name,email,reason,detail,suggestion"
    assert lines[1] == "Bob,bob@gmial.com,typing_error,gmial.com is one slip away from gmail.com.,bob@gmail.com"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (clean, rejected)] == [0o600, 0o600]
    assert listed.read_text("utf-8") == LIST


def test_reasons_that_are_to_be_kept_and_a_suppression_list(verb: Verb, listed: Path) -> None:
    listed.with_name("bad.csv").write_text("email,reason\nann@shop.example,complaint\n", "utf-8")
    words = (
        "--keep",
        "role",
        "--suppressed",
        "bad.csv",
        "--clean",
        "c.csv",
        "--rejected",
        "r.csv",
        "--fail-on",
        "fail",
    )
    done = verb("audit", "--list", "people.csv", "--zone", str(ZONE), *words)
    assert done.code == 3
    assert "4 rows: 1 clean, 3 rejected" in done.out
    assert listed.with_name("c.csv").read_text("utf-8") == "name,email\nCy,info@shop.example\n"
    assert "It is on the suppression list: complaint (bad.csv)." in listed.with_name("r.csv").read_text("utf-8")


@pytest.mark.parametrize(
    "address",
    ["u@SHOP.example", "U.Name+Tag@shop.EXAMPLE", '"u ser"@shop.example', "u@xn--bcher-kva.example", "u@b\u00fccher.example",
     "u@B\u00dcCHER.example", "u@bu\u0308cher.example", "\u00fcser@shop.example"],
)  # fmt: skip
def test_an_address_stays_as_it_was_written(verb: Verb, tmp_path: Path, address: str) -> None:
    zone = tmp_path / "two.zone"
    zone.write_text(
        "$ORIGIN example.\n@ IN SOA ns h 1 1 1 1 1\nshop IN A 192.0.2.1\nxn--bcher-kva IN A 192.0.2.2\n", "utf-8"
    )
    quoted = '"' + address.replace('"', '""') + '"'
    (tmp_path / "one.csv").write_text(f"email\n {address}\n" if '"' not in address else f"email\n{quoted}\n", "utf-8")
    done = verb("audit", "--list", "one.csv", "--zone", "two.zone")
    assert (done.code, "1 clean, 0 rejected" in done.out) == (0, True), done
    with (tmp_path / "one.clean.csv").open(encoding="utf-8", newline="") as clean:
        assert list(csv.reader(clean)) == [["email"], [address]]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--list", "none.csv"), "none.csv cannot be read: No such file or directory"),
        (("--list", "people.csv", "shop.example"), "DOMAIN has no effect with --list: leave it out"),
        (("--list", "people.csv", "--csv"), "--csv has no effect with --list: leave it out"),
        (("--list", "people.csv", "--blocklists"), "--blocklists has no effect with --list: leave it out"),
        (("--list", "people.csv", "--keep", "syntax"), '--keep "syntax" is not a reason of this check: '),
        (
            ("--list", "people.csv", "--clean", "people.csv"),
            "--clean would overwrite people.csv, which this command reads",
        ),
        (("--list", "people.csv", "--clean", "a", "--rejected", "a"), "--rejected is the same file as --clean"),
        (("--list", "people.csv", "--clean", "no/a.csv"), "no/a.csv cannot be written: No such file or directory"),
        (("--column", "email", "shop.example"), "--column has no effect without --list: leave it out"),
    ],
)
@pytest.mark.usefixtures("listed")
def test_bad_input_is_one_line(verb: Verb, words: tuple[str, ...], expected: str) -> None:
    done = verb("audit", "--zone", str(ZONE), *words)
    assert done.code == 2
    assert expected in done.err
    assert "Traceback" not in done.err
    assert "Ann" not in done.err
